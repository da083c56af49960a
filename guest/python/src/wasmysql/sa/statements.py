"""The statements that `execute` accepts, and which columns they name."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.sql.dml import Insert, Update, UpdateBase
from sqlalchemy.sql.functions import FunctionElement

from .exc import ArgumentError

MIXED = "Don't mix sqlalchemy SELECT clause with positional parameters"


def executable(query: Any) -> Any:
    """Returns an expression that is a statement: a function alone is selected."""
    return query.select() if isinstance(query, FunctionElement) else query


def named(query: Any, given: Any) -> Mapping[str, Any] | None:
    """Returns the parameters by name. Those by position belong to the columns of the table."""
    if not isinstance(given, (list, tuple)):
        return given
    if isinstance(query, UpdateBase):
        return {column.key: value for column, value in zip(query.table.c, given)}
    raise ArgumentError(MIXED)


def column_keys(query: Any, given: Mapping[str, Any] | None) -> list[str] | None:
    """Returns the columns to insert or to update, if the expression itself names none."""
    if not isinstance(query, (Insert, Update)) or _has_values(query):
        return None
    keys = list(given or ())
    if isinstance(query, Insert):
        unknown = [key for key in keys if key not in query.table.c]
        if unknown:
            raise ArgumentError(f"Unconsumed column names: {', '.join(map(str, unknown))}")
    return keys


def _has_values(query: Any) -> bool:
    """Whether `values` was called, or the rows come from a SELECT."""
    # `parameters` in SQLAlchemy 1.3, the others later.
    for name in ("parameters", "_values", "_multi_values", "_ordered_values", "select"):
        value = getattr(query, name, None)
        if value is not None and not (isinstance(value, Sequence) and not len(value)):
            return True
    return False
