"""MySQL for Python programs in a WebAssembly sandbox.

- `wasmysql.aio`: the async API.
- `wasmysql.dbapi`: DB-API 2.0, and the SQLAlchemy dialects `mysql+wasmysql://` and
  `mysql+wasmysql_async://`.
- `wasmysql.sa`: the API of aiomysql.sa.
- `wasmysql.errors`: the exceptions of all three.

A program runs with `wasmysql run app.py`. It opens a database by the name that the host granted,
and never sees an address or a password.
"""

from . import errors
from .errors import Error
from .values import Json

__all__ = ["Error", "Json", "errors"]
__version__ = "0.1.0"
