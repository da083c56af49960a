"""Values: from Python to the contract, and from batches of rows to Python.

| Python | MySQL |
|---|---|
| `None` | NULL |
| `bool`, `int` | an integer of any size; as a parameter, from -2^63 to 2^64 - 1 |
| `float` | FLOAT, DOUBLE |
| `decimal.Decimal` | DECIMAL |
| `str` | CHAR, VARCHAR, TEXT, ENUM, SET, JSON |
| `bytes`, `bytearray`, `memoryview` | BINARY, VARBINARY, BLOB, BIT, GEOMETRY |
| `datetime.date` | DATE |
| `datetime.datetime` | DATETIME, TIMESTAMP |
| `datetime.timedelta` | TIME |
| `datetime.time` | TIME, as a parameter |
| `Json(value)` | JSON, as a parameter |
| `uuid.UUID` | its text, as a parameter |

A date that Python can't represent, such as `0000-00-00`, is read as text. A datetime with a time
zone is converted to UTC, the time zone of all sessions.
"""

from .columns import Batch, Column, decode
from .json_value import Json
from .parameter_rows import ParameterRows
from .parameters import encode, text

__all__ = ["Batch", "Column", "Json", "ParameterRows", "decode", "encode", "text"]
