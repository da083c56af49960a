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
from typing import Any, NamedTuple

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
        for group in _chunks(rows):
            for columns, count in _uniform(group, first):
                yield cls(first, count, _encode(columns, count))
                first += count


def _chunks(rows: Iterable[Sequence[Any]]) -> Iterator[list[Sequence[Any]]]:
    """Splits the rows by number and by an estimate of their bytes."""
    chunk, size = [], 0
    for row in rows:
        chunk.append(row)
        for value in row:
            size += len(value) if isinstance(value, (str, bytes, bytearray)) else 8
        if len(chunk) == ROWS or size >= BYTES:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


def _uniform(
    group: list[Sequence[Any]], first: int
) -> Iterator[tuple[list[tuple[str, list]], int]]:
    """Splits rows where the kinds of values change."""
    width = len(group[0])
    for index, row in enumerate(group):
        if len(row) != width:
            raise errors.argument(
                f"row {first + index} has {len(row)} values, row {first} has {width}"
            )
    columns = [list(column) for column in zip(*group)]
    kinds = [_kind(column) for column in columns]
    if None not in kinds:
        yield list(zip(kinds, columns)), len(group)
        return
    start, current = 0, _row_kinds(group[0])
    for index in range(1, len(group) + 1):
        joined = _join(current, _row_kinds(group[index])) if index < len(group) else None
        if joined is None:
            part = group[start:index]
            yield list(zip(current, (list(column) for column in zip(*part)))), len(part)
            start = index
            joined = _row_kinds(group[index]) if index < len(group) else current
        current = joined


def _kind(column: list) -> str | None:
    """Returns the kind of all values; None if they have no common kind."""
    kinds = {
        KIND_OF.get(type_) or KIND_OF[_base(column, type_)] for type_ in set(map(type, column))
    }
    kinds.discard("null")
    if len(kinds) == 2:
        kinds = {WIDER.get(frozenset(kinds))}
    if not kinds:
        return "null"
    kind = kinds.pop() if len(kinds) == 1 else None
    if kind == "signed":
        return _integers(column)
    if kind == "double" and any(isinstance(value, int) and abs(value) > EXACT for value in column):
        return None
    return kind


def _base(column: list, type_: type) -> type:
    return base_of(next(value for value in column if type(value) is type_))


def _integers(column: list) -> str | None:
    values = [value for value in column if value is not None]
    low, high = integer(min(values)), integer(max(values))
    if high < SIGNED:
        return "signed"
    return "unsigned" if low >= 0 else None


def _row_kinds(row: Sequence[Any]) -> list[str]:
    return [_kind([value]) for value in row]


def _join(one: list[str], other: list[str]) -> list[str] | None:
    """Returns the kinds of rows of both kinds; None if there are none. Widens no number, because
    the values of the rows before are not known here."""
    joined = [
        a if b == "null" else b if a == "null" else a if a == b else None
        for a, b in zip(one, other)
    ]
    return None if None in joined else joined


def _encode(columns: list[tuple[str, list]], rows: int) -> bytes:
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
        if kind in PARTS:
            parts = [b"" if value is None else PARTS[kind](value) for value in values]
            offsets = array("I", [0])
            for part in parts:
                length += len(part)
                offsets.append(length)
            numbers, data = place(offsets.tobytes()), place(b"".join(parts))
        elif kind != "null":
            code, word = NUMBERS[kind]
            values = [0 if value is None else word(value) for value in values] if word else values
            if word is None and validity:
                values = [0 if value is None else value for value in values]
            numbers = place(array(code, values).tobytes())
        directory += struct.pack("<6I", CODES[kind], validity, numbers, data, length, 0)
    return bytes(directory + buffers)


def _bitmap(values: list) -> bytes:
    bits = bytearray((len(values) + 7) // 8)
    for row, value in enumerate(values):
        if value is not None:
            bits[row >> 3] |= 1 << (row & 7)
    return bytes(bits)


def _number_text(value) -> bytes:
    return format(value, "f" if isinstance(value, Decimal) else "d").encode()


def _date_or_datetime(value) -> int:
    return words.of_datetime(value) if isinstance(value, datetime) else words.of_date(value)


def _time(value) -> int:
    return words.of_time(value) if isinstance(value, time) else words.of_timedelta(value)


def _str(value) -> bytes:
    return text(str(value.value if isinstance(value, Enum) else value)).encode()


#: The functions that make the bytes of a value of variable width.
PARTS = {"decimal": _number_text, "text": _str, "bytes": bytes}

#: The array type and the function that makes the number of a value of fixed width.
NUMBERS = {
    "signed": ("q", None),
    "unsigned": ("Q", None),
    "double": ("d", None),
    "date": ("Q", words.of_date),
    "datetime": ("Q", _date_or_datetime),
    "time": ("Q", _time),
}
