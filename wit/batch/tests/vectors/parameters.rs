//! Well-formed batches with a value that the host refuses as a parameter.

use wasmysql_batch::{Column, DateTime, Kind, encode};

use super::Buffer;
use super::values::{ZERO, date, doubles, floats, signed, time, var, words};

/// Returns each buffer with the kind of the error, and a part of its message.
pub(super) fn buffers() -> Vec<(Buffer, &'static str, &'static str)> {
    const ARGUMENT: &str = "argument";
    let finite = "MySQL stores finite numbers only";
    let day = "is not a date";
    let leap_second = DateTime { year: 2016, month: 12, day: 31, hour: 23, minute: 59, second: 60, ..ZERO };
    vec![
        case("NaN", floats(&[Some(f32::NAN)]), ARGUMENT, finite),
        case("infinity", doubles(&[Some(f64::NEG_INFINITY)]), ARGUMENT, finite),
        case("decimal without digits", var(Kind::Decimal, &[Some(b"one")]), ARGUMENT, "a decimal must be digits"),
        case("decimal of 66 digits", var(Kind::Decimal, &[Some(&[b'9'; 66])]), ARGUMENT, "at most 65 digits"),
        case("day of no month", words(Kind::Date, &[date(2023, 2, 29)]), ARGUMENT, day),
        case("month 13", words(Kind::Date, &[date(2024, 13, 1)]), ARGUMENT, day),
        case("year 10000", words(Kind::DateTime, &[date(10_000, 1, 1)]), ARGUMENT, day),
        case("leap second", words(Kind::DateTime, &[leap_second.pack()]), ARGUMENT, "a field of the datetime"),
        case("time of 839 hours", words(Kind::Time, &[time(true, 839, 0, 0, 0)]), ARGUMENT, "a field of the time"),
        case("raw", var(Kind::Raw, &[Some(b"x")]), "value-unsupported", "is a raw value"),
    ]
}

/// A batch whose second row has the bad value, in its second column.
fn case(
    name: &'static str,
    bad: Column,
    kind: &'static str,
    message: &'static str,
) -> (Buffer, &'static str, &'static str) {
    let data = encode(1, &[signed(&[Some(1)]), bad]).unwrap();
    (Buffer { name, rows: 1, data }, kind, message)
}
