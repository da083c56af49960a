"""Opening databases."""

from typing import Any

from .. import _contract, _options
from .calls import call
from .connection import Connection
from .server import Server

#: The open databases by name and options. The host pools the connections of each.
_engines: dict[tuple[Any, ...], tuple[Any, Server]] = {}


def connect(
    database: str = "main",
    *,
    autocommit: bool = False,
    isolation: str | None = None,
    read_only: bool = False,
    max_connections: int | None = None,
    acquire_timeout: float | None = None,
    statement_timeout: float | None = None,
) -> Connection:
    """Acquires a connection to the database that the host granted by this name.

    `isolation` is the level of its transactions, such as `READ COMMITTED` [default: the server's].
    Times are in seconds. Options can only restrict the grant, and default to it.
    """
    key = (database, read_only, max_connections, acquire_timeout, statement_timeout)
    if key not in _engines:
        options = _options.engine(
            max_connections, acquire_timeout, statement_timeout, None, read_only
        )
        name = _options.name(database, "the database")
        engine = call(_contract.blocking_engine.create_engine, name, options)
        _engines[key] = engine, Server.of(engine.info())
    engine, server = _engines[key]
    connection = Connection(call(engine.acquire), server)
    connection.autocommit(autocommit)
    connection.isolation_level = isolation
    return connection
