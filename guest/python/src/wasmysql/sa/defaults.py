"""Values of columns that a statement does not mention: `default` and `onupdate`.

SQLAlchemy compiles SQL expressions into the statement. Python values and functions are added here.
"""

from collections.abc import Callable
from typing import Any


class DefaultContext:
    """The argument of functions that make defaults, as SQLAlchemy's ExecutionContext."""

    def __init__(self, compiled: Any, parameters: dict[str, Any]):
        self.compiled, self.dialect = compiled, compiled.dialect
        #: The values of all columns, with the names that they have in the statement.
        self.current_parameters = parameters
        self.current_column: Any = None
        self.isinsert, self.isupdate = compiled.isinsert, compiled.isupdate

    def get_current_parameters(self, isolate_multiinsert_params: bool = True) -> dict[str, Any]:
        """Returns the values of the other columns of this row, by column."""
        if not isolate_multiinsert_params or not _has_many_rows(self.compiled):
            return self.current_parameters
        # The columns of the first row have the names `name_m0`, those of the next `name_m1`.
        column = self.current_column
        suffix = f"_m{column.index + 1}" if hasattr(column, "original") else "_m0"
        return {
            name.removesuffix(suffix): value
            for name, value in self.current_parameters.items()
            if name.endswith(suffix)
        }


def _has_many_rows(compiled: Any) -> bool:
    """Whether `values` was called with several rows."""
    state = getattr(compiled, "compile_state", None) or compiled.statement
    return bool(getattr(state, "_has_multi_parameters", False))


def columns_with_defaults(compiled: Any) -> list[tuple[str, Any, Any]]:
    """Returns the names of the parameters to add, with their columns and defaults."""
    if not (compiled.insert_prefetch or compiled.update_prefetch):
        return []
    key = _key_of(compiled)
    inserted = [(key(column), column, column.default) for column in compiled.insert_prefetch]
    return inserted + [
        (key(column), column, column.onupdate) for column in compiled.update_prefetch
    ]


def _key_of(compiled: Any) -> Callable[[Any], str]:
    """Returns the function that names the parameter of a column."""
    getter = getattr(compiled, "_within_exec_param_key_getter", None)  # SQLAlchemy 1.4 and later
    return getter or compiled._key_getters_for_crud_column[2]


def fill(compiled: Any, defaults: list[tuple[str, Any, Any]], values: dict[str, Any]) -> None:
    """Adds the defaults to the values of one row."""
    context = DefaultContext(compiled, values)
    for name, context.current_column, default in defaults:
        values[name] = default.arg(context) if default.is_callable else default.arg
