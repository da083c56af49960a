"""The dialect of SQLAlchemy: `create_engine("mysql+wasmysql://main")`.

The host of the URL is the name of the database that the host granted. The query takes the options
of `wasmysql.dbapi.connect`.
"""

import importlib
from typing import Any

from sqlalchemy import exc
from sqlalchemy.dialects.mysql.base import MySQLDialect, MySQLExecutionContext

from .compiler import Compiler
from .cursors import StreamingCursor
from .pools import Pool

#: The options of a URL, and how their texts are converted.
OPTIONS = {
    "read_only": lambda text: text.lower() in ("1", "true", "yes", "on"),
    "isolation": str,
    "max_connections": int,
    "acquire_timeout": float,
    "statement_timeout": float,
}

ISOLATION_LEVELS = (
    "SERIALIZABLE",
    "READ UNCOMMITTED",
    "READ COMMITTED",
    "REPEATABLE READ",
    "AUTOCOMMIT",
)

#: The kinds of errors after which the session has ended.
DISCONNECTS = frozenset(("connection-lost", "commit-unknown", "protocol-violation"))
#: The reasons of aborted transactions whose session has ended.
ABORTS = frozenset(("connection-lost", "idle", "timeout"))


class Dialect(MySQLDialect):
    """SQLAlchemy's MySQL dialect over `wasmysql.dbapi`."""

    driver = "wasmysql"
    supports_statement_cache = True
    execution_ctx_cls = MySQLExecutionContext
    statement_compiler = Compiler
    #: The placeholders of the server. A percent sign is then itself.
    default_paramstyle = "qmark"
    supports_native_decimal = True
    supports_sane_rowcount = True
    supports_sane_multi_rowcount = True
    supports_server_side_cursors = True
    supports_unicode_statements = True
    supports_unicode_binds = True
    description_encoding = None
    _sscursor = StreamingCursor
    # SQLAlchemy before 2.0.
    server_side_cursors = False
    _isolation_lookup = frozenset(ISOLATION_LEVELS)

    def __init__(self, **options: Any):
        # Without it, SQLAlchemy takes that of the DB-API module.
        options.setdefault("paramstyle", self.default_paramstyle)
        super().__init__(**options)

    @classmethod
    def import_dbapi(cls) -> Any:
        from wasmysql import dbapi

        return dbapi

    if not hasattr(MySQLDialect, "import_dbapi"):  # SQLAlchemy before 2.0
        dbapi = import_dbapi

    @classmethod
    def load_provisioning(cls) -> None:
        """Loads what SQLAlchemy's tests need to know about MySQL."""
        importlib.import_module("sqlalchemy.dialects.mysql.provision")

    @classmethod
    def get_pool_class(cls, url: Any) -> Any:
        return Pool

    def create_connect_args(self, url: Any) -> tuple[list[str], dict[str, Any]]:
        if not url.host or url.username or url.password or url.port or url.database:
            raise exc.ArgumentError(
                f"the URL must be {self.name}+{self.driver}://DATABASE, with the name by which the "
                "host grants the database; the host has its address and its account"
            )
        unknown = set(url.query) - set(OPTIONS)
        if unknown:
            raise exc.ArgumentError(
                f"unknown options of the URL: {', '.join(sorted(unknown))}; "
                f"available are {', '.join(OPTIONS)}"
            )
        return [url.host], {name: OPTIONS[name](text) for name, text in url.query.items()}

    def do_execute(self, cursor: Any, statement: str, parameters: Any, context: Any = None) -> None:
        # A text without parameters has no placeholders.
        cursor.execute(statement, parameters or None)

    def do_ping(self, dbapi_connection: Any) -> bool:
        try:
            dbapi_connection.ping()
        except self.dbapi.Error as error:
            # SQLAlchemy before 2.0 expects False, and later versions ask `is_disconnect`.
            if self.is_disconnect(error, dbapi_connection, None):
                return False
            raise
        return True

    def is_disconnect(self, e: Any, connection: Any, cursor: Any) -> bool:
        if not isinstance(e, self.dbapi.Error):
            return False
        if e.kind in DISCONNECTS or getattr(e, "reason", None) in ABORTS:
            return True
        return connection is not None and not connection.open

    def _extract_error_code(self, exception: Any) -> int | None:
        return getattr(exception, "code", None)

    def get_isolation_level_values(self, dbapi_conn: Any) -> tuple[str, ...]:
        return ISOLATION_LEVELS

    def set_isolation_level(self, dbapi_connection: Any, level: str) -> None:
        level = level.replace("_", " ")
        if level not in ISOLATION_LEVELS:
            raise exc.ArgumentError(
                f"Invalid value {level!r} for isolation_level. "
                f"Valid isolation levels for {self.name} are {', '.join(ISOLATION_LEVELS)}"
            )
        is_autocommit = level == "AUTOCOMMIT"
        dbapi_connection.autocommit(is_autocommit)
        if not is_autocommit:
            dbapi_connection.isolation_level = level

    def get_isolation_level(self, dbapi_connection: Any) -> str:
        if dbapi_connection.get_autocommit():
            return "AUTOCOMMIT"
        return dbapi_connection.isolation_level or self._server_isolation_level(dbapi_connection)

    def get_default_isolation_level(self, dbapi_conn: Any) -> str:
        return dbapi_conn.isolation_level or self._server_isolation_level(dbapi_conn)

    def _server_isolation_level(self, dbapi_connection: Any) -> str:
        mariadb = dbapi_connection.server.flavour == "mariadb"
        name = "tx_isolation" if mariadb else "transaction_isolation"
        return _variable(dbapi_connection, name).upper().replace("-", " ")

    def detect_autocommit_setting(self, dbapi_conn: Any) -> bool:
        return dbapi_conn.get_autocommit()

    def do_savepoint(self, connection: Any, name: str) -> None:
        _call(connection, "savepoint", name)

    def do_rollback_to_savepoint(self, connection: Any, name: str) -> None:
        _call(connection, "rollback_to_savepoint", name)

    def do_release_savepoint(self, connection: Any, name: str) -> None:
        _call(connection, "release_savepoint", name)

    def do_begin_twophase(self, connection: Any, xid: str) -> None:
        _call(connection, "tpc_begin", xid)

    def do_prepare_twophase(self, connection: Any, xid: str) -> None:
        _call(connection, "tpc_prepare")

    def do_rollback_twophase(
        self, connection: Any, xid: str, is_prepared: bool = True, recover: bool = False
    ) -> None:
        _call(connection, "tpc_rollback", xid)

    def do_commit_twophase(
        self, connection: Any, xid: str, is_prepared: bool = True, recover: bool = False
    ) -> None:
        _call(connection, "tpc_commit", xid)

    def do_recover_twophase(self, connection: Any) -> list[str]:
        return _call(connection, "tpc_recover")

    def _get_server_version_info(self, connection: Any) -> Any:
        server = connection.connection.server
        version = server.version
        if server.flavour == "mariadb" and "MariaDB" not in version:
            version += "-MariaDB"
        return self._parse_server_version(version)

    def _detect_charset(self, connection: Any) -> str:
        return connection.connection.character_set_name()

    def _detect_sql_mode(self, connection: Any) -> None:
        self._sql_mode = connection.connection.server.sql_mode

    def _detect_casing(self, connection: Any) -> int:
        # SHOW VARIABLES needs a grant of `any`.
        self._casing = int(_variable(connection.connection, "lower_case_table_names"))
        return self._casing


def _call(connection: Any, name: str, *arguments: Any) -> Any:
    """Calls a method of the DB-API connection. Its errors become those of SQLAlchemy."""
    try:
        return getattr(connection.connection, name)(*arguments)
    except Exception as error:
        connection._handle_dbapi_exception(error, None, None, None, None)


def _variable(dbapi_connection: Any, name: str) -> Any:
    with dbapi_connection.cursor() as cursor:
        cursor.execute(f"SELECT @@{name}")
        return cursor.fetchone()[0]
