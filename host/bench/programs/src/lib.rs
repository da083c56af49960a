//! The command line arguments of the programs.

use std::str::FromStr;

/// Returns a command line argument. The first argument is number 1.
///
/// # Panics
///
/// Panics if the argument is missing or has the wrong type.
pub fn argument<T: FromStr>(number: usize) -> T {
    let given = std::env::args().nth(number).and_then(|argument| argument.parse().ok());
    given.unwrap_or_else(|| panic!("argument {number} is missing or has the wrong type"))
}
