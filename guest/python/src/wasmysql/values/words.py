"""The words of dates and times in batches. `row-batch` in wit/types.wit specifies the bits."""

from datetime import date, datetime, time, timedelta, timezone

from .. import errors

#: The longest TIME: 838:59:59.999999.
LONGEST = timedelta(hours=838, minutes=59, seconds=59, microseconds=999_999)
SECOND = timedelta(seconds=1)
NEGATIVE = 1 << 63


def to_date(word: int) -> date | str:
    """Returns the date, or its text if Python has no such date."""
    year, month, day = word >> 46, word >> 42 & 15, word >> 37 & 31
    try:
        return date(year, month, day)
    except ValueError:
        return f"{year:04}-{month:02}-{day:02}"


def to_datetime(word: int, decimals: int) -> datetime | str:
    """Returns the datetime, or its text if Python has no such datetime. `decimals` is the number of
    digits of the text after the point."""
    hour, minute, second, microsecond = (
        word >> 32 & 31,
        word >> 26 & 63,
        word >> 20 & 63,
        word & 0xFFFFF,
    )
    try:
        return datetime(
            word >> 46, word >> 42 & 15, word >> 37 & 31, hour, minute, second, microsecond
        )
    except ValueError:
        fraction = f".{microsecond:06}"[: decimals + 1] if 0 < decimals <= 6 else ""
        day = f"{word >> 46:04}-{word >> 42 & 15:02}-{word >> 37 & 31:02}"
        return f"{day} {hour:02}:{minute:02}:{second:02}{fraction}"


def to_hour(high: int) -> datetime:
    """Returns the datetime of the upper 32 bits, from the hour on."""
    return datetime(high >> 14, high >> 10 & 15, high >> 5 & 31, high & 31)


def to_minutes(low: int) -> timedelta:
    """Returns the duration of the lower 32 bits of a datetime."""
    return timedelta(0, (low >> 26) * 60 + (low >> 20 & 63), low & 0xFFFFF)


def to_timedelta(word: int) -> timedelta:
    """Returns the duration."""
    seconds = (word >> 32 & 1023) * 3600 + (word >> 26 & 63) * 60 + (word >> 20 & 63)
    value = timedelta(0, seconds, word & 0xFFFFF)
    return -value if word & NEGATIVE else value


def of_date(value: date) -> int:
    return (value.year << 9 | value.month << 5 | value.day) << 37


def of_datetime(value: datetime) -> int:
    if value.tzinfo is not None:
        value = value.astimezone(timezone.utc)
    clock = value.hour << 12 | value.minute << 6 | value.second
    return of_date(value) | clock << 20 | value.microsecond


def of_time(value: time) -> int:
    refuse_zone(value)
    return (value.hour << 12 | value.minute << 6 | value.second) << 20 | value.microsecond


def of_timedelta(value: timedelta) -> int:
    negative, hours, minutes, seconds, microseconds = split(value)
    return (
        (hours << 12 | minutes << 6 | seconds) << 20 | microseconds | (NEGATIVE if negative else 0)
    )


def split(value: timedelta) -> tuple[bool, int, int, int, int]:
    """Returns the sign, hours, minutes, seconds and microseconds. Refuses what no TIME can hold."""
    negative = value < timedelta(0)
    value = abs(value)
    if value > LONGEST:
        raise errors.argument(f"the duration {value} exceeds 838:59:59.999999, the longest TIME")
    seconds, rest = divmod(value, SECOND)
    return negative, seconds // 3600, seconds // 60 % 60, seconds % 60, rest.microseconds


def refuse_zone(value: time) -> None:
    if value.tzinfo is not None:
        raise errors.argument(f"the time {value} has a time zone; a TIME has none")
