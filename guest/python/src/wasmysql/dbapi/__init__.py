"""DB-API 2.0 (PEP 249), in the manner of PyMySQL.

```python
from wasmysql import dbapi

with dbapi.connect("main") as conn, conn.cursor() as cursor:
    cursor.execute("INSERT INTO people (name) VALUES (%s)", ("Ada",))
    conn.commit()
    cursor.execute("SELECT id, name FROM people WHERE name = %(name)s", {"name": "Ada"})
    print(cursor.fetchall())
```

A call blocks the whole program, also its event loop. `wasmysql.aio` does not block.
"""

from ..errors import (
    DatabaseError,
    DataError,
    Error,
    IntegrityError,
    InterfaceError,
    InternalError,
    NotSupportedError,
    OperationalError,
    ProgrammingError,
    Warning,
)
from .connection import Connection
from .cursors import Cursor, DictCursor, StreamingCursor
from .engines import connect
from .types import (
    BINARY,
    DATE,
    DATETIME,
    NUMBER,
    ROWID,
    STRING,
    TIME,
    TIMESTAMP,
    Binary,
    Date,
    DateFromTicks,
    Time,
    TimeFromTicks,
    Timestamp,
    TimestampFromTicks,
)

apilevel = "2.0"
#: Threads may share the module; a program in the sandbox has only one.
threadsafety = 1
#: `%(name)s` and `%s`, as in PyMySQL. `:name` and `?` work too.
paramstyle = "pyformat"

__all__ = [
    "BINARY",
    "DATE",
    "DATETIME",
    "NUMBER",
    "ROWID",
    "STRING",
    "TIME",
    "TIMESTAMP",
    "Binary",
    "Connection",
    "Cursor",
    "DataError",
    "DatabaseError",
    "Date",
    "DateFromTicks",
    "DictCursor",
    "Error",
    "IntegrityError",
    "InterfaceError",
    "InternalError",
    "NotSupportedError",
    "OperationalError",
    "ProgrammingError",
    "StreamingCursor",
    "Time",
    "TimeFromTicks",
    "Timestamp",
    "TimestampFromTicks",
    "Warning",
    "apilevel",
    "connect",
    "paramstyle",
    "threadsafety",
]
