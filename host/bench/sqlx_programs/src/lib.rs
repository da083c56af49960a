//! What the programs share.

use std::error::Error;
use std::str::FromStr;

use sqlx::ConnectOptions;
use sqlx::mysql::{MySqlConnectOptions, MySqlConnection, MySqlSslMode};

/// An argument of the command line, counted from 1. A program can't go on without.
pub fn argument<T: FromStr>(place: usize) -> T {
    let given = std::env::args().nth(place).and_then(|argument| argument.parse().ok());
    given.unwrap_or_else(|| panic!("argument {place} is missing, or not what it should be"))
}

/// Connects to the server whose URL is the first argument.
pub async fn connect() -> Result<MySqlConnection, Box<dyn Error>> {
    let options: MySqlConnectOptions = argument(1);
    Ok(options.ssl_mode(MySqlSslMode::Disabled).connect().await?)
}
