"""Options of aiomysql that have no meaning in the sandbox."""

from typing import Any

from .exc import ArgumentError

#: Options that name a server or an account.
ADDRESS = (
    "host", "port", "unix_socket", "user", "password", "db", "auth_plugin", "server_public_key",
    "ssl", "read_default_file", "read_default_group",
)  # fmt: skip

#: Options that configure the session or the driver, with the values that change nothing.
SESSION: dict[str, tuple[Any, ...]] = {
    "autocommit": (True, None),
    "charset": ("", "utf8mb4", None),
    "use_unicode": (True, None),
    "local_infile": (False, None),
    "program_name": ("", None),
    "sql_mode": (None,),
    "init_command": (None,),
    "connect_timeout": (None,),
    "conv": (None,),
    "client_flag": (0, None),
}

REASONS = {
    "autocommit": "outside of a transaction, each statement is committed; use conn.begin()",
    "charset": "all sessions use utf8mb4",
    "connect_timeout": "the host has one; pass acquire_timeout for the time of acquire",
}


def refuse_foreign(options: dict[str, Any]) -> None:
    """Refuses options that this package does not have."""
    named = [name for name in ADDRESS if name in options]
    if named:
        raise ArgumentError(
            f"the host owns addresses and accounts: remove {', '.join(named)}, and pass "
            "database='main' with the name of a database that the host granted"
        )
    for name, value in options.items():
        if name == "cursorclass":
            raise ArgumentError("SQLAlchemy engine does not support this cursor class")
        if name not in SESSION:
            raise TypeError(f"create_engine() got an unexpected keyword argument {name!r}")
        if value not in SESSION[name]:
            reason = REASONS.get(name, "the host configures the session")
            raise ArgumentError(f"{name} is {value!r}, but {reason}")
