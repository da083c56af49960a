//! Dates and times as one word of 64 bits.
//!
//! | bits | DATE, DATETIME | TIME |
//! |---|---|---|
//! | 0 to 19 | microsecond (DATE: 0) | microseconds |
//! | 20 to 25 | second (DATE: 0) | seconds |
//! | 26 to 31 | minute (DATE: 0) | minutes |
//! | 32 to 36 | hour (DATE: 0) | hours, in bits 32 to 41 |
//! | 37 to 41 | day | |
//! | 42 to 45 | month | 0 |
//! | 46 to 59 | year | 0 |
//! | 60 to 63 | 0 | bit 63 is the sign, the others are 0 |
//!
//! The words of DATE and DATETIME compare as the dates do, also with each other. A word of a TIME
//! without its sign bit compares as the absolute value.

/// A calendar date. Zero and partial dates are valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Date {
    /// 0 to 9999.
    pub year: u16,
    /// 0 to 12.
    pub month: u8,
    /// 0 to 31.
    pub day: u8,
}

/// A signed duration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Time {
    /// The sign of the whole value.
    pub negative: bool,
    /// 0 to 838.
    pub hours: u16,
    /// 0 to 59.
    pub minutes: u8,
    /// 0 to 59.
    pub seconds: u8,
    /// 0 to 999,999.
    pub microseconds: u32,
}

/// A date with a time of day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct DateTime {
    /// 0 to 9999.
    pub year: u16,
    /// 0 to 12.
    pub month: u8,
    /// 0 to 31.
    pub day: u8,
    /// 0 to 23.
    pub hour: u8,
    /// 0 to 59.
    pub minute: u8,
    /// 0 to 59.
    pub second: u8,
    /// 0 to 999,999.
    pub microsecond: u32,
}

/// A field of a word: its first bit and its number of bits.
struct Field(u32, u32);

const MICROSECOND: Field = Field(0, 20);
const SECOND: Field = Field(20, 6);
const MINUTE: Field = Field(26, 6);
const HOUR: Field = Field(32, 5);
const DAY: Field = Field(37, 5);
const MONTH: Field = Field(42, 4);
const YEAR: Field = Field(46, 14);
/// The hours of a TIME, days included.
const HOURS: Field = Field(32, 10);
const SIGN: Field = Field(63, 1);

impl Field {
    const fn mask(&self) -> u64 {
        ((1 << self.1) - 1) << self.0
    }

    /// Returns the value at the bits of the field. `overflow` collects bits that don't fit.
    #[inline]
    fn put(&self, value: u32, overflow: &mut u32) -> u64 {
        *overflow |= value >> self.1;
        (value as u64) << self.0
    }

    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "a field has at most 20 bits")]
    fn get(&self, word: u64) -> u32 {
        ((word & self.mask()) >> self.0) as u32
    }

    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "the callers read fields of at most 8 bits")]
    fn get_u8(&self, word: u64) -> u8 {
        self.get(word) as u8
    }

    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "the callers read fields of at most 14 bits")]
    fn get_u16(&self, word: u64) -> u16 {
        self.get(word) as u16
    }
}

impl Date {
    /// The bits of a word that a date uses.
    pub(crate) const BITS: u64 = DAY.mask() | MONTH.mask() | YEAR.mask();

    /// Returns the date as a word, or `None` if a field is larger than its bits. The caller checks
    /// that the date exists in the calendar.
    #[inline]
    pub fn pack(self) -> Option<u64> {
        let mut overflow = 0;
        let word = DAY.put(self.day.into(), &mut overflow)
            | MONTH.put(self.month.into(), &mut overflow)
            | YEAR.put(self.year.into(), &mut overflow);
        (overflow == 0).then_some(word)
    }

    /// Returns the date of a word. Ignores the bits that a date does not use.
    #[inline]
    pub fn unpack(word: u64) -> Self {
        Self { year: YEAR.get_u16(word), month: MONTH.get_u8(word), day: DAY.get_u8(word) }
    }
}

impl Time {
    /// The bits of a word that a time uses.
    pub(crate) const BITS: u64 = MICROSECOND.mask() | SECOND.mask() | MINUTE.mask() | HOURS.mask() | SIGN.mask();

    /// Returns the time as a word, or `None` if a field is larger than its bits. The caller checks
    /// the ranges of the fields.
    #[inline]
    pub fn pack(self) -> Option<u64> {
        let mut overflow = 0;
        let word = MICROSECOND.put(self.microseconds, &mut overflow)
            | SECOND.put(self.seconds.into(), &mut overflow)
            | MINUTE.put(self.minutes.into(), &mut overflow)
            | HOURS.put(self.hours.into(), &mut overflow)
            | SIGN.put(self.negative.into(), &mut overflow);
        (overflow == 0).then_some(word)
    }

    /// Returns the time of a word. Ignores the bits that a time does not use.
    #[inline]
    pub fn unpack(word: u64) -> Self {
        Self {
            negative: SIGN.get(word) == 1,
            hours: HOURS.get_u16(word),
            minutes: MINUTE.get_u8(word),
            seconds: SECOND.get_u8(word),
            microseconds: MICROSECOND.get(word),
        }
    }
}

impl DateTime {
    /// The bits of a word that a datetime uses.
    pub(crate) const BITS: u64 = Date::BITS | MICROSECOND.mask() | SECOND.mask() | MINUTE.mask() | HOUR.mask();

    /// Returns the datetime as a word, or `None` if a field is larger than its bits. The caller
    /// checks the ranges of the fields.
    #[inline]
    pub fn pack(self) -> Option<u64> {
        let mut overflow = 0;
        let word = MICROSECOND.put(self.microsecond, &mut overflow)
            | SECOND.put(self.second.into(), &mut overflow)
            | MINUTE.put(self.minute.into(), &mut overflow)
            | HOUR.put(self.hour.into(), &mut overflow)
            | DAY.put(self.day.into(), &mut overflow)
            | MONTH.put(self.month.into(), &mut overflow)
            | YEAR.put(self.year.into(), &mut overflow);
        (overflow == 0).then_some(word)
    }

    /// Returns the datetime of a word. Ignores the bits that a datetime does not use.
    #[inline]
    pub fn unpack(word: u64) -> Self {
        Self {
            year: YEAR.get_u16(word),
            month: MONTH.get_u8(word),
            day: DAY.get_u8(word),
            hour: HOUR.get_u8(word),
            minute: MINUTE.get_u8(word),
            second: SECOND.get_u8(word),
            microsecond: MICROSECOND.get(word),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The worked example of `wit/types.wit`.
    const EXAMPLE: DateTime =
        DateTime { year: 2024, month: 2, day: 29, hour: 13, minute: 5, second: 9, microsecond: 70 };

    #[test]
    fn bits_are_those_of_the_contract() {
        assert_eq!(
            EXAMPLE.pack(),
            Some((2024 << 46) | (2 << 42) | (29 << 37) | (13 << 32) | (5 << 26) | (9 << 20) | 70)
        );
        let date = Date { year: 2024, month: 2, day: 29 };
        assert_eq!(date.pack(), Some((2024 << 46) | (2 << 42) | (29 << 37)));
        let time = Time { negative: true, hours: 838, minutes: 59, seconds: 59, microseconds: 999_999 };
        assert_eq!(time.pack(), Some((1 << 63) | (838 << 32) | (59 << 26) | (59 << 20) | 999_999));
        assert_eq!(
            (Date::default().pack(), Time::default().pack(), DateTime::default().pack()),
            (Some(0), Some(0), Some(0))
        );
    }

    #[test]
    fn packed_values_are_unpacked_exactly() {
        for (year, month, day) in [(0, 0, 0), (2024, 0, 0), (2024, 2, 0), (0, 12, 31), (9999, 12, 31)] {
            let date = Date { year, month, day };
            assert_eq!(date.pack().map(Date::unpack), Some(date));
            let at = DateTime { year, month, day, hour: 23, minute: 59, second: 59, microsecond: 999_999 };
            assert_eq!(at.pack().map(DateTime::unpack), Some(at));
        }
        for negative in [false, true] {
            let time = Time { negative, hours: 838, minutes: 1, seconds: 2, microseconds: 3 };
            assert_eq!(time.pack().map(Time::unpack), Some(time));
        }
    }

    #[test]
    fn field_larger_than_its_bits_is_rejected() {
        assert_eq!(Date { month: 16, ..Date::default() }.pack(), None);
        assert_eq!(Date { year: 1 << 14, ..Date::default() }.pack(), None);
        assert_eq!(DateTime { hour: 32, ..EXAMPLE }.pack(), None);
        assert_eq!(DateTime { microsecond: 1 << 20, ..EXAMPLE }.pack(), None);
        assert_eq!(Time { hours: 1 << 10, ..Time::default() }.pack(), None);
        assert_eq!(Time { seconds: 64, ..Time::default() }.pack(), None);
    }

    #[test]
    fn words_compare_as_dates() {
        let date = Date { year: 2024, month: 2, day: 29 };
        let midnight = DateTime { hour: 0, minute: 0, second: 0, microsecond: 0, ..EXAMPLE };
        assert_eq!(date.pack(), midnight.pack());
        assert!(date.pack() < EXAMPLE.pack());
        assert!(EXAMPLE.pack() < Date { year: 2024, month: 3, day: 0 }.pack());
    }
}
