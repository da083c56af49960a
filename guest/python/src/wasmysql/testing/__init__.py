"""Tests in the sandbox, in the style of pytest.

```python
from wasmysql.testing import raises

async def test_names_are_unique(conn):
    await conn.execute("CREATE TABLE people (name VARCHAR(20) PRIMARY KEY)")
    await conn.execute("INSERT INTO people VALUES (%s)", ("Ada",))
    with raises(errors.IntegrityError, code=1062):
        await conn.execute("INSERT INTO people VALUES (%s)", ("Ada",))
```

Files are named `test_*.py`, functions `test_*`; both kinds of functions are tests, `async` or not.
The arguments of a test are fixtures: `engine` and `conn` of `wasmysql.aio`, and those of the files
and of `conftest.py`. `Client` calls an application of ASGI or WSGI. `wasmysql test` gives each test
a fresh database.
"""

from .client import Client
from .fixtures import fixture
from .marks import parametrize, skip
from .raising import raises

__all__ = ["Client", "fixture", "parametrize", "raises", "skip"]
