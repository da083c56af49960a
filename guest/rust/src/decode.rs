//! Conversion of cells to Rust types.

use std::borrow::Cow;
use std::fmt;

use crate::column::Column;
use crate::error::{Error, ErrorKind};
use crate::value::{Date, DateTime, Decimal, Time, Value, ValueRef};

/// A type that a cell can be read as, for example by [`Row::get`](crate::Row::get).
///
/// | type | read from |
/// |---|---|
/// | `i8` to `u64`, `isize`, `usize` | integers in range; DECIMAL without fraction; BIT of any width |
/// | `bool` | integers and BIT: false for 0, true otherwise |
/// | `f32` | FLOAT; integers that it holds exactly |
/// | `f64` | DOUBLE, FLOAT; integers that it holds exactly; DECIMAL (rounded) |
/// | [`Decimal`] | DECIMAL |
/// | `&str`, `String`, `Cow<str>`, `Box<str>` | text; bytes that are valid UTF-8; DECIMAL as its digits |
/// | `&[u8]`, `Vec<u8>`, `Cow<[u8]>`, `Box<[u8]>` | bytes, text, BIT, types unknown to the contract |
/// | [`Date`], [`Time`], [`DateTime`] | DATE; TIME; DATETIME and TIMESTAMP |
/// | `std::time::Duration` | TIME that is not negative |
/// | `Option<T>` | as `T`; NULL is `None` |
/// | [`Value`], [`ValueRef`] | everything |
///
/// `SUM()` and `AVG()` return a DECIMAL. MySQL returns text as bytes if it does not know the type
/// in advance: `COALESCE(NULL, ?)`, or the OUT parameter of a procedure.
///
/// Features named after crates add these types. Like the types above, they can be read and can be
/// parameters:
///
/// | feature | types |
/// |---|---|
/// | `chrono` | `NaiveDate`, `NaiveTime`, `NaiveDateTime`, `DateTime<Utc>`, `TimeDelta` |
/// | `time` | `Date`, `Time`, `PrimitiveDateTime`, `UtcDateTime`, `OffsetDateTime` (UTC), `Duration` |
/// | `rust_decimal` | `Decimal`, from DECIMAL and integers |
/// | `serde_json` | `serde_json::Value`, and [`Json`](crate::Json) of any type that implements serde's traits |
/// | `uuid` | `Uuid`, `Hyphenated` and `Simple`, from 16 bytes or text |
///
/// Implement this trait to read a custom type, and `From<T> for Value` to use it as a parameter.
///
/// # Examples
///
/// ```
/// use wasmysql::{Decode, Mismatch, Value, ValueRef};
///
/// #[derive(Clone, Copy)]
/// enum Size {
///     Small,
///     Large,
/// }
///
/// impl Decode<'_> for Size {
///     const NAME: &'static str = "Size";
///
///     fn decode(value: ValueRef<'_>) -> Result<Self, Mismatch> {
///         match <&str>::decode(value)? {
///             "small" => Ok(Self::Small),
///             "large" => Ok(Self::Large),
///             other => Err(Mismatch::invalid(format_args!("'{other}' is not a size"))),
///         }
///     }
/// }
///
/// impl From<Size> for Value {
///     fn from(size: Size) -> Self {
///         match size {
///             Size::Small => "small".into(),
///             Size::Large => "large".into(),
///         }
///     }
/// }
/// ```
pub trait Decode<'r>: Sized {
    /// The name of the type in error messages.
    const NAME: &'static str;

    /// Converts a cell.
    ///
    /// # Errors
    ///
    /// The reason why the cell can't be read as this type.
    fn decode(value: ValueRef<'r>) -> Result<Self, Mismatch>;
}

/// The reason why a cell can't be read as the requested type.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Mismatch {
    /// The cell is NULL.
    Null,
    /// The type of the cell can't be converted to the requested type.
    Type,
    /// The requested type can't hold the number, date or time.
    Range,
    /// The type is right, but the content is invalid. The text is the reason, which follows the
    /// column's name in the error.
    Invalid(String),
}

impl Mismatch {
    /// Creates an `Invalid` mismatch with a reason.
    #[cold]
    pub fn invalid(reason: impl fmt::Display) -> Self {
        Self::Invalid(reason.to_string())
    }

    #[cold]
    pub(crate) fn into_error(self, name: &str, column: &Column, value: ValueRef<'_>) -> Error {
        let place = format!("column `{}` ({})", column.name, column.type_name());
        let message = match self {
            Self::Null => format!("{place} is NULL: read it as Option<{name}>"),
            Self::Type => format!("{place} can't be read as {name}; it can be read as {}", types(value)),
            Self::Range => format!("{place} holds {}, which {name} can't hold", Number(value)),
            Self::Invalid(reason) => format!("{place} can't be read as {name}: {reason}"),
        };
        Error::new(ErrorKind::Decode, message)
    }
}

/// A number, date or time as it is displayed in a message. A BIT is displayed as a number.
struct Number<'r>(ValueRef<'r>);

impl fmt::Display for Number<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            ValueRef::Bit(bytes) => number(bytes).unwrap_or_default().fmt(f),
            ValueRef::Text(_) | ValueRef::Bytes(_) | ValueRef::Raw(..) => f.write_str("a value"),
            value => value.fmt(f),
        }
    }
}

/// Returns the types of this crate and of its features that a cell can be read as.
fn types(value: ValueRef<'_>) -> String {
    let (types, features): (&str, &[(&str, bool)]) = match value {
        ValueRef::Null => ("Option<T>", &[]),
        ValueRef::Signed(_) | ValueRef::Unsigned(_) => {
            ("i64, u64 and other integers, bool, f64", &[("rust_decimal::Decimal", cfg!(feature = "rust_decimal"))])
        }
        ValueRef::Float(_) => ("f32, f64", &[]),
        ValueRef::Double(_) => ("f64", &[]),
        ValueRef::Decimal(_) => ("Decimal, String, f64", &[("rust_decimal::Decimal", cfg!(feature = "rust_decimal"))]),
        ValueRef::Text(_) => (
            "String, &str, Vec<u8>",
            &[("serde_json::Value, Json<T>", cfg!(feature = "serde_json")), ("Uuid", cfg!(feature = "uuid"))],
        ),
        ValueRef::Bytes(_) => ("Vec<u8>, &[u8], String", &[("Uuid", cfg!(feature = "uuid"))]),
        ValueRef::Bit(_) => ("u64 and other integers, bool, Vec<u8>", &[]),
        ValueRef::Date(_) => {
            ("Date", &[("chrono::NaiveDate", cfg!(feature = "chrono")), ("time::Date", cfg!(feature = "time"))])
        }
        ValueRef::Time(_) => (
            "Time, Duration",
            &[
                ("chrono::NaiveTime, chrono::TimeDelta", cfg!(feature = "chrono")),
                ("time::Time, time::Duration", cfg!(feature = "time")),
            ],
        ),
        ValueRef::DateTime(_) => (
            "DateTime",
            &[
                ("chrono::NaiveDateTime, chrono::DateTime<Utc>", cfg!(feature = "chrono")),
                ("time::PrimitiveDateTime, time::UtcDateTime, time::OffsetDateTime", cfg!(feature = "time")),
            ],
        ),
        ValueRef::Raw(..) => ("Vec<u8>", &[]),
    };
    let features = features.iter().filter(|(_, is_on)| *is_on).map(|(types, _)| format!(", {types}"));
    format!("{types}{}, Value", features.collect::<String>())
}

/// Returns the mismatch for a cell that a `decode` does not accept.
pub(crate) fn type_mismatch(value: ValueRef<'_>) -> Mismatch {
    match value {
        ValueRef::Null => Mismatch::Null,
        _ => Mismatch::Type,
    }
}

impl<'r, T: Decode<'r>> Decode<'r> for Option<T> {
    const NAME: &'static str = T::NAME;

    #[inline]
    fn decode(value: ValueRef<'r>) -> Result<Self, Mismatch> {
        match value {
            ValueRef::Null => Ok(None),
            value => T::decode(value).map(Some),
        }
    }
}

macro_rules! decode {
    ($($type:ty, $name:expr => { $($pattern:pat => $value:expr,)+ })+) => {$(
        impl<'r> Decode<'r> for $type {
            const NAME: &'static str = $name;

            #[inline]
            fn decode(value: ValueRef<'r>) -> Result<Self, Mismatch> {
                match value {
                    $($pattern => $value,)+
                    value => Err(type_mismatch(value)),
                }
            }
        }
    )+};
}

macro_rules! decode_integers {
    ($($type:ty)+) => {
        decode! {$(
            $type, stringify!($type) => {
                ValueRef::Signed(value) => value.try_into().map_err(|_| Mismatch::Range),
                ValueRef::Unsigned(value) => value.try_into().map_err(|_| Mismatch::Range),
                ValueRef::Decimal(digits) => whole(digits)?.try_into().map_err(|_| Mismatch::Range),
                ValueRef::Bit(bytes) => number(bytes)?.try_into().map_err(|_| Mismatch::Range),
            }
        )+}
    };
}

decode_integers! { i8 i16 i32 i64 isize u8 u16 u32 u64 usize }

decode! {
    bool, "bool" => {
        ValueRef::Signed(value) => Ok(value != 0),
        ValueRef::Unsigned(value) => Ok(value != 0),
        ValueRef::Bit(bytes) => Ok(number(bytes)? != 0),
    }
    f32, "f32" => {
        ValueRef::Float(value) => Ok(value),
        ValueRef::Signed(value) => exact_f32(value.into()),
        ValueRef::Unsigned(value) => exact_f32(value.into()),
    }
    f64, "f64" => {
        ValueRef::Double(value) => Ok(value),
        ValueRef::Float(value) => Ok(value.into()),
        ValueRef::Signed(value) => exact_f64(value.into()),
        ValueRef::Unsigned(value) => exact_f64(value.into()),
        ValueRef::Decimal(digits) => digits.parse().map_err(|_| Mismatch::Range),
    }
    Decimal, "Decimal" => {
        ValueRef::Decimal(digits) => Ok(Decimal::new(digits)),
    }
    &'r str, "&str" => {
        ValueRef::Text(text) | ValueRef::Decimal(text) => Ok(text),
        ValueRef::Bytes(bytes) => utf8(bytes),
    }
    Cow<'r, str>, "Cow<str>" => {
        ValueRef::Text(text) | ValueRef::Decimal(text) => Ok(Cow::Borrowed(text)),
        ValueRef::Bytes(bytes) => utf8(bytes).map(Cow::Borrowed),
    }
    Box<str>, "Box<str>" => {
        ValueRef::Text(text) | ValueRef::Decimal(text) => Ok(text.into()),
        ValueRef::Bytes(bytes) => utf8(bytes).map(Into::into),
    }
    String, "String" => {
        ValueRef::Text(text) | ValueRef::Decimal(text) => Ok(text.to_owned()),
        ValueRef::Bytes(bytes) => utf8(bytes).map(str::to_owned),
    }
    &'r [u8], "&[u8]" => {
        ValueRef::Bytes(bytes) | ValueRef::Bit(bytes) | ValueRef::Raw(_, bytes) => Ok(bytes),
        ValueRef::Text(text) => Ok(text.as_bytes()),
    }
    Cow<'r, [u8]>, "Cow<[u8]>" => {
        ValueRef::Bytes(bytes) | ValueRef::Bit(bytes) | ValueRef::Raw(_, bytes) => Ok(Cow::Borrowed(bytes)),
        ValueRef::Text(text) => Ok(Cow::Borrowed(text.as_bytes())),
    }
    Box<[u8]>, "Box<[u8]>" => {
        ValueRef::Bytes(bytes) | ValueRef::Bit(bytes) | ValueRef::Raw(_, bytes) => Ok(bytes.into()),
        ValueRef::Text(text) => Ok(text.as_bytes().into()),
    }
    Vec<u8>, "Vec<u8>" => {
        ValueRef::Bytes(bytes) | ValueRef::Bit(bytes) | ValueRef::Raw(_, bytes) => Ok(bytes.to_owned()),
        ValueRef::Text(text) => Ok(text.as_bytes().to_owned()),
    }
    Date, "Date" => {
        ValueRef::Date(date) => Ok(date),
    }
    Time, "Time" => {
        ValueRef::Time(time) => Ok(time),
    }
    DateTime, "DateTime" => {
        ValueRef::DateTime(datetime) => Ok(datetime),
    }
}

impl<'r> Decode<'r> for Value {
    const NAME: &'static str = "Value";

    fn decode(value: ValueRef<'r>) -> Result<Self, Mismatch> {
        Ok(value.into())
    }
}

impl<'r> Decode<'r> for ValueRef<'r> {
    const NAME: &'static str = "ValueRef";

    #[inline]
    fn decode(value: Self) -> Result<Self, Mismatch> {
        Ok(value)
    }
}

/// Reads bytes as text.
fn utf8(bytes: &[u8]) -> Result<&str, Mismatch> {
    str::from_utf8(bytes).map_err(|_| Mismatch::invalid("its bytes are not valid UTF-8; read them as Vec<u8>"))
}

/// Parses a DECIMAL whose fraction is absent or zero.
fn whole(digits: &str) -> Result<i128, Mismatch> {
    let (integer, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    match fraction.bytes().all(|digit| digit == b'0') {
        true => integer.parse().map_err(|_| Mismatch::Range),
        false => Err(Mismatch::Range),
    }
}

/// Returns the number that a BIT represents.
fn number(bytes: &[u8]) -> Result<u64, Mismatch> {
    if bytes.len() > size_of::<u64>() {
        return Err(Mismatch::Range);
    }
    Ok(bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)))
}

/// Converts an integer to a float that has exactly the same value.
fn exact_f64(integer: i128) -> Result<f64, Mismatch> {
    let float = integer as f64;
    #[expect(clippy::cast_possible_truncation, reason = "no 64-bit integer, as a float, leaves the range of i128")]
    let back = float as i128;
    if back == integer { Ok(float) } else { Err(Mismatch::Range) }
}

/// Converts an integer to a float that has exactly the same value.
fn exact_f32(integer: i128) -> Result<f32, Mismatch> {
    let float = integer as f32;
    #[expect(clippy::cast_possible_truncation, reason = "no 64-bit integer, as a float, leaves the range of i128")]
    let back = float as i128;
    if back == integer { Ok(float) } else { Err(Mismatch::Range) }
}

#[cfg(test)]
mod tests;
