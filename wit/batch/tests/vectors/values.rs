//! Batches of every kind.

use wasmysql_batch::{Column, Date, DateTime, Kind, Time, Values, encode};

use super::Buffer;

pub(super) const ZERO: DateTime = DateTime { year: 0, month: 0, day: 0, hour: 0, minute: 0, second: 0, microsecond: 0 };

pub(super) fn buffers() -> Vec<Buffer> {
    vec![
        buffer(
            "example of types.wit",
            3,
            &[signed(&[Some(7), None, Some(-1)]), var(Kind::Text, &[Some("é".as_bytes()), Some(b""), Some(b"ab")])],
        ),
        buffer("no columns and no rows", 0, &[]),
        buffer("rows without columns", 3, &[]),
        buffer("every kind without rows", 0, &Kind::ALL.map(Column::new)),
        buffer(
            "every kind with NULL in every row",
            2,
            &Kind::ALL.map(|kind| {
                let mut column = Column::new(kind);
                column.push_null();
                column.push_null();
                column
            }),
        ),
        buffer("signed", 4, &[signed(&[Some(i64::MIN), Some(-1), Some(0), Some(i64::MAX)])]),
        buffer("unsigned", 3, &[words(Kind::Unsigned, &[Some(0), Some(1 << 53 | 1), Some(u64::MAX)])]),
        buffer("float", 3, &[floats(&[Some(0.5), Some(-0.0), Some(f32::MAX)])]),
        buffer("double", 4, &[doubles(&[Some(0.1), Some(-0.0), Some(f64::MIN_POSITIVE), Some(f64::MAX)])]),
        buffer("decimal", 3, &[var(Kind::Decimal, &[Some(b"-12345.6700"), Some(b"0"), Some(&[b'9'; 65])])]),
        buffer(
            "text beyond ASCII",
            4,
            &[var(Kind::Text, &["één", "", "日本", "🦀"].map(|text| Some(text.as_bytes())))],
        ),
        buffer(
            "bytes and raw that are not UTF-8",
            2,
            &[var(Kind::Bytes, &[Some(&[0xff, 0x00]), Some(&[])]), var(Kind::Raw, &[Some(&[0xc3]), Some(&[0xa9])])],
        ),
        buffer(
            "date, zero and partial",
            5,
            &[words(
                Kind::Date,
                &[date(2024, 2, 29), date(0, 0, 0), date(2024, 2, 0), date(2024, 0, 0), date(9999, 12, 31)],
            )],
        ),
        buffer(
            "time, negative and longer than a day",
            4,
            &[words(
                Kind::Time,
                &[
                    time(false, 0, 0, 0, 0),
                    time(true, 0, 0, 0, 1),
                    time(false, 838, 59, 59, 999_999),
                    time(true, 838, 59, 59, 999_999),
                ],
            )],
        ),
        buffer(
            "datetime, zero and partial",
            4,
            &[words(
                Kind::DateTime,
                &[
                    DateTime { year: 2024, month: 2, day: 29, hour: 13, minute: 5, second: 9, microsecond: 70 }.pack(),
                    ZERO.pack(),
                    DateTime { year: 2024, hour: 1, ..ZERO }.pack(),
                    DateTime { year: 9999, month: 12, day: 31, hour: 23, minute: 59, second: 59, microsecond: 999_999 }
                        .pack(),
                ],
            )],
        ),
        buffer(
            "NULL in 17 rows",
            17,
            &[
                signed(&std::array::from_fn::<_, 17, _>(|row| (row % 3 != 0).then_some(row as i64))),
                var(
                    Kind::Text,
                    &std::array::from_fn::<_, 17, _>(|row| (row % 8 != 7).then_some(&b"abcdefgh"[..row % 8])),
                ),
                floats(&std::array::from_fn::<_, 17, _>(|row| (row == 16).then_some(1.5))),
            ],
        ),
        Buffer {
            name: "bits of NULL rows and of rows past the end have no meaning",
            rows: 3,
            data: {
                let mut data = encode(3, &[words(Kind::Date, &[date(2024, 2, 29), None, date(0, 0, 0)])]).unwrap();
                // The bitmap is the first buffer, after a directory of 32 bytes. The values follow.
                data[32] |= 0xf8;
                data[48..56].fill(0xff);
                data
            },
        },
        Buffer {
            name: "bytes between and after the buffers have no meaning",
            rows: 1,
            data: {
                let mut data = encode(1, &[floats(&[Some(1.5)]), signed(&[Some(-5)])]).unwrap();
                // The value of 4 bytes at byte 56 is followed by 4 bytes of padding.
                data[60..64].fill(0xff);
                data.extend([0xff; 8]);
                data
            },
        },
    ]
}

fn buffer(name: &'static str, rows: u32, columns: &[Column]) -> Buffer {
    Buffer { name, rows, data: encode(rows, columns).unwrap() }
}

pub(super) fn date(year: u16, month: u8, day: u8) -> Option<u64> {
    Date { year, month, day }.pack()
}

pub(super) fn time(negative: bool, hours: u16, minutes: u8, seconds: u8, microseconds: u32) -> Option<u64> {
    Time { negative, hours, minutes, seconds, microseconds }.pack()
}

pub(super) fn signed(cells: &[Option<i64>]) -> Column {
    column(Kind::Signed, cells, |values, value| {
        let Values::Signed(values) = values else { unreachable!() };
        values.push(*value);
    })
}

pub(super) fn words(kind: Kind, cells: &[Option<u64>]) -> Column {
    column(kind, cells, |values, value| match values {
        Values::Unsigned(values) | Values::Date(values) | Values::Time(values) | Values::DateTime(values) => {
            values.push(*value);
        }
        _ => unreachable!(),
    })
}

pub(super) fn floats(cells: &[Option<f32>]) -> Column {
    column(Kind::Float, cells, |values, value| {
        let Values::Float(values) = values else { unreachable!() };
        values.push(*value);
    })
}

pub(super) fn doubles(cells: &[Option<f64>]) -> Column {
    column(Kind::Double, cells, |values, value| {
        let Values::Double(values) = values else { unreachable!() };
        values.push(*value);
    })
}

pub(super) fn var(kind: Kind, cells: &[Option<&[u8]>]) -> Column {
    column(kind, cells, |values, value| match values {
        Values::Decimal(var) | Values::Text(var) | Values::Bytes(var) | Values::Raw(var) => assert!(var.push(value)),
        _ => unreachable!(),
    })
}

fn column<T>(kind: Kind, cells: &[Option<T>], push: impl Fn(&mut Values, &T)) -> Column {
    let mut column = Column::new(kind);
    for cell in cells {
        match cell {
            Some(value) => {
                push(column.values(), value);
                column.pushed();
            }
            None => column.push_null(),
        }
    }
    column
}
