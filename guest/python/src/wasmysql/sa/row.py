"""Rows of results."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy.sql.expression import ColumnElement

from .exc import InvalidRequestError, NoSuchColumnError

#: The index of a name that several columns have.
AMBIGUOUS = -1


class ResultMetaData:
    """The columns of a result: their names, and how their values are converted."""

    __slots__ = ("converts", "indexes", "keys", "processors")

    def __init__(
        self,
        names: Sequence[str],
        dialect: Any,
        compiled: Any = None,
    ):
        self.keys = tuple(names)
        described = _described(self.keys, compiled)
        #: The function that converts the values of each column; None if they stay as they are.
        self.processors: list[Callable[[Any], Any] | None] = [
            None if entry is None else entry[3]._cached_result_processor(dialect, None)
            for entry in described
        ]
        self.converts = any(self.processors)
        #: The index of each column by position, by name and by the objects of the expression.
        self.indexes: dict[Any, int] = dict(enumerate(range(len(self.keys))))
        for index, (name, entry) in enumerate(zip(self.keys, described)):
            for key in entry[2] if entry is not None else ():
                if not isinstance(key, str):
                    self.indexes[key] = AMBIGUOUS if key in self.indexes else index
            self.indexes[name] = AMBIGUOUS if name in self.indexes else index

    def index_of(self, key: Any) -> int:
        """Returns the index of a column. Fails if there is none, or more than one."""
        index = self.find(key)
        if index is None:
            raise NoSuchColumnError(f"Could not locate column in row for column '{key}'")
        if index == AMBIGUOUS:
            raise InvalidRequestError(
                f"Ambiguous column name '{key}' in result set! "
                "try 'use_labels' option on select statement."
            )
        return index

    def find(self, key: Any) -> int | None:
        """Returns the index of a column, AMBIGUOUS, or None."""
        try:
            index = self.indexes.get(key)
        except TypeError:  # the key is unhashable
            return None
        if index is None and isinstance(key, ColumnElement):
            # The result of text, or of another expression than that of the column.
            for name in (_label(key), getattr(key, "name", None), getattr(key, "key", None)):
                if isinstance(name, str) and name in self.indexes:
                    return self.indexes[name]
        return index


def _label(column: Any) -> Any:
    """Returns the label of `use_labels`: `table_column`."""
    return getattr(column, "_label", None) or getattr(column, "_tq_label", None)


def _described(names: tuple[str, ...], compiled: Any) -> list[Any]:
    """Returns the column of the expression for each column of the result: a tuple of its key, its
    name, its objects and its type; None if the expression does not describe it."""
    entries = compiled._result_columns if compiled is not None else ()
    if len(entries) == len(names) and compiled._ordered_columns:
        return list(entries)
    by_name = {entry[0]: entry for entry in entries}
    return [by_name.get(name) for name in names]


class RowProxy(Mapping):
    """A row: a mapping of the names of the columns to their values.

    `row[0]`, `row["name"]`, `row.name` and `row[table.c.name]` return a value. It is converted to
    the type of its column at each access.
    """

    __slots__ = ("_metadata", "_values")

    def __init__(self, metadata: ResultMetaData, values: tuple[Any, ...]):
        self._metadata, self._values = metadata, values

    def __getitem__(self, key: Any) -> Any:
        metadata = self._metadata
        index = metadata.indexes.get(key, AMBIGUOUS) if isinstance(key, str) else AMBIGUOUS
        if index == AMBIGUOUS:
            index = metadata.index_of(key)
        process = metadata.processors[index]
        return process(self._values[index]) if process else self._values[index]

    def __getattr__(self, name: str) -> Any:
        if name in RowProxy.__slots__:  # while a copy is made
            raise AttributeError(name)
        metadata = self._metadata
        index = metadata.indexes.get(name, AMBIGUOUS)
        if index == AMBIGUOUS:
            try:
                index = metadata.index_of(name)
            except NoSuchColumnError as error:
                raise AttributeError(error.message) from None
        process = metadata.processors[index]
        return process(self._values[index]) if process else self._values[index]

    def __contains__(self, key: Any) -> bool:
        return self._metadata.find(key) is not None

    def __iter__(self) -> Iterator[str]:
        return iter(self._metadata.keys)

    def __len__(self) -> int:
        return len(self._values)

    def as_tuple(self) -> tuple[Any, ...]:
        """Returns the values. Fails if two columns have the same name."""
        return tuple(self[name] for name in self)

    def __eq__(self, other: Any) -> Any:
        if isinstance(other, RowProxy):
            return self.as_tuple() == other.as_tuple()
        if isinstance(other, Sequence):
            return self.as_tuple() == other
        return NotImplemented

    __hash__ = None

    def __repr__(self) -> str:
        return repr(self.as_tuple())

    def __reduce__(self) -> Any:
        metadata = self._metadata
        values = [
            process(value) if process else value
            for value, process in zip(self._values, metadata.processors)
        ]
        return _restore, (metadata.keys, tuple(values))


def _restore(names: tuple[str, ...], values: tuple[Any, ...]) -> RowProxy:
    return RowProxy(ResultMetaData(names, None), values)
