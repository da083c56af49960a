//! Types of other crates as parameters and cells, each behind a feature of its crate's name; and what std has beside
//! numbers and text.
//!
//! A value that MySQL can't have, such as a date before the year 0, becomes one that the host refuses with `Argument`
//! before anything is sent. A cell that the type can't hold, such as `0000-00-00`, is a `Decode` error. What is finer
//! than a microsecond is cut off.

#[cfg(any(feature = "chrono", feature = "time"))]
mod calendar;
#[cfg(feature = "chrono")]
mod chrono;
mod duration;
#[cfg(feature = "serde_json")]
mod json;
mod range;
#[cfg(feature = "rust_decimal")]
mod rust_decimal;
#[cfg(feature = "time")]
mod time;
#[cfg(feature = "uuid")]
mod uuid;

#[cfg(feature = "serde_json")]
pub use json::Json;
