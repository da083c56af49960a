"""Reads and writes row batches. `row-batch` in wit/types.wit specifies the layout.

`read` checks the directory of a batch and returns its columns. It creates no object per cell:
`Column.values` is a typed view of the buffer, for example for `sum` and `numpy.asarray`. A cell
is converted and checked when `column[row]` reads it.
"""

import struct
from array import array
from decimal import Decimal
from typing import NamedTuple

HEADER, ENTRY, ALIGNMENT = 8, 24, 8

#: The kinds by their codes, each with the type code of its values for `memoryview.cast`. The
#: values of the type `I` are offsets of the variable data.
KINDS = {
    "null": None,
    "signed": "q",
    "unsigned": "Q",
    "float": "f",
    "double": "d",
    "decimal": "I",
    "text": "I",
    "bytes": "I",
    "date": "Q",
    "time": "Q",
    "datetime": "Q",
    "raw": "I",
}
CODES = {kind: code for code, kind in enumerate(KINDS)}
TYPES = list(KINDS.items())


class Malformed(ValueError):
    """A buffer violates a rule of the layout. `column` is the index of the column, if known."""

    def __init__(self, rule, column=None):
        super().__init__(rule if column is None else f"{column}: {rule}")


class Date(NamedTuple):
    """A DATE. The parts can be zero, so `datetime.date` can't hold every value."""

    year: int
    month: int
    day: int


class Datetime(NamedTuple):
    """A DATETIME or a TIMESTAMP. The parts of the date can be zero."""

    year: int
    month: int
    day: int
    hour: int
    minute: int
    second: int
    microsecond: int


class Time(NamedTuple):
    """A TIME: a duration of at most 838 hours, with its sign."""

    negative: int
    hours: int
    minutes: int
    seconds: int
    microseconds: int


class Column:
    """A column of a batch: a sequence of Python values, with None for NULL."""

    def __init__(self, index, kind, rows, validity, values, data):
        self.index, self.kind, self.rows = index, kind, rows
        #: The bitmap of rows that are not NULL; None if no row is NULL.
        self.validity = validity
        #: The numbers, packed dates, or offsets; None for the kind `null`.
        self.values = values
        #: The bytes of all values; None for kinds of fixed width.
        self.data = data

    def __len__(self):
        return self.rows

    def is_null(self, row):
        return self.kind == "null" or (self.validity is not None and not self.validity[row >> 3] >> (row & 7) & 1)

    def __getitem__(self, row):
        if not 0 <= row < self.rows:
            raise IndexError(f"row {row} of {self.rows}")
        null = self.is_null(row)
        if self.data is None:
            return None if null else self._of_word(self.values[row])
        start, end = self.values[row], self.values[row + 1]
        if start > end:
            raise Malformed("offsets-decrease", self.index)
        if null and start < end:
            raise Malformed("null-with-data", self.index)
        return None if null else self._of_bytes(self.data[start:end])

    def _of_word(self, word):
        match self.kind:
            case "date":
                time, *date, rest = _fields(word, 37, 5, 4, 14)
                value, rest = Date(*reversed(date)), rest | time
            case "datetime":
                *parts, rest = _fields(word, 20, 6, 6, 5, 5, 4, 14)
                value = Datetime(*reversed(parts))
            case "time":
                *parts, rest, negative = _fields(word, 20, 6, 6, 10, 21)
                value = Time(negative, *reversed(parts))
            case _:
                return word
        if rest:
            raise Malformed("stray-bits", self.index)
        return value

    def _of_bytes(self, data):
        if self.kind in ("bytes", "raw"):
            return bytes(data)
        try:
            text = str(data, "utf-8")
        except UnicodeDecodeError:
            raise Malformed("not-utf8", self.index) from None
        return Decimal(text) if self.kind == "decimal" else text


def read(rows, data):
    """Returns the columns of a batch. Raises Malformed if a place or a length is wrong."""
    view = memoryview(data)
    if len(view) < HEADER:
        raise Malformed("too-short")
    count, reserved = struct.unpack_from("<II", view)
    if reserved:
        raise Malformed("reserved")
    end = HEADER + ENTRY * count
    if len(view) < end:
        raise Malformed("too-short")
    columns = []
    for index, entry in enumerate(struct.iter_unpack("<6I", view[HEADER:end])):
        column, end = _column(index, entry, rows, view, end)
        columns.append(column)
    return columns


def _column(index, entry, rows, view, end):
    """Returns a column and the end of its buffers. `end` is the end of the buffers before it."""
    code, validity, values, data, length, reserved = entry
    if code >= len(TYPES):
        raise Malformed("unknown-kind", index)
    kind, type_code = TYPES[code]
    if reserved:
        raise Malformed("reserved", index)
    is_variable = type_code == "I"
    if (kind == "null" and validity | values) or (not is_variable and data | length):
        raise Malformed("unused", index)

    def take(place, length):
        nonlocal end
        if place % ALIGNMENT:
            raise Malformed("unaligned", index)
        if place < end:
            raise Malformed("overlap", index)
        end = place + length
        if end > len(view):
            raise Malformed("out-of-bounds", index)
        return view[place:end]

    validity = take(validity, (rows + 7) // 8) if validity else None
    if type_code is None:
        return Column(index, kind, rows, validity, None, None), end
    width = struct.calcsize(type_code)
    values = take(values, (rows + is_variable) * width).cast(type_code)
    data = take(data, length) if is_variable else None
    if is_variable and values[0]:
        raise Malformed("first-offset", index)
    if is_variable and values[rows] != length:
        raise Malformed("last-offset", index)
    return Column(index, kind, rows, validity, values, data), end


def encode(columns):
    """Returns the number of rows and the buffer of a batch. `columns` are pairs of a kind and a
    list of values, all of the same length."""
    rows = len(columns[0][1]) if columns else 0
    directory, buffers = bytearray(struct.pack("<II", len(columns), 0)), bytearray()

    def place(data):
        at = HEADER + ENTRY * len(columns) + len(buffers)
        buffers.extend(data)
        buffers.extend(bytes(-len(data) % ALIGNMENT))
        return at

    for kind, values in columns:
        if len(values) != rows:
            raise ValueError(f"a column has {len(values)} values, the first has {rows}")
        type_code = KINDS[kind]
        validity = words = data = length = 0
        if type_code and None in values:
            validity = place(_bitmap(values))
        if type_code == "I":
            parts = [_to_bytes(value) for value in values]
            offsets = array("I", [0])
            for part in parts:
                offsets.append(offsets[-1] + len(part))
            words, length = place(offsets.tobytes()), offsets[-1]
            data = place(b"".join(parts))
        elif type_code:
            words = place(array(type_code, map(_to_word, values)).tobytes())
        directory += struct.pack("<6I", CODES[kind], validity, words, data, length, 0)
    return rows, bytes(directory + buffers)


def _bitmap(values):
    bits = bytearray((len(values) + 7) // 8)
    for row, value in enumerate(values):
        bits[row >> 3] |= (value is not None) << (row & 7)
    return bits


def _to_bytes(value):
    match value:
        case None:
            return b""
        case Decimal():
            return format(value, "f").encode()
        case str():
            return value.encode()
        case bytes() | bytearray() | memoryview():
            return bytes(value)
    raise TypeError(f"a value of this kind is Decimal, str or bytes, not {type(value).__name__}")


def _to_word(value):
    match value:
        case None:
            return 0
        case Date():
            return _word(reversed(value), 5, 4, 14) << 37
        case Datetime():
            return _word(reversed(value), 20, 6, 6, 5, 5, 4, 14)
        case Time():
            return _word(reversed(value[1:]), 20, 6, 6, 10) | value.negative << 63
    return value


def _fields(word, *widths):
    """Splits a word into fields of these widths, lowest first, and the remaining bits."""
    for width in widths:
        yield word & (1 << width) - 1
        word >>= width
    yield word


def _word(fields, *widths):
    """Joins fields of these widths, lowest first."""
    word = place = 0
    for field, width in zip(fields, widths, strict=True):
        if field >> width:
            raise ValueError(f"the part {field} of a date or time does not fit {width} bits")
        word |= field << place
        place += width
    return word
