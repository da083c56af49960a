"""Columns of row batches. `row-batch` in wit/types.wit specifies the layout.

A column gives access to its buffers without an object per cell, and converts all its cells to
Python values at once. Converting by column is several times faster than by cell.
"""

from array import array
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from itertools import chain, pairwise
from operator import add
from struct import iter_unpack, unpack_from
from typing import Any, NamedTuple

from . import words


class Kind(NamedTuple):
    """A `column-kind` of the contract."""

    name: str
    #: The type code of the numbers for `memoryview.cast`; `I` for offsets into the bytes.
    code: str | None


#: The kinds in the order of their codes.
KINDS = (
    Kind("null", None),
    Kind("signed", "q"),
    Kind("unsigned", "Q"),
    Kind("float", "f"),
    Kind("double", "d"),
    Kind("decimal", "I"),
    Kind("text", "I"),
    Kind("bytes", "I"),
    Kind("date", "Q"),
    Kind("time", "Q"),
    Kind("datetime", "Q"),
    Kind("raw", "I"),
)
WIDTHS = {"q": 8, "Q": 8, "f": 4, "d": 8, "I": 4}

#: The bits of each byte of a validity bitmap, in the order of the rows.
BITS = tuple(tuple(bool(byte >> bit & 1) for bit in range(8)) for byte in range(256))


class Column:
    """A column of a batch."""

    __slots__ = ("kind", "rows", "validity", "numbers", "data", "decimals")

    def __init__(self, kind, rows, validity, numbers, data, decimals=31):
        #: The kind of the contract, such as `signed` or `text`.
        self.kind: str = kind
        self.rows: int = rows
        #: The bitmap of the rows that are not NULL, least significant bit first; None if no row is
        #: NULL.
        self.validity: memoryview | None = validity
        #: A typed view of the numbers, of the packed dates, or of the `rows + 1` offsets into
        #: `data`; None for the kind `null`.
        self.numbers: memoryview | None = numbers
        #: The bytes of all values; None for kinds of fixed width.
        self.data: memoryview | None = data
        #: The number of digits after the point, for the text of dates that Python can't represent.
        self.decimals: int = decimals

    def __len__(self) -> int:
        return self.rows

    def to_list(self) -> list[Any]:
        """Returns all values as Python values, with None for NULL."""
        if self.numbers is None:
            return [None] * self.rows
        values = DECODERS[self.kind](self)
        if self.validity is None:
            return values
        bits = chain.from_iterable(map(BITS.__getitem__, self.validity))
        return [value if valid else None for value, valid in zip(values, bits)]

    def is_null(self, row: int) -> bool:
        """Returns whether the value of a row is NULL."""
        return self.numbers is None or (
            self.validity is not None and not self.validity[row >> 3] >> (row & 7) & 1
        )


class Batch(NamedTuple):
    """Some rows of a result."""

    rows: int
    columns: list[Column]

    def to_rows(self) -> Any:
        """Returns an iterator of the rows as tuples."""
        if not self.columns:
            return iter([()] * self.rows)
        return zip(*[column.to_list() for column in self.columns])


def decode(rows: int, data: bytes, decimals: list[int] | None = None) -> Batch:
    """Returns the columns of a batch of the host. `decimals` has a number per column."""
    view = memoryview(data)
    count = unpack_from("<I", view)[0]
    columns = []
    entries = iter_unpack("<6I", view[8 : 8 + 24 * count])
    for index, (code, validity, numbers, start, length, _) in enumerate(entries):
        name, type_code = KINDS[code]
        if type_code is None:
            columns.append(Column(name, rows, None, None, None))
            continue
        valid = view[validity : validity + (rows + 7) // 8] if validity else None
        size = (rows + (type_code == "I")) * WIDTHS[type_code]
        words_ = view[numbers : numbers + size].cast(type_code)
        bytes_ = view[start : start + length] if type_code == "I" else None
        columns.append(
            Column(name, rows, valid, words_, bytes_, decimals[index] if decimals else 31)
        )
    return Batch(rows, columns)


def _numbers(column: Column) -> list:
    return column.numbers.tolist()


def _floats(column: Column) -> list[float]:
    """Returns the shortest decimal numbers that are the same FLOAT: 0.1, not 0.10000000149."""
    numbers = column.numbers
    values = [float(f"{value:.6g}") for value in numbers]
    for row, (short, number) in enumerate(zip(array("f", values), numbers)):
        if short != number:
            values[row] = _shortest(number)
    return values


def _shortest(number: float) -> float:
    for digits in (7, 8):
        value = float(f"{number:.{digits}g}")
        if array("f", [value])[0] == number:
            return value
    return float(f"{number:.9g}")


def _slices(column: Column, whole) -> list:
    return [whole[start:end] for start, end in pairwise(column.numbers)]


def _texts(column: Column) -> list[str]:
    data = bytes(column.data)
    if data.isascii():
        return _slices(column, data.decode("ascii"))
    return [part.decode() for part in _slices(column, data)]


def _bytes(column: Column) -> list[bytes]:
    return _slices(column, bytes(column.data))


def _decimals(column: Column) -> list[Decimal]:
    texts = _slices(column, bytes(column.data).decode("ascii"))
    if column.validity is not None:
        return [Decimal(text) if text else None for text in texts]
    return list(map(Decimal, texts))


class _Cache(dict):
    """Values by their bits, for columns that have few different ones."""

    def __init__(self, make: Callable[[int], Any]):
        self._make = make

    def __missing__(self, bits: int) -> Any:
        if len(self) >= 20_000:
            self.clear()
        value = self[bits] = self._make(bits)
        return value


_DATES = _Cache(words.to_date)

#: A datetime without microseconds is the sum of an hour and of minutes and seconds. There are few
#: different ones of both, and the sum takes half the time of making a datetime.
_HOURS = _Cache(words.to_hour)
_MINUTES = _Cache(words.to_minutes)


def _dates(column: Column) -> list:
    return list(map(_DATES.__getitem__, column.numbers))


def _datetimes(column: Column) -> list:
    try:
        if column.decimals == 0:
            halves = column.numbers.cast("B").cast("I")
            hours = map(_HOURS.__getitem__, halves[1::2].tolist())
            return list(map(add, hours, map(_MINUTES.__getitem__, halves[::2].tolist())))
        return [
            datetime(
                w >> 46,
                w >> 42 & 15,
                w >> 37 & 31,
                w >> 32 & 31,
                w >> 26 & 63,
                w >> 20 & 63,
                w & 0xFFFFF,
            )
            for w in column.numbers
        ]
    except ValueError:
        # A date that Python can't represent.
        return [words.to_datetime(word, column.decimals) for word in column.numbers]


def _times(column: Column) -> list:
    return list(map(words.to_timedelta, column.numbers))


DECODERS = {
    "signed": _numbers,
    "unsigned": _numbers,
    "float": _floats,
    "double": _numbers,
    "decimal": _decimals,
    "text": _texts,
    "bytes": _bytes,
    "date": _dates,
    "time": _times,
    "datetime": _datetimes,
    "raw": _bytes,
}
