"""The SQLAlchemy dialect that compiles statements. It never executes any itself."""

from functools import lru_cache
from types import SimpleNamespace
from typing import Any

from sqlalchemy.dialects.mysql.base import MySQLDialect

from ..aio.engine import EngineInfo


class Dialect(MySQLDialect):
    """MySQL with positional parameters, `?`."""

    driver = "wasmysql"
    default_paramstyle = "qmark"
    supports_native_decimal = True
    supports_statement_cache = True
    supports_unicode_statements = True
    supports_sane_rowcount = True
    supports_sane_multi_rowcount = True

    #: The server. Without it, as in aiomysql, SQL of newer versions is not generated.
    _info: EngineInfo | None = None

    def __init__(self, **options: Any):
        super().__init__(paramstyle="qmark", **options)

    # `initialize` asks the server. The host has asked already.

    def _get_server_version_info(self, connection: Any) -> Any:
        return self._parse_server_version(self._info.server_version)

    def _get_default_schema_name(self, connection: Any) -> None:
        return None

    def get_default_isolation_level(self, connection: Any) -> str:
        return "REPEATABLE READ"

    def _detect_charset(self, connection: Any) -> str:
        return self._info.charset

    def _detect_sql_mode(self, connection: Any) -> None:
        self._sql_mode = self._info.sql_mode

    def _detect_casing(self, connection: Any) -> int:
        self._casing = 0
        return 0

    def _check_unicode_returns(self, connection: Any, *_: Any) -> bool:
        return True

    def do_rollback(self, connection: Any) -> None:
        """Does nothing: there is no connection."""


#: The dialect of connections whose engine has no other.
_dialect = Dialect()


@lru_cache(maxsize=16)
def dialect_of(info: EngineInfo) -> Dialect:
    """Returns the dialect for a server. Engines of the same server share it."""
    dialect = Dialect()
    dialect._info = info
    nothing = SimpleNamespace(dbapi_connection=None, driver_connection=None, connection=None)
    dialect.initialize(SimpleNamespace(connection=nothing))
    return dialect
