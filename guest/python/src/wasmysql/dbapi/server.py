"""Information on the server of a connection."""

from typing import Any, NamedTuple


class Server(NamedTuple):
    """Information on a database and its server, known without a query."""

    database: str
    version: str
    #: `mysql` or `mariadb`.
    flavour: str
    charset: str
    sql_mode: str

    @classmethod
    def of(cls, info: Any) -> "Server":
        return cls(
            info.database, info.server_version, info.server_flavour, info.charset, info.sql_mode
        )
