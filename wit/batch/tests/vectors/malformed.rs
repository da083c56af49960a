//! A buffer for each rule of the layout that violates the rule. Each case changes a good buffer.

use wasmysql_batch::{Column, Kind, encode};

use super::Buffer;
use super::values::{date, signed, time, var, words};

/// The places of the fields in the directory entry of the first column.
const KIND: usize = 8;
const VALIDITY: usize = 12;
const VALUES: usize = 16;
const DATA: usize = 20;
const LENGTH: usize = 24;
const RESERVED: usize = 28;
/// The bytes from one entry to the next.
const ENTRY: usize = 24;

pub(super) fn buffers() -> Vec<Buffer> {
    let numbers = || encode(2, &[signed(&[Some(1), Some(2)])]).unwrap();
    let with_null = || encode(2, &[signed(&[Some(1), None])]).unwrap();
    let text = |cells: &[Option<&[u8]>]| encode(2, &[var(Kind::Text, cells)]).unwrap();
    // Offsets at byte 32, data at byte 48.
    let texts = || text(&[Some(b"ab"), Some(b"c")]);
    let two = || encode(2, &[signed(&[Some(1), Some(2)]), signed(&[Some(3), Some(4)])]).unwrap();
    let empty = || encode(2, &[nulls(2)]).unwrap();
    vec![
        buffer("empty buffer", 0, Vec::new()),
        buffer("header cut off", 0, vec![0; 7]),
        changed("more columns than directory", 2, numbers(), 0, 2),
        changed("more columns than memory", 2, numbers(), 0, u32::MAX),
        changed("reserved word of the header", 2, numbers(), 4, 1),
        changed("reserved word of the directory", 2, numbers(), RESERVED, 1),
        changed("unknown kind", 2, numbers(), KIND, 12),
        changed("null kind with a bitmap", 2, empty(), VALIDITY, 32),
        changed("null kind with values", 2, empty(), VALUES, 32),
        changed("signed with data", 2, numbers(), DATA, 48),
        changed("signed with a length of data", 2, numbers(), LENGTH, 1),
        changed("bitmap not aligned", 2, with_null(), VALIDITY, 36),
        changed("values not aligned", 2, numbers(), VALUES, 36),
        changed("data not aligned", 2, texts(), DATA, 52),
        changed("values absent", 2, numbers(), VALUES, 0),
        changed("data absent", 2, texts(), DATA, 0),
        changed("bitmap in the directory", 2, with_null(), VALIDITY, 24),
        changed("values in the bitmap", 9, encode(9, &[signed(&[None; 9])]).unwrap(), VALUES, 32),
        changed("data in the offsets", 2, texts(), DATA, 40),
        changed("second column in the first", 2, two(), VALUES + ENTRY, 56),
        changed("columns in the wrong order", 2, changed("", 2, two(), VALUES, 72).data, VALUES + ENTRY, 56),
        changed("bitmap past the end", 2, with_null(), VALIDITY, 4096),
        changed("values past the end", 2, numbers(), VALUES, 40),
        changed("data past the end", 2, texts(), LENGTH, 9),
        changed("place at the end of 32 bits", 2, numbers(), VALUES, u32::MAX - 7),
        buffer("more rows than values", 3, numbers()),
        buffer("more rows than offsets", 5, texts()),
        buffer("more rows than bits", 65, encode(1, &[nulls_of(Kind::Bytes)]).unwrap()),
        buffer("more rows than memory", u32::MAX, numbers()),
        changed("first offset is not 0", 2, texts(), 32, 1),
        changed("offsets decrease", 2, texts(), 36, 4),
        changed("last offset before the end of the data", 2, texts(), 40, 2),
        changed("last offset past the end of the data", 2, texts(), 40, 4),
        changed("NULL with bytes", 2, encode(2, &[var(Kind::Bytes, &[Some(b"ab"), None])]).unwrap(), 44, 1),
        buffer("text is not UTF-8", 2, text(&[Some(b"ab"), Some(&[0xff])])),
        buffer("character split between two rows", 2, text(&[Some(&[0xc3]), Some(&[0xa9])])),
        buffer("decimal is not UTF-8", 1, encode(1, &[var(Kind::Decimal, &[Some(&[0x80])])]).unwrap()),
        buffer("date with a time of day", 2, encode(2, &[words(Kind::Date, &[date(2024, 2, 29), Some(1)])]).unwrap()),
        buffer("date with bits past the year", 1, encode(1, &[words(Kind::Date, &[Some(1 << 60)])]).unwrap()),
        buffer(
            "time with a day",
            1,
            encode(1, &[words(Kind::Time, &[time(true, 1, 0, 0, 0).map(|word| word | 1 << 42)])]).unwrap(),
        ),
        buffer("datetime with a sign", 1, encode(1, &[words(Kind::DateTime, &[Some(1 << 63)])]).unwrap()),
    ]
}

fn buffer(name: &'static str, rows: u32, data: Vec<u8>) -> Buffer {
    Buffer { name, rows, data }
}

/// A buffer with another word of 32 bits at a place.
fn changed(name: &'static str, rows: u32, mut data: Vec<u8>, at: usize, word: u32) -> Buffer {
    data[at..at + 4].copy_from_slice(&word.to_le_bytes());
    Buffer { name, rows, data }
}

fn nulls(rows: usize) -> Column {
    let mut column = Column::new(Kind::Null);
    (0..rows).for_each(|_| column.push_null());
    column
}

/// A column with one NULL.
fn nulls_of(kind: Kind) -> Column {
    let mut column = Column::new(kind);
    column.push_null();
    column
}
