"""Parameters of one execution: Python values to values of the contract.

Every value is checked here. A value of another type than the contract's would trap the plugin.
"""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

from .. import _contract, errors
from . import words
from .json_value import Json

#: The bounds of integers: those of BIGINT and of BIGINT UNSIGNED.
LOWEST, SIGNED, UNSIGNED = -(1 << 63), 1 << 63, 1 << 64


def encode(values: Iterable[Any]) -> list[Any]:
    """Returns the values of the contract."""
    return [ENCODERS.get(type(value), _other)(value) for value in values]


def text(value: str) -> str:
    """Returns the text, if it can be written in UTF-8."""
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError as error:
            raise errors.argument(
                f"the text can't be written in UTF-8: {error.reason} at {error.start}"
            ) from None
    return value


def integer(value: int) -> int:
    """Returns the integer, if MySQL has a type for it."""
    if LOWEST <= value < UNSIGNED:
        return value
    raise errors.argument(f"the integer {value} exceeds BIGINT; pass a decimal.Decimal")


def _null(value):
    return _contract.types.Value_Null()


def _int(value):
    types, value = _contract.types, integer(int(value))
    return types.Value_Signed(value) if value < SIGNED else types.Value_Unsigned(value)


def _float(value):
    return _contract.types.Value_Double(float(value))


def _decimal(value):
    return _contract.types.Value_Decimal(format(value, "f"))


def _text(value):
    return _contract.types.Value_Text(text(str(value)))


def _bytes(value):
    return _contract.types.Value_Bytes(bytes(value))


def _date(value):
    types = _contract.types
    return types.Value_Date(types.Date(value.year, value.month, value.day))


def _datetime(value):
    types = _contract.types
    if value.tzinfo is not None:
        value = value.astimezone(timezone.utc)
    return types.Value_Datetime(
        types.Datetime(
            value.year,
            value.month,
            value.day,
            value.hour,
            value.minute,
            value.second,
            value.microsecond,
        )
    )


def _time(value):
    types = _contract.types
    words.refuse_zone(value)
    return types.Value_Time(
        types.Time(False, value.hour, value.minute, value.second, value.microsecond)
    )


def _timedelta(value):
    types = _contract.types
    return types.Value_Time(types.Time(*words.split(value)))


#: The functions by type, subclasses before their bases.
ENCODERS = {
    type(None): _null,
    bool: _int,
    int: _int,
    float: _float,
    Decimal: _decimal,
    str: _text,
    bytes: _bytes,
    bytearray: _bytes,
    memoryview: _bytes,
    datetime: _datetime,
    date: _date,
    time: _time,
    timedelta: _timedelta,
    Json: _text,
    UUID: _text,
}


def base_of(value: Any) -> type:
    """Returns the type of the table that the value is an instance of."""
    if isinstance(value, Enum) and not isinstance(value, (int, str)):
        raise errors.argument(f"{value!r} can't be a parameter; pass its value")
    for base in ENCODERS:
        if isinstance(value, base):
            return base
    if isinstance(value, (list, tuple, dict, set, frozenset)):
        raise errors.argument(
            f"a {type(value).__name__} can't be a parameter; pass wasmysql.Json(value) for JSON, "
            "and one placeholder for each value of IN (...)"
        )
    raise errors.argument(f"a value of the type {type(value).__name__!r} can't be a parameter")


def _other(value):
    base = base_of(value)
    if isinstance(value, Enum):
        value = value.value
    return ENCODERS[base](value)
