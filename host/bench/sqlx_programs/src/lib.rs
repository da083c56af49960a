//! Arguments and connection of the programs.

use std::error::Error;
use std::str::FromStr;

use sqlx::ConnectOptions;
use sqlx::mysql::{MySqlConnectOptions, MySqlConnection, MySqlSslMode};

/// Returns a command line argument. The first argument is number 1.
///
/// # Panics
///
/// Panics if the argument is missing or has the wrong type.
pub fn argument<T: FromStr>(number: usize) -> T {
    let given = std::env::args().nth(number).and_then(|argument| argument.parse().ok());
    given.unwrap_or_else(|| panic!("argument {number} is missing or has the wrong type"))
}

/// Connects to the server whose URL is the first argument.
pub async fn connect() -> Result<MySqlConnection, Box<dyn Error>> {
    let options: MySqlConnectOptions = argument(1);
    Ok(options.ssl_mode(MySqlSslMode::Disabled).connect().await?)
}
