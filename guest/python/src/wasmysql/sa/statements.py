"""SQLAlchemy expressions, compiled to statements with `?`."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.sql.dml import Insert, Update, UpdateBase
from sqlalchemy.sql.functions import FunctionElement

from .defaults import columns_with_defaults, fill
from .exc import ArgumentError
from .expanding import expand, is_expanding

MIXED = "Don't mix sqlalchemy SELECT clause with positional parameters"


class Prepared:
    """A compiled expression. It is the value in `compiled_cache`."""

    def __init__(self, query: Any, dialect: Any, column_keys: list[str] | None):
        self.compiled = compiled = _compile(query, dialect, column_keys)
        self.is_expanding = is_expanding(compiled)
        self._processors = compiled._bind_processors
        self._defaults = columns_with_defaults(compiled)
        self._names = compiled.positiontup or ()
        #: The metadata of its results, kept by `ResultMetaData`.
        self.metadata: Any = None

    @property
    def params(self) -> dict[str, Any]:
        """The values in the expression itself."""
        return self.compiled.params

    def needs_only(self, names: Any) -> bool:
        """Returns whether all parameters have these names, except for defaults. So the expression
        contains no values itself, and can be executed again with others."""
        return set(self.compiled.binds).difference(name for name, *_ in self._defaults) <= set(
            names
        )

    def bind(self, given: Mapping[str, Any] | None) -> tuple[str, list[Any]]:
        """Returns the statement and its values."""
        values = self.compiled.construct_params(given, **CONSTRUCT_OPTIONS)
        if self._defaults:
            fill(self.compiled, self._defaults, values)
        processors = self._processors
        if self.is_expanding:
            return expand(self.compiled, values, processors)
        return self.compiled.string, [
            processors[name](values[name]) if name in processors else values[name]
            for name in self._names
        ]


def _construct_options() -> dict[str, Any]:
    """Returns the options by which names of parameters stay as they are, where they exist."""
    from inspect import signature

    from sqlalchemy.sql.compiler import SQLCompiler

    known = signature(SQLCompiler.construct_params).parameters
    return {"escape_names": False} if "escape_names" in known else {}


CONSTRUCT_OPTIONS = _construct_options()


def _compile(query: Any, dialect: Any, column_keys: list[str] | None) -> Any:
    # Without `inline`, SQLAlchemy executes SQL expressions of primary keys before the INSERT, or
    # adds RETURNING.
    if not isinstance(query, Insert) or getattr(query, "_returning", None):
        return query.compile(dialect=dialect, column_keys=column_keys)
    if hasattr(query, "parameters"):  # SQLAlchemy 1.3
        return query.compile(dialect=dialect, column_keys=column_keys, inline=True)
    if query.select is None:
        query = query.inline()
    return query.compile(dialect=dialect, column_keys=column_keys)


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
    keys = [getattr(key, "key", key) for key in given or ()]
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
