"""The dialects with the types of MariaDB: `mariadb+wasmysql://main`. They need SQLAlchemy 1.4.

`mysql+wasmysql://` works with MariaDB servers too.
"""

from sqlalchemy.dialects.mysql.mariadb import MariaDBDialect

from .async_dialect import AsyncDialect
from .dialect import Dialect


class MariaDialect(MariaDBDialect, Dialect):
    """SQLAlchemy's MariaDB dialect over `wasmysql.dbapi`."""

    supports_statement_cache = True


class AsyncMariaDialect(MariaDBDialect, AsyncDialect):
    """SQLAlchemy's MariaDB dialect for `create_async_engine`."""

    supports_statement_cache = True
