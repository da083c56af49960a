"""The asyncio dialect of SQLAlchemy: `create_async_engine("mysql+wasmysql_async://main")`.

SQLAlchemy's asyncio extension needs greenlet, a C extension that the sandbox can't load. The
runtime replaces it by `wasmysql._runtime.greenlet`. Each call of the driver then blocks the program
until the server has answered, so statements of several tasks run one after the other.
"""

from typing import Any

from .dialect import Dialect
from .pools import AsyncPool


class AsyncDialect(Dialect):
    """SQLAlchemy's MySQL dialect for `create_async_engine`."""

    driver = "wasmysql_async"
    supports_statement_cache = True
    is_async = True

    @classmethod
    def get_pool_class(cls, url: Any) -> Any:
        return AsyncPool

    def get_driver_connection(self, connection: Any) -> Any:
        return connection
