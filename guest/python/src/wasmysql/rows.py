"""Rows of results: tuples whose values also have names."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from . import errors


class Row(tuple):
    """A row: a tuple, with an attribute for each column.

    `row[0]` and `row.name` return a value, and `row.asdict()` all values by name. `getattr(row,
    "COUNT(*)")` works for names that are no identifiers.
    """

    __slots__ = ()

    #: The names of the columns.
    _fields: tuple[str, ...] = ()

    def asdict(self) -> dict[str, Any]:
        """Returns the values by name. Of columns with the same name, the last one remains."""
        return dict(zip(self._fields, self))

    _asdict = asdict

    @property
    def _mapping(self) -> dict[str, Any]:
        return self.asdict()

    def __getattr__(self, name: str) -> Any:
        names = ", ".join(map(repr, self._fields))
        raise AttributeError(
            f"Could not locate column in row for column {name!r}; the result has {names}"
        )

    def __repr__(self) -> str:
        values = ", ".join(f"{name}={value!r}" for name, value in zip(self._fields, self))
        return f"Row({values})"

    def __reduce__(self) -> Any:
        return _restore, (self._fields, tuple(self))


def _restore(names: tuple[str, ...], values: Iterable[Any]) -> Row:
    return row_class(names)(values)


@lru_cache(maxsize=256)
def row_class(names: tuple[str, ...]) -> type[Row]:
    """Returns the class of rows with these columns."""
    fields: dict[str, Any] = {}
    for index, name in enumerate(names):
        fields[name] = _ambiguous(name) if name in fields else _getter(index, name)
    # The names of the class itself stay.
    for name in ("__slots__", "_fields"):
        fields.pop(name, None)
    return type("Row", (Row,), {**fields, "__slots__": (), "_fields": names})


try:
    from _collections import _tuplegetter as _getter
except ImportError:

    def _getter(index: int, doc: str) -> Any:
        return property(lambda row: tuple.__getitem__(row, index), doc=doc)


def _ambiguous(name: str) -> property:
    def get(row: Row) -> Any:
        raise errors.invalid(
            f"Ambiguous column name {name!r} in result set! Give the columns different aliases"
        )

    return property(get)
