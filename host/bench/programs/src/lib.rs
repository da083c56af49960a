//! What the programs share: how they are told what to do.

use std::str::FromStr;

/// An argument of the command line, counted from 1. A program can't go on without.
pub fn argument<T: FromStr>(place: usize) -> T {
    let given = std::env::args().nth(place).and_then(|argument| argument.parse().ok());
    given.unwrap_or_else(|| panic!("argument {place} is missing, or not what it should be"))
}
