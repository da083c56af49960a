//! One column of parameters. Its type is inferred from its values.

use std::fmt;
use std::mem::take;

use wasmysql_batch::{Column, Validity, Values as ColumnValues, VarWidth};

use crate::value::Value;

/// The largest integer up to which every integer is exact as `f64`.
const EXACT_F64: i128 = 1 << 53;

/// The largest integer up to which every integer is exact as `f32`.
const EXACT_F32: i128 = 1 << 24;

/// One column of parameters.
///
/// The first value that is not NULL determines the type of the column, for all batches. Signed and
/// unsigned integers share a column if one of the two integer types holds all values. Integers and
/// floats share a column if all integers are exact as floats. `f32` and `f64` share a column as
/// `f64`. Other mixes are errors.
#[derive(Debug, Default)]
pub(crate) struct ParameterColumn {
    validity: Validity,
    values: Values,
}

#[derive(Debug, Default)]
enum Values {
    #[default]
    Null,
    Integers(Integers),
    Floats(Floats),
    Decimal(VarWidth),
    Text(VarWidth),
    Bytes(VarWidth),
    /// Packed, as in the batch.
    Date(Vec<u64>),
    Time(Vec<u64>),
    DateTime(Vec<u64>),
}

/// Signed and unsigned integers as 64 bits each, with their minimum and maximum.
#[derive(Debug, Default)]
struct Integers {
    bits: Vec<u64>,
    min: i128,
    max: i128,
}

/// Floats, and whether all floats are exact as `f32`.
#[derive(Debug)]
struct Floats {
    values: Vec<f64>,
    single: bool,
}

impl ParameterColumn {
    /// Adds the value of the next row.
    ///
    /// # Errors
    ///
    /// A message that says why the value does not match the column.
    pub(crate) fn push(&mut self, value: Value) -> Result<(), String> {
        let is_null = matches!(value, Value::Null);
        if !is_null {
            self.adapt_to(&value);
        }
        self.values.push(value)?;
        if is_null {
            self.validity.push_null()
        } else {
            self.validity.push_valid()
        }
        Ok(())
    }

    /// Takes out the values added since the last call.
    pub(crate) fn take(&mut self) -> Option<Column> {
        Column::from_parts(take(&mut self.validity), self.values.take())
    }

    /// Sets the type at the first value, and converts integers to floats at the first float.
    fn adapt_to(&mut self, value: &Value) {
        match (&mut self.values, value) {
            (Values::Null, value) => {
                self.values = Values::of(value);
                for _ in 0..self.validity.rows() {
                    self.values.push_null();
                }
            }
            (Values::Integers(integers), Value::Float(_) | Value::Double(_)) => {
                if let Some(floats) = integers.to_floats() {
                    self.values = Values::Floats(floats);
                }
            }
            _ => {}
        }
    }
}

impl Values {
    /// Creates an empty column for values of this type.
    fn of(value: &Value) -> Self {
        match value {
            Value::Null | Value::Raw(_) => Self::Null,
            Value::Signed(_) | Value::Unsigned(_) => Self::Integers(Integers::default()),
            Value::Float(_) | Value::Double(_) => Self::Floats(Floats { values: Vec::new(), single: true }),
            Value::Decimal(_) => Self::Decimal(VarWidth::new()),
            Value::Text(_) => Self::Text(VarWidth::new()),
            Value::Bytes(_) => Self::Bytes(VarWidth::new()),
            Value::Date(_) => Self::Date(Vec::new()),
            Value::Time(_) => Self::Time(Vec::new()),
            Value::Datetime(_) => Self::DateTime(Vec::new()),
        }
    }

    fn push(&mut self, value: Value) -> Result<(), String> {
        match (self, value) {
            (values, Value::Null) => values.push_null(),
            (Self::Integers(integers), Value::Signed(value)) => {
                return integers.push(value.into(), value.cast_unsigned());
            }
            (Self::Integers(integers), Value::Unsigned(value)) => return integers.push(value.into(), value),
            (Self::Floats(floats), Value::Signed(value)) => return floats.push_integer(value.into(), value as f64),
            (Self::Floats(floats), Value::Unsigned(value)) => return floats.push_integer(value.into(), value as f64),
            (Self::Floats(floats), Value::Float(value)) => floats.values.push(value.into()),
            (Self::Floats(floats), Value::Double(value)) => {
                floats.single = false;
                floats.values.push(value);
            }
            (Self::Decimal(var), Value::Decimal(text)) | (Self::Text(var), Value::Text(text)) => {
                return push_bytes(var, text.as_bytes());
            }
            (Self::Bytes(var), Value::Bytes(bytes)) => return push_bytes(var, &bytes),
            (Self::Date(values), Value::Date(value)) => values.push(value.pack().ok_or_else(|| impossible(value))?),
            (Self::Time(values), Value::Time(value)) => values.push(value.pack().ok_or_else(|| impossible(value))?),
            (Self::DateTime(values), Value::Datetime(value)) => {
                values.push(value.pack().ok_or_else(|| impossible(value))?);
            }
            (_, Value::Raw(_)) => return Err("a raw value can't be a parameter".to_owned()),
            (values, value) => return Err(format!("{} can't go into a column of {}", describe(&value), values.name())),
        }
        Ok(())
    }

    /// Adds the placeholder entry of a NULL row.
    fn push_null(&mut self) {
        match self {
            Self::Null => {}
            Self::Integers(integers) => integers.bits.push(0),
            Self::Floats(floats) => floats.values.push(0.0),
            // An empty value does not exceed the size of the column.
            Self::Decimal(var) | Self::Text(var) | Self::Bytes(var) => _ = var.push(&[]),
            Self::Date(values) | Self::Time(values) | Self::DateTime(values) => values.push(0),
        }
    }

    /// Takes out the values. The type stays.
    fn take(&mut self) -> ColumnValues {
        match self {
            Self::Null => ColumnValues::Null,
            Self::Integers(integers) => take(integers).into_column_values(),
            Self::Floats(floats) => floats.take(),
            Self::Decimal(var) => ColumnValues::Decimal(take(var)),
            Self::Text(var) => ColumnValues::Text(take(var)),
            Self::Bytes(var) => ColumnValues::Bytes(take(var)),
            Self::Date(values) => ColumnValues::Date(take(values)),
            Self::Time(values) => ColumnValues::Time(take(values)),
            Self::DateTime(values) => ColumnValues::DateTime(take(values)),
        }
    }

    fn name(&self) -> &'static str {
        match self {
            Self::Null => "NULLs",
            Self::Integers(_) => "integers",
            Self::Floats(_) => "floats",
            Self::Decimal(_) => "decimals",
            Self::Text(_) => "text",
            Self::Bytes(_) => "bytes",
            Self::Date(_) => "dates",
            Self::Time(_) => "times",
            Self::DateTime(_) => "datetimes",
        }
    }
}

impl Integers {
    fn push(&mut self, value: i128, bits: u64) -> Result<(), String> {
        let (min, max) = (self.min.min(value), self.max.max(value));
        if min < 0 && max > i64::MAX.into() {
            return Err(format!(
                "{value} can't share a column with {}: no integer type holds both",
                if value < 0 { max } else { min }
            ));
        }
        (self.min, self.max) = (min, max);
        self.bits.push(bits);
        Ok(())
    }

    /// Converts the integers to floats, if all are exact.
    fn to_floats(&self) -> Option<Floats> {
        let largest = self.max.max(-self.min);
        // No value is above `i64::MAX`, so the cast to signed integers is exact.
        let values = || self.bits.iter().map(|bits| bits.cast_signed() as f64).collect();
        (largest <= EXACT_F64).then(|| Floats { values: values(), single: largest <= EXACT_F32 })
    }

    fn into_column_values(self) -> ColumnValues {
        match self.max > i64::MAX.into() {
            true => ColumnValues::Unsigned(self.bits),
            false => ColumnValues::Signed(self.bits.into_iter().map(u64::cast_signed).collect()),
        }
    }
}

impl Floats {
    fn push_integer(&mut self, value: i128, float: f64) -> Result<(), String> {
        if value.abs() > EXACT_F64 {
            return Err(format!("{value} can't go into a column of floats: it would lose digits"));
        }
        self.single &= value.abs() <= EXACT_F32;
        self.values.push(float);
        Ok(())
    }

    fn take(&mut self) -> ColumnValues {
        let values = take(&mut self.values).into_iter();
        #[expect(clippy::cast_possible_truncation, reason = "all values are exact as f32")]
        match self.single {
            true => ColumnValues::Float(values.map(|value| value as f32).collect()),
            false => ColumnValues::Double(values.collect()),
        }
    }
}

fn push_bytes(var: &mut VarWidth, bytes: &[u8]) -> Result<(), String> {
    match var.push(bytes) {
        true => Ok(()),
        false => Err("the values of the column exceed 4 GiB in one batch".to_owned()),
    }
}

#[cold]
fn impossible(value: impl fmt::Display) -> String {
    format!("'{value}' has a field out of range")
}

fn describe(value: &Value) -> &'static str {
    match value {
        Value::Null => "NULL",
        Value::Signed(_) | Value::Unsigned(_) => "an integer",
        Value::Float(_) | Value::Double(_) => "a float",
        Value::Decimal(_) => "a decimal",
        Value::Text(_) => "text",
        Value::Bytes(_) => "bytes",
        Value::Date(_) => "a date",
        Value::Time(_) => "a time",
        Value::Datetime(_) => "a datetime",
        Value::Raw(_) => "a raw value",
    }
}

#[cfg(test)]
mod tests {
    use wasmysql_batch::{Batch, encode};

    use super::*;
    use crate::value::Date;

    /// Returns the column of these values as text, or the error.
    fn column<T: Into<Value>>(values: impl IntoIterator<Item = T>) -> Result<String, String> {
        let mut column = ParameterColumn::default();
        values.into_iter().try_for_each(|value| column.push(value.into()))?;
        let column = column.take().unwrap();
        let rows = u32::try_from(column.rows()).unwrap();
        let batch = Batch::new(rows, encode(rows, &[column]).unwrap()).unwrap();
        let view = batch.column(0).unwrap();
        let cells: Vec<_> = (0..batch.rows()).map(|row| format!("{:?}", view.cell(row).unwrap())).collect();
        Ok(format!("{}: {}", view.kind(), cells.join(" ")))
    }

    fn values(values: &[Value]) -> Result<String, String> {
        column(values.iter().cloned())
    }

    fn is(values: &[Value], expected: &str) {
        assert_eq!(self::values(values).as_deref(), Ok(expected));
    }

    #[test]
    fn nulls_before_and_after_the_first_value_are_marked() {
        assert_eq!(column([None, Some(5), None]), Ok("signed: Null Signed(5) Null".to_owned()));
        assert_eq!(column([None::<i64>; 3]), Ok("null: Null Null Null".to_owned()));
        let late = column((0..10).map(|row| (row != 9).then_some(row)));
        assert!(late.is_ok_and(|column| column.ends_with("Signed(7) Signed(8) Null")));
        let text = column([Some("ab"), None, Some("c")]);
        assert_eq!(text, Ok("text: Text(\"ab\") Null Text(\"c\")".to_owned()));
    }

    #[test]
    fn signed_and_unsigned_integers_share_a_type() {
        use Value::{Signed, Unsigned};
        is(&[Unsigned(1), Signed(-1)], "signed: Signed(1) Signed(-1)");
        is(&[Signed(1), Unsigned(u64::MAX)], "unsigned: Unsigned(1) Unsigned(18446744073709551615)");
        assert_eq!(
            values(&[Signed(-1), Unsigned(u64::MAX)]),
            Err("18446744073709551615 can't share a column with -1: no integer type holds both".to_owned())
        );
    }

    #[test]
    fn only_exact_integers_mix_with_floats() {
        use Value::{Double, Float, Signed};
        is(&[Double(0.5), Signed(2)], "double: Double(0.5) Double(2.0)");
        is(&[Signed(-2), Double(0.5)], "double: Double(-2.0) Double(0.5)");
        is(&[Signed(2), Float(0.5)], "float: Float(2.0) Float(0.5)");
        is(&[Float(0.5), Double(0.1)], "double: Double(0.5) Double(0.1)");
        is(&[Float(0.5), Signed(1 << 30)], "double: Double(0.5) Double(1073741824.0)");
        assert!(values(&[Double(0.5), Signed((1 << 53) + 1)]).is_err_and(|error| error.contains("lose digits")));
        assert_eq!(
            values(&[Signed(1 << 60), Double(0.5)]),
            Err("a float can't go into a column of integers".to_owned())
        );
    }

    #[test]
    fn date_that_can_not_be_packed_is_an_error() {
        let date = |month| Value::Date(Date { year: 2024, month, day: 1 });
        is(&[date(15)], "date: Date(Date { year: 2024, month: 15, day: 1 })");
        assert_eq!(values(&[date(16)]), Err("'2024-16-01' has a field out of range".to_owned()));
    }

    #[test]
    fn other_types_do_not_mix_over_all_batches() {
        let mut column = ParameterColumn::default();
        column.push("x".into()).unwrap();
        column.take();
        assert_eq!(column.push(1.into()), Err("an integer can't go into a column of text".to_owned()));
        column.push(Value::Null).unwrap();
        assert_eq!(column.push(vec![1u8].into()), Err("bytes can't go into a column of text".to_owned()));
    }
}
