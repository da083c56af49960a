package batch

import (
	"fmt"
	"time"
)

// DateValue is a DATE. A month or a day of 0 is unknown, so that time.Time can't hold every value.
type DateValue struct{ Year, Month, Day int }

// DatetimeValue is a DATETIME or a TIMESTAMP, without a time zone. Sessions run in UTC.
type DatetimeValue struct {
	DateValue
	Hour, Minute, Second, Microsecond int
}

// String returns the date as YYYY-MM-DD.
func (d DateValue) String() string {
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day)
}

// String returns the datetime as YYYY-MM-DD hh:mm:ss.ffffff.
func (d DatetimeValue) String() string {
	return fmt.Sprintf("%v %02d:%02d:%02d.%06d", d.DateValue, d.Hour, d.Minute, d.Second, d.Microsecond)
}

// Time returns the datetime in UTC. The second result is false for a zero or partial date, such as
// 0000-00-00 or 2024-02-00.
func (d DatetimeValue) Time() (time.Time, bool) {
	if d.Month == 0 || d.Day == 0 {
		return time.Time{}, false
	}
	seconds := days(d.Year, d.Month, d.Day)*86400 + int64(d.Hour*3600+d.Minute*60+d.Second)
	return time.Unix(seconds, int64(d.Microsecond)*1000).UTC(), true
}

// days returns the number of days since 1970-01-01. It is faster than time.Date, which also accepts
// fields out of their range.
func days(year, month, day int) int64 {
	// Years begin in March, so that a leap day is the last.
	if month < 3 {
		year--
	}
	month = (month + 9) % 12
	return int64(year*365 + year/4 - year/100 + year/400 + (month*153+2)/5 + day - 1 - 719468)
}

func (d DatetimeValue) pack() uint64 {
	date := uint64(d.Year)<<46 | uint64(d.Month)<<42 | uint64(d.Day)<<37
	return date | uint64(d.Hour)<<32 | uint64(d.Minute)<<26 | uint64(d.Second)<<20 | uint64(d.Microsecond)
}

// fits returns whether each field fits its bits. The host checks the calendar.
func (d DatetimeValue) fits() bool {
	return d.Year <= 9999 && Unpack(d.pack()) == d
}

// Unpack returns a packed DATE or DATETIME.
func Unpack(word uint64) DatetimeValue {
	return DatetimeValue{
		DateValue:   DateValue{Year: int(word >> 46), Month: int(word >> 42 & 15), Day: int(word >> 37 & 31)},
		Hour:        int(word >> 32 & 31),
		Minute:      int(word >> 26 & 63),
		Second:      int(word >> 20 & 63),
		Microsecond: int(word & (1<<20 - 1)),
	}
}

// fromTime returns a time in UTC, rounded down to microseconds.
func fromTime(at time.Time) DatetimeValue {
	at = at.UTC()
	year, month, day := at.Date()
	hour, minute, second := at.Clock()
	return DatetimeValue{DateValue{year, int(month), day}, hour, minute, second, at.Nanosecond() / 1000}
}

// packDuration returns a TIME, rounded to microseconds towards zero. The second result is false for
// more than 838 hours.
func packDuration(d time.Duration) (uint64, bool) {
	micros, sign := uint64(d/time.Microsecond), uint64(0)
	if d < 0 {
		micros, sign = -micros, 1<<63
	}
	if micros == 0 {
		sign = 0
	}
	seconds := micros / 1e6
	hours := seconds / 3600
	word := hours<<32 | seconds/60%60<<26 | seconds%60<<20 | micros%1e6
	return word | sign, hours <= 838
}

// UnpackDuration returns a packed TIME.
func UnpackDuration(word uint64) time.Duration {
	seconds := word>>32&(1<<10-1)*3600 + word>>26&63*60 + word>>20&63
	d := time.Duration(seconds)*time.Second + time.Duration(word&(1<<20-1))*time.Microsecond
	if word>>63 != 0 {
		return -d
	}
	return d
}
