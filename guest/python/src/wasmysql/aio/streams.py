"""Results whose rows are read from the server on demand."""

from collections.abc import AsyncIterator
from functools import cached_property
from typing import Any

from .. import _contract, _options, errors
from ..column_info import ColumnInfo, describe
from ..rows import Row, row_class
from ..values import Batch
from .closing import Closing
from .handles import Handle
from .results import NO_ROWS, Result, batch_of


class Stream(Closing):
    """The rows of a statement, read in batches while they are used.

    Until the last row is read, or the stream is closed, its connection can't execute other
    statements. If many rows remain when a stream is closed, the host closes the connection too,
    because reading the rows would take too long: use LIMIT.
    """

    def __init__(self, outcome: Any, keep: Any, batch_rows: int | None = None):
        # `keep` is the connection, which must live as long as the stream.
        self._keep = keep
        self._batch_rows = batch_rows or _options.WHOLE_BATCH
        self._start(outcome)

    def _start(self, outcome: Any) -> None:
        self._outcome, self._first = outcome, outcome.rows
        self._cursor = Handle(outcome.cursor, "stream") if outcome.cursor is not None else None
        self._make = row_class(tuple(column.name for column in outcome.columns))
        self._buffer: list[Row] = []
        self._position = 0
        self.__dict__.pop("columns", None)

    @property
    def returns_rows(self) -> bool:
        """Whether the statement returns rows, also if there are none."""
        return bool(self._outcome.columns)

    @cached_property
    def columns(self) -> tuple[ColumnInfo, ...]:
        """The descriptions of the columns."""
        return describe(self._outcome.columns)

    def keys(self) -> tuple[str, ...]:
        """Returns the names of the columns."""
        return tuple(column.name for column in self._outcome.columns)

    async def next_batch(self) -> Batch | None:
        """Returns the next rows by column, without an object per value; None after the last row."""
        rows = await self.next_rows()
        return None if rows is None else batch_of(rows, self._outcome.columns)

    async def next_rows(self) -> Any:
        """Returns the next batch as the contract has it; None after the last row."""
        if not self._outcome.columns:
            raise errors.closed(NO_ROWS)
        rows, self._first = self._first, None
        if rows is None and self._cursor is not None and not self._cursor.is_dropped:
            cursor = self._cursor
            fetch = _contract.connection.Cursor.fetch
            rows = await cursor.call(fetch, self._batch_rows)
        return rows

    async def batches(self) -> AsyncIterator[Batch]:
        """Iterates over the batches."""
        while (batch := await self.next_batch()) is not None:
            yield batch

    def __aiter__(self) -> "Stream":
        return self

    async def __anext__(self) -> Row:
        if self._position == len(self._buffer) and not await self._fill():
            raise StopAsyncIteration
        row = self._buffer[self._position]
        self._position += 1
        return row

    async def _fill(self) -> bool:
        """Reads the next rows. Returns whether there are any."""
        while (batch := await self.next_batch()) is not None:
            self._buffer, self._position = list(map(self._make, batch.to_rows())), 0
            if self._buffer:
                return True
        self._buffer, self._position = [], 0
        return False

    async def fetch(self, rows: int) -> list[Row]:
        """Returns the next rows, at most this number; fewer only at the end."""
        found: list[Row] = []
        while len(found) < rows:
            if self._position == len(self._buffer) and not await self._fill():
                break
            end = self._position + rows - len(found)
            found += self._buffer[self._position : end]
            self._position = min(end, len(self._buffer))
        return found

    async def all(self) -> list[Row]:
        """Returns the remaining rows."""
        rows = self._buffer[self._position :]
        while await self._fill():
            rows += self._buffer
        self._buffer, self._position = [], 0
        return rows

    async def next_result(self) -> bool:
        """Continues with the next result of a CALL. Returns whether there is one."""
        if self._cursor is None or self._cursor.is_dropped:
            return False
        outcome = await self._cursor.call(_contract.connection.Cursor.next_result)
        self._cursor.drop()
        if outcome is None:
            self._first, self._buffer, self._position = None, [], 0
            return False
        self._start(outcome)
        return True

    async def close(self) -> None:
        """Discards the remaining rows. A second `close` does nothing."""
        self._first, self._buffer, self._position = None, [], 0
        if self._cursor is not None:
            await self._cursor.close(_contract.connection.Cursor.close)


async def buffer(outcome: Any, keep: Any) -> Result:
    """Reads a whole outcome, with all its results."""
    if outcome.cursor is None:
        return Result(outcome, [] if outcome.rows is None else [outcome.rows])
    stream = Stream(outcome, keep)
    try:
        result = first = Result(outcome, await _all_rows(stream))
        while await stream.next_result():
            result._next = Result(stream._outcome, await _all_rows(stream))
            result = result._next
    finally:
        if stream._cursor is not None:
            stream._cursor.drop()
    return first


async def _all_rows(stream: Stream) -> list[Any]:
    batches: list[Any] = []
    if stream.returns_rows:
        while (rows := await stream.next_rows()) is not None:
            batches.append(rows)
    return batches
