"""Parameters of many executions: rows of Python values to row batches.

All values of a column of a batch have the same kind. Rows whose values have other kinds than the
rows before them go to another batch, except for numbers that a wider kind represents exactly.
"""

import struct
from array import array
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from itertools import accumulate, islice
from operator import attrgetter
from typing import Any, NamedTuple
from uuid import UUID

from .. import errors
from . import words
from .columns import KINDS
from .json_value import Json
from .parameters import SIGNED, base_of, integer, text

HEADER, ENTRY, ALIGNMENT = 8, 24, 8
CODES = {kind.name: code for code, kind in enumerate(KINDS)}

#: The bounds of one batch. The host limits the bytes of one call.
ROWS, BYTES = 65_536, 4 * 1024 * 1024

#: The kind of each type.
KIND_OF = {
    type(None): "null",
    bool: "signed",
    int: "signed",
    float: "double",
    Decimal: "decimal",
    str: "text",
    Json: "text",
    UUID: "text",
    bytes: "bytes",
    bytearray: "bytes",
    memoryview: "bytes",
    date: "date",
    datetime: "datetime",
    time: "time",
    timedelta: "time",
}

#: The kind of a column with values of two kinds, where the wider kind represents both exactly.
WIDER = {
    frozenset(("signed", "decimal")): "decimal",
    frozenset(("signed", "double")): "double",
    frozenset(("date", "datetime")): "datetime",
}

#: The types whose values are counted by their length.
SIZED = frozenset((str, bytes, bytearray, memoryview))

#: The fields of a datetime, lowest last, and its time zone.
FIELDS = attrgetter("year", "month", "day", "hour", "minute", "second", "microsecond")
ZONE = attrgetter("tzinfo")

#: Integers up to this size are exact as a double.
EXACT = 1 << 53


class ParameterRows(NamedTuple):
    """One batch of parameters."""

    #: The number of the first row, counted from 0.
    first: int
    rows: int
    data: bytes

    @classmethod
    def batches(cls, rows: Iterable[Sequence[Any]]) -> Iterator["ParameterRows"]:
        """Returns the batches of all rows, in their order."""
        first = 0
        remaining = iter(rows)
        while chunk := list(islice(remaining, ROWS)):
            _check_lengths(chunk, first)
            for columns, count in _groups(chunk):
                yield cls(first, count, _encode(columns, count))
                first += count


def _check_lengths(chunk: list[Sequence[Any]], first: int) -> None:
    width = len(chunk[0])
    if set(map(len, chunk)) != {width}:
        index = next(index for index, row in enumerate(chunk) if len(row) != width)
        raise errors.argument(
            f"row {first + index} has {len(chunk[index])} values, row {first} has {width}"
        )


def _groups(chunk: list[Sequence[Any]]) -> Iterator[tuple[list[tuple[str, Sequence]], int]]:
    """Splits the rows into columns with kinds: in halves while they have too many bytes, and where
    the kinds of values change."""
    columns = [_Values(values) for values in zip(*chunk)]
    if len(chunk) > 1 and sum(column.size() for column in columns) > BYTES:
        middle = len(chunk) // 2
        yield from _groups(chunk[:middle])
        yield from _groups(chunk[middle:])
        return
    kinds = [column.kind() for column in columns]
    if None not in kinds:
        yield [(kind, column.values) for kind, column in zip(kinds, columns)], len(chunk)
        return
    start, current = 0, _row_kinds(chunk[0])
    for index in range(1, len(chunk) + 1):
        joined = _join(current, _row_kinds(chunk[index])) if index < len(chunk) else None
        if joined is None:
            part = chunk[start:index]
            yield list(zip(current, zip(*part))), len(part)
            start = index
            joined = _row_kinds(chunk[index]) if index < len(chunk) else current
        current = joined


class _Values:
    """The values of a column, and their types."""

    def __init__(self, values: Sequence[Any]):
        self.values = values
        self.types = set(map(type, values))

    def size(self) -> int:
        """Returns about how many bytes the values take."""
        size = 8 * len(self.values)
        if self.types <= SIZED:
            return size + sum(map(len, self.values))
        if self.types & SIZED:
            size += sum(len(value) for value in self.values if type(value) in SIZED)
        return size

    def kind(self) -> str | None:
        """Returns the kind of all values; None if they have no common kind."""
        kinds = {KIND_OF.get(type_) or KIND_OF[self._base(type_)] for type_ in self.types}
        kinds.discard("null")
        if len(kinds) == 2:
            kinds = {WIDER.get(frozenset(kinds))}
        if not kinds:
            return "null"
        kind = kinds.pop() if len(kinds) == 1 else None
        if kind == "signed":
            return _integers(self.values)
        if (
            kind == "double"
            and any(issubclass(type_, int) for type_ in self.types)
            and _exceeds_double(self.values)
        ):
            return None
        return kind

    def _base(self, type_: type) -> type:
        return base_of(next(value for value in self.values if type(value) is type_))


def _exceeds_double(values: Sequence[Any]) -> bool:
    return any(isinstance(value, int) and abs(value) > EXACT for value in values)


def _integers(column: Sequence[Any]) -> str | None:
    values = [value for value in column if value is not None] if None in column else column
    low, high = integer(min(values)), integer(max(values))
    if high < SIGNED:
        return "signed"
    return "unsigned" if low >= 0 else None


def _row_kinds(row: Sequence[Any]) -> list[str]:
    return [_Values((value,)).kind() for value in row]


def _join(one: list[str], other: list[str]) -> list[str] | None:
    """Returns the kinds of rows of both kinds; None if there are none. Widens no number, because
    the values of the rows before are not known here."""
    joined = [
        a if b == "null" else b if a == "null" else a if a == b else None
        for a, b in zip(one, other)
    ]
    return None if None in joined else joined


def _encode(columns: list[tuple[str, Sequence[Any]]], rows: int) -> bytes:
    """Returns the buffer of a batch."""
    directory, buffers = bytearray(struct.pack("<II", len(columns), 0)), bytearray()
    start = HEADER + ENTRY * len(columns)

    def place(data: bytes) -> int:
        at = start + len(buffers)
        buffers.extend(data)
        buffers.extend(bytes(-len(data) % ALIGNMENT))
        return at

    for kind, values in columns:
        validity = numbers = data = length = 0
        if kind != "null" and None in values:
            validity = place(_bitmap(values))
        if kind in VARIABLE:
            lengths, whole = VARIABLE[kind](values)
            length = len(whole)
            numbers = place(array("I", accumulate(lengths, initial=0)).tobytes())
            data = place(whole)
        elif kind != "null":
            code, convert = FIXED[kind]
            numbers = place(array(code, convert(values)).tobytes())
        directory += struct.pack("<6I", CODES[kind], validity, numbers, data, length, 0)
    return bytes(directory + buffers)


def _bitmap(values: Sequence[Any]) -> bytes:
    bits = bytearray((len(values) + 7) // 8)
    for row, value in enumerate(values):
        if value is not None:
            bits[row >> 3] |= 1 << (row & 7)
    return bytes(bits)


def _texts(values: Sequence[Any]) -> tuple[Iterable[int], bytes]:
    """Returns the lengths and the bytes of a column of text."""
    if set(map(type, values)) != {str}:
        values = ["" if value is None else _text(value) for value in values]
    whole = "".join(values)
    if whole.isascii():
        return map(len, values), whole.encode()
    return _joined([text(value).encode() for value in values])


def _text(value: Any) -> str:
    return str(value.value if isinstance(value, Enum) else value)


def _decimals(values: Sequence[Any]) -> tuple[Iterable[int], bytes]:
    return _joined([b"" if value is None else _number_text(value) for value in values])


def _number_text(value: Any) -> bytes:
    return format(value, "f" if isinstance(value, Decimal) else "d").encode()


def _bytes(values: Sequence[Any]) -> tuple[Iterable[int], bytes]:
    return _joined([b"" if value is None else bytes(value) for value in values])


def _joined(parts: list[bytes]) -> tuple[Iterable[int], bytes]:
    return map(len, parts), b"".join(parts)


def _numbers(values: Sequence[Any]) -> Sequence[Any]:
    return [0 if value is None else value for value in values] if None in values else values


def _dates(values: Sequence[Any]) -> list[int]:
    return [0 if value is None else words.of_date(value) for value in values]


def _datetimes(values: Sequence[Any]) -> list[int]:
    if set(map(type, values)) == {datetime} and not any(map(ZONE, values)):
        return [
            (year << 9 | month << 5 | day) << 37
            | (hour << 12 | minute << 6 | second) << 20
            | microsecond
            for year, month, day, hour, minute, second, microsecond in map(FIELDS, values)
        ]
    return [0 if value is None else _date_or_datetime(value) for value in values]


def _date_or_datetime(value: Any) -> int:
    return words.of_datetime(value) if isinstance(value, datetime) else words.of_date(value)


def _times(values: Sequence[Any]) -> list[int]:
    return [0 if value is None else _time(value) for value in values]


def _time(value: Any) -> int:
    return words.of_time(value) if isinstance(value, time) else words.of_timedelta(value)


#: The functions that make the lengths and the bytes of a column of variable width.
VARIABLE = {"decimal": _decimals, "text": _texts, "bytes": _bytes}

#: The array type of a column of fixed width, and the function that makes its numbers.
FIXED = {
    "signed": ("q", _numbers),
    "unsigned": ("Q", _numbers),
    "double": ("d", _numbers),
    "date": ("Q", _dates),
    "datetime": ("Q", _datetimes),
    "time": ("Q", _times),
}
