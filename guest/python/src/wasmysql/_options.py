"""Options of calls, converted to records of the contract. Times are in seconds."""

from functools import cache
from typing import Any

from . import _contract, errors
from .values import text

#: The longest time of the contract, in milliseconds.
LONGEST = (1 << 32) - 1

#: More rows than a batch has.
WHOLE_BATCH = 1_000_000

ISOLATION_LEVELS = ("read-uncommitted", "read-committed", "repeatable-read", "serializable")


def milliseconds(seconds: float | None, name: str) -> int | None:
    """Returns a time in milliseconds, at least 1."""
    if seconds is None:
        return None
    if not isinstance(seconds, (int, float)) or not 0 < seconds:
        raise errors.argument(f"{name} is {seconds!r}; pass a number of seconds above 0")
    return min(max(round(seconds * 1000), 1), LONGEST) if seconds < LONGEST else LONGEST


def count(value: int | None, name: str, lowest: int = 1) -> int | None:
    """Returns a number of rows or connections."""
    if value is None:
        return None
    if not isinstance(value, int) or not lowest <= value <= LONGEST:
        raise errors.argument(f"{name} is {value!r}; pass a number from {lowest} on")
    return value


def isolation_level(name: str | None) -> Any:
    """Returns the isolation level of the contract: `READ COMMITTED` and `read-committed` are the
    same."""
    if name is None:
        return None
    wanted = str(name).lower().replace(" ", "-").replace("_", "-")
    if wanted not in ISOLATION_LEVELS:
        raise errors.argument(
            f"the isolation level {name!r} is none of {', '.join(ISOLATION_LEVELS)}"
        )
    return _contract.types.IsolationLevel(ISOLATION_LEVELS.index(wanted))


@cache
def _default_execution() -> Any:
    return _contract.options.ExecuteOptions(None, None)


def execution(timeout: float | None = None, first_rows: int | None = None) -> Any:
    """Returns the options of one execution."""
    if timeout is None and first_rows is None:
        return _default_execution()
    return _contract.options.ExecuteOptions(milliseconds(timeout, "timeout"), first_rows)


def transaction(isolation: str | None, read_only: bool, consistent_snapshot: bool) -> Any:
    """Returns the options of one transaction."""
    return _contract.options.TransactionOptions(
        isolation_level(isolation), bool(read_only), bool(consistent_snapshot)
    )


def engine(
    max_connections: int | None,
    acquire_timeout: float | None,
    statement_timeout: float | None,
    isolation: str | None,
    read_only: bool,
) -> Any:
    """Returns the options of an engine."""
    return _contract.options.EngineOptions(
        count(max_connections, "max_connections"),
        milliseconds(acquire_timeout, "acquire_timeout"),
        milliseconds(statement_timeout, "statement_timeout"),
        isolation_level(isolation),
        bool(read_only),
    )


def name(value: str, what: str) -> str:
    """Returns a text that the contract takes: a database, a statement, an xid."""
    if not isinstance(value, str):
        raise errors.argument(f"{what} is a {type(value).__name__}; pass a str")
    return text(value)
