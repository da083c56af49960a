"""The API of aiomysql.sa: SQLAlchemy Core expressions over `wasmysql.aio`.

```python
import sqlalchemy
from wasmysql import sa

async with sa.create_engine("main") as engine, engine.acquire() as conn:
    async with conn.begin():
        await conn.execute(people.insert().values(name="Ada"))
    async for row in conn.execute(people.select()):
        print(row.id, row.name)
```

docs/python-sa.md lists the differences from aiomysql.sa.
"""

try:
    import sqlalchemy  # noqa: F401
except ImportError as error:
    raise ImportError("wasmysql.sa requires sqlalchemy") from error

from .connection import SAConnection
from .engine import Engine, create_engine
from .exc import (
    ArgumentError,
    Error,
    InvalidRequestError,
    NoSuchColumnError,
    ResourceClosedError,
)

__all__ = [
    "ArgumentError",
    "Engine",
    "Error",
    "InvalidRequestError",
    "NoSuchColumnError",
    "ResourceClosedError",
    "SAConnection",
    "create_engine",
]
