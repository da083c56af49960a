//! Conversions of types of other crates, each behind a feature named after the crate, and of
//! `std::time::Duration`.
//!
//! MySQL can't represent some values, such as a date before the year 0. They are converted to
//! values that the host refuses with `Argument` before anything is sent. A cell that the type can't
//! hold, such as `0000-00-00`, is a `Decode` error. Times are truncated to microseconds.

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
