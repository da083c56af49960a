//! Batches as record batches of the `arrow` crates.

use std::sync::Arc;

use arrow_array::types::{
    ArrowPrimitiveType, Date32Type, Decimal128Type, Decimal256Type, DurationMicrosecondType, Float32Type, Float64Type,
    Int64Type, TimestampMicrosecondType, UInt64Type,
};
use arrow_array::{ArrayRef, BinaryArray, NullArray, PrimitiveArray, RecordBatch, StringArray};
use arrow_buffer::{BooleanBuffer, Buffer, NullBuffer, OffsetBuffer, ScalarBuffer, i256};
use arrow_schema::{ArrowError, DataType, Field, Schema};
use wasmysql_batch::{Batch as CheckedBatch, ColumnView, Date, DateTime, Kind, Time};

use crate::batch::Batch;
use crate::column::{Column, ColumnFlags};
use crate::error::{Error, ErrorKind, Result};

/// The protocol's type codes of TIMESTAMP.
const TIMESTAMP: [u8; 2] = [7, 17];

/// The largest precision and scale of a DECIMAL.
const DIGITS: u32 = 65;
const SCALE: u8 = 38;

const MICROSECONDS: i64 = 1_000_000;
const SECONDS_OF_A_DAY: i64 = 24 * 60 * 60;

impl Batch {
    /// Returns the batch as a record batch of Arrow, without copying integers, floats, text and
    /// bytes. Requires the feature `arrow`.
    ///
    /// | column | Arrow type | values |
    /// |---|---|---|
    /// | integers | `Int64`, `UInt64` | shared with the batch |
    /// | FLOAT, DOUBLE | `Float32`, `Float64` | shared |
    /// | text | `Utf8` | shared |
    /// | bytes, BIT, types unknown to the contract | `Binary` | shared |
    /// | DECIMAL | `Decimal128`, or `Decimal256` beyond 38 digits, of the column's precision and scale | converted |
    /// | DATE | `Date32` | converted |
    /// | TIME | `Duration(Microsecond)` | converted |
    /// | DATETIME | `Timestamp(Microsecond, None)` | converted |
    /// | TIMESTAMP | `Timestamp(Microsecond, "UTC")` | converted |
    /// | NULL without a type | `Null` | |
    ///
    /// The bitmap of NULLs is shared too. All fields of the schema are nullable, so that all
    /// batches of a result have the same schema. The record batch keeps this batch in memory.
    ///
    /// # Errors
    ///
    /// - `Decode` for a date that Arrow can't represent: a zero or partial date. Select
    ///   `NULLIF(day, 0)`, or the text `CAST(day AS CHAR)`.
    /// - `Decode` for a DECIMAL with more digits than its column declares.
    ///
    /// # Examples
    ///
    /// ```
    /// # use arrow_array::{Int64Array, cast::AsArray, types::UInt64Type};
    /// # use wasmysql::{Connection, Result};
    /// # async fn example(conn: &mut Connection) -> Result<()> {
    /// let mut rows = conn.query("SELECT distance FROM flights", ()).await?;
    /// let mut miles = 0;
    /// while let Some(batch) = rows.next_batch().await? {
    ///     let batch = batch.to_arrow()?;
    ///     miles += arrow_arith::aggregate::sum(batch.column(0).as_primitive::<UInt64Type>()).unwrap_or(0);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn to_arrow(&self) -> Result<RecordBatch> {
        let buffer = Buffer::from(bytes::Bytes::from_owner(Shared(self.clone())));
        let (mut fields, mut arrays) = (Vec::new(), Vec::new());
        for (view, column) in self.checked().columns().zip(self.columns()) {
            let array = Source { view, column, buffer: &buffer }.array()?;
            fields.push(Field::new(&column.name, array.data_type().clone(), true));
            arrays.push(array);
        }
        RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays).map_err(refused)
    }
}

/// Keeps a batch in memory for Arrow.
struct Shared(Batch);

impl AsRef<[u8]> for Shared {
    fn as_ref(&self) -> &[u8] {
        CheckedBatch::data(self.0.checked())
    }
}

/// A column to convert.
struct Source<'b> {
    view: ColumnView<'b>,
    column: &'b Column,
    /// The buffer of the whole batch.
    buffer: &'b Buffer,
}

impl Source<'_> {
    fn array(&self) -> Result<ArrayRef> {
        let view = &self.view;
        Ok(match view.kind() {
            Kind::Null => Arc::new(NullArray::new(view.rows())),
            Kind::Signed => self.shared::<Int64Type>(|| view.words().map(u64::cast_signed).collect())?,
            Kind::Unsigned => self.shared::<UInt64Type>(|| view.words().collect())?,
            Kind::Float => self.shared::<Float32Type>(|| view.offsets().map(f32::from_bits).collect())?,
            Kind::Double => self.shared::<Float64Type>(|| view.words().map(f64::from_bits).collect())?,
            Kind::Text => Arc::new(StringArray::try_new(self.offsets()?, self.data(), self.nulls()).map_err(refused)?),
            Kind::Bytes | Kind::Raw => {
                Arc::new(BinaryArray::try_new(self.offsets()?, self.data(), self.nulls()).map_err(refused)?)
            }
            Kind::Decimal => self.decimals()?,
            Kind::Date => Arc::new(self.converted::<Date32Type>(|word| days(Date::unpack(word)))?),
            Kind::Time => {
                Arc::new(self.converted::<DurationMicrosecondType>(|word| Some(duration(Time::unpack(word))))?)
            }
            Kind::DateTime => {
                let array = self.converted::<TimestampMicrosecondType>(|word| timestamp(DateTime::unpack(word)))?;
                let is_utc = TIMESTAMP.contains(&self.column.type_code);
                Arc::new(array.with_timezone_opt(is_utc.then_some("UTC")))
            }
        })
    }

    /// Returns an array of the values in the buffer, or of a copy if they are not aligned.
    fn shared<T: ArrowPrimitiveType>(&self, copy: impl FnOnce() -> Vec<T::Native>) -> Result<ArrayRef> {
        let values = self.scalars(copy);
        Ok(Arc::new(PrimitiveArray::<T>::try_new(values, self.nulls()).map_err(refused)?))
    }

    fn scalars<N: arrow_buffer::ArrowNativeType>(&self, copy: impl FnOnce() -> Vec<N>) -> ScalarBuffer<N> {
        let values = self.slice(self.view.values_range());
        let is_aligned = values.as_ptr().align_offset(align_of::<N>()) == 0;
        match cfg!(target_endian = "little") && is_aligned {
            true => ScalarBuffer::from(values),
            false => copy().into(),
        }
    }

    /// Returns an array of converted dates or times.
    fn converted<T: ArrowPrimitiveType>(
        &self,
        convert: impl Fn(u64) -> Option<T::Native>,
    ) -> Result<PrimitiveArray<T>> {
        let value = |(row, word)| match convert(word) {
            _ if self.view.is_null(row) => Ok(T::Native::default()),
            Some(value) => Ok(value),
            None => Err(self.error(row, "which Arrow can't represent; select it as NULL or as text")),
        };
        let values = self.view.words().enumerate().map(value).collect::<Result<Vec<_>>>()?;
        PrimitiveArray::try_new(values.into(), self.nulls()).map_err(refused)
    }

    fn decimals(&self) -> Result<ArrayRef> {
        let scale = self.column.decimals.min(SCALE);
        let (point, sign) = (scale > 0, !self.column.column_flags.contains(ColumnFlags::UNSIGNED));
        // The server announces the length of the text.
        let digits = self.column.length.saturating_sub(u32::from(point) + u32::from(sign));
        let digits = digits.clamp(u32::from(scale.max(1)), DIGITS);
        let precision = u8::try_from(digits).unwrap_or_default();
        match precision > arrow_schema::DECIMAL128_MAX_PRECISION {
            false => self.decimals_of::<Decimal128Type>(
                |digits| digits.parse().ok(),
                DataType::Decimal128(precision, scale.cast_signed()),
            ),
            true => self
                .decimals_of::<Decimal256Type>(i256::from_string, DataType::Decimal256(precision, scale.cast_signed())),
        }
    }

    fn decimals_of<T: ArrowPrimitiveType>(
        &self,
        parse: impl Fn(&str) -> Option<T::Native>,
        data_type: DataType,
    ) -> Result<ArrayRef> {
        let scale = usize::from(self.column.decimals.min(SCALE));
        let mut digits = String::new();
        let mut value = |row| {
            if self.view.is_null(row) {
                return Ok(T::Native::default());
            }
            let (integer, fraction) =
                self.view.text(row).map_or(("", ""), |text| text.split_once('.').unwrap_or((text, "")));
            digits.clear();
            digits.extend([integer, fraction]);
            digits.extend(std::iter::repeat_n('0', scale.saturating_sub(fraction.len())));
            let number = if fraction.len() <= scale { parse(&digits) } else { None };
            number.ok_or_else(|| self.error(row, "which has more digits than the column declares"))
        };
        let values = (0..self.view.rows()).map(&mut value).collect::<Result<Vec<_>>>()?;
        let array = PrimitiveArray::<T>::try_new(values.into(), self.nulls()).map_err(refused)?;
        Ok(Arc::new(array.with_data_type(data_type)))
    }

    fn offsets(&self) -> Result<OffsetBuffer<i32>> {
        if i32::try_from(self.view.data().len()).is_err() {
            return Err(Error::new(
                ErrorKind::Decode,
                format!("column `{}` has more than 2 GiB in one batch, which Arrow can't represent", self.column.name),
            ));
        }
        Ok(OffsetBuffer::new(self.scalars(|| self.view.offsets().map(u32::cast_signed).collect())))
    }

    fn data(&self) -> Buffer {
        self.slice(self.view.data_range())
    }

    fn nulls(&self) -> Option<NullBuffer> {
        let bits = self.slice(self.view.validity_range()?);
        Some(NullBuffer::new(BooleanBuffer::new(bits, 0, self.view.rows())))
    }

    fn slice(&self, range: std::ops::Range<usize>) -> Buffer {
        self.buffer.slice_with_length(range.start, range.len())
    }

    #[cold]
    fn error(&self, row: usize, reason: &str) -> Error {
        let value = match self.view.cell(row) {
            Some(wasmysql_batch::Cell::Decimal(digits)) => digits.to_owned(),
            Some(wasmysql_batch::Cell::Date(date)) => crate::Date::unpack(date.pack().unwrap_or_default()).to_string(),
            Some(wasmysql_batch::Cell::DateTime(at)) => {
                crate::DateTime::unpack(at.pack().unwrap_or_default()).to_string()
            }
            _ => "a value".to_owned(),
        };
        let (name, ty) = (&self.column.name, self.column.type_name());
        Error::new(
            ErrorKind::Decode,
            format!("column `{name}` ({ty}) holds {value} at row {row} of its batch, {reason}"),
        )
    }
}

/// Returns the days since 1970-01-01, or `None` for a zero or partial date.
fn days(Date { year, month, day }: Date) -> Option<i32> {
    if month == 0 || day == 0 {
        return None;
    }
    // Years begin in March, so that the leap day is the last day of a year.
    let (month, year) = match i32::from(month) {
        month @ 1..=2 => (month + 9, i32::from(year) - 1),
        month => (month - 3, i32::from(year)),
    };
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    // 719,468 days from 0000-03-01 to 1970-01-01.
    Some(year * 365 + leap_days + (153 * month + 2) / 5 + i32::from(day) - 1 - 719_468)
}

fn timestamp(at: DateTime) -> Option<i64> {
    let days = days(Date { year: at.year, month: at.month, day: at.day })?;
    let seconds = (i64::from(at.hour) * 60 + i64::from(at.minute)) * 60 + i64::from(at.second);
    Some((i64::from(days) * SECONDS_OF_A_DAY + seconds) * MICROSECONDS + i64::from(at.microsecond))
}

fn duration(time: Time) -> i64 {
    let seconds = (i64::from(time.hours) * 60 + i64::from(time.minutes)) * 60 + i64::from(time.seconds);
    let microseconds = seconds * MICROSECONDS + i64::from(time.microseconds);
    if time.negative { -microseconds } else { microseconds }
}

#[cold]
fn refused(error: ArrowError) -> Error {
    Error::new(ErrorKind::Decode, format!("Arrow refuses the batch: {error}"))
}

#[cfg(test)]
mod tests;
