"""Results whose rows are all in memory."""

from array import array
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

from .. import errors
from ..column_info import ColumnInfo, describe
from ..rows import Row, row_class
from ..values import Batch, Column, decode

NO_ROWS = "This result object does not return rows. It has been closed automatically."


def batch_of(rows: Any, columns: list[Any]) -> Batch:
    """Returns the columns of a batch of the contract."""
    return decode(rows.rows, rows.data, [column.decimals for column in columns])


class Result:
    """The outcome of a statement, with its rows.

    A result can be iterated, more than once, and has a length.
    """

    def __init__(self, outcome: Any, batches: list[Any]):
        self._columns = outcome.columns
        # The batches of the contract. They are decoded when the rows are first used.
        self._batches = batches
        self._next: Result | None = None
        #: The number of rows inserted, deleted or matched; 0 for a statement that returns rows.
        self.rows_affected: int = outcome.affected_rows
        #: The first id that AUTO_INCREMENT generated; 0 if none was generated.
        self.last_insert_id: int = outcome.last_insert_id
        #: The number of warnings. `Connection.warnings` returns them.
        self.warnings: int = outcome.warnings
        #: The server's summary, such as `Records: 3  Duplicates: 0  Warnings: 0`.
        self.info: str = outcome.info

    @property
    def returns_rows(self) -> bool:
        """Whether the statement returns rows, also if there are none."""
        return bool(self._columns)

    @cached_property
    def columns(self) -> tuple[ColumnInfo, ...]:
        """The descriptions of the columns."""
        return describe(self._columns)

    def keys(self) -> tuple[str, ...]:
        """Returns the names of the columns."""
        return tuple(column.name for column in self._columns)

    @cached_property
    def _rows(self) -> list[Row]:
        if not self._columns:
            raise errors.closed(NO_ROWS)
        make = row_class(self.keys())
        rows: list[Row] = []
        self._batches.reverse()
        while self._batches:
            rows.extend(map(make, batch_of(self._batches.pop(), self._columns).to_rows()))
        return rows

    def all(self) -> list[Row]:
        """Returns all rows."""
        return self._rows

    def first(self) -> Row | None:
        """Returns the first row; None if there is none."""
        return self._rows[0] if self._rows else None

    def one(self) -> Row:
        """Returns the only row. Fails if there is none, or more than one."""
        row = self.one_or_none()
        if row is None:
            raise errors.invalid("No row was found when one was required")
        return row

    def one_or_none(self) -> Row | None:
        """Returns the only row; None if there is none. Fails if there is more than one."""
        if len(self._rows) > 1:
            raise errors.invalid("Multiple rows were found when exactly one was required")
        return self.first()

    def scalar(self) -> Any:
        """Returns the first value of the first row; None if there is no row."""
        row = self.first()
        return None if row is None else row[0]

    def scalars(self, column: int | str = 0) -> list[Any]:
        """Returns the values of one column."""
        index = column if isinstance(column, int) else _index_of(self.keys(), column)
        return [row[index] for row in self._rows]

    def mappings(self) -> list[dict[str, Any]]:
        """Returns all rows as dictionaries."""
        names = self.keys()
        return [dict(zip(names, row)) for row in self._rows]

    def next_result(self) -> "Result | None":
        """Returns the next result of a CALL; None if there is none."""
        return self._next

    def __iter__(self) -> Iterator[Row]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    def __bool__(self) -> bool:
        return True

    def __repr__(self) -> str:
        if self._columns:
            return f"<Result with {', '.join(self.keys())}>"
        return f"<Result, {self.rows_affected} rows affected>"


def _index_of(names: Sequence[str], name: str) -> int:
    found = [index for index, other in enumerate(names) if other == name]
    if not found:
        raise errors.NoSuchColumnError(0, f"Could not locate column in row for column {name!r}")
    if len(found) > 1:
        raise errors.invalid(f"Ambiguous column name {name!r} in result set!")
    return found[0]


class Columns:
    """The columns of a result, without an object per value.

    `columns["price"]` and `columns[0]` return a `WholeColumn`.
    """

    def __init__(self, columns: list[Any], batches: list[Batch]):
        self._columns, self._batches = columns, batches
        #: The number of rows.
        self.rows: int = sum(batch.rows for batch in batches)

    def keys(self) -> tuple[str, ...]:
        """Returns the names of the columns."""
        return tuple(column.name for column in self._columns)

    @cached_property
    def columns(self) -> tuple[ColumnInfo, ...]:
        """The descriptions of the columns."""
        return describe(self._columns)

    def __getitem__(self, column: int | str) -> "WholeColumn":
        index = column if isinstance(column, int) else _index_of(self.keys(), column)
        return WholeColumn([batch.columns[index] for batch in self._batches])

    def __len__(self) -> int:
        return len(self._columns)

    def __iter__(self) -> Iterator["WholeColumn"]:
        return (self[index] for index in range(len(self)))


class WholeColumn:
    """A column of all rows of a result, in the parts in which it arrived."""

    def __init__(self, parts: list[Column]):
        #: The parts, with typed views of the numbers and of the bytes.
        self.parts = parts

    def __len__(self) -> int:
        return sum(map(len, self.parts))

    def __iter__(self) -> Iterator[Any]:
        for part in self.parts:
            yield from part.to_list()

    def to_list(self) -> list[Any]:
        """Returns the values as Python values, with None for NULL."""
        return list(self)

    def to_array(self) -> array:
        """Returns the numbers as one array: of 64-bit integers or of floats. Fails if the column
        has other values, or NULL."""
        if any(part.kind not in ("signed", "unsigned", "float", "double") for part in self.parts):
            raise errors.invalid("the column has other values than numbers, or only NULL")
        if any(part.validity is not None for part in self.parts):
            raise errors.invalid("the column has NULL; use COALESCE, or the validity of each part")
        numbers = array(self.parts[0].numbers.format if self.parts else "q")
        for part in self.parts:
            numbers.frombytes(part.numbers.cast("B"))
        return numbers
