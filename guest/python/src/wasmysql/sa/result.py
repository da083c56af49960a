"""Results of statements."""

from collections.abc import AsyncIterator, Iterable
from typing import Any

from .. import errors
from ..aio import Result, Stream
from .exc import ArgumentError, ResourceClosedError, converted
from .row import ResultMetaData, RowProxy

__all__ = ["ResultMetaData", "ResultProxy", "RowProxy", "create_result_proxy"]

NO_ROWS = "This result object does not return rows. It has been closed automatically."
CLOSED = "This result object is closed."

#: The number of rows of a part.
PART = 500


class ResultProxy:
    """The result of a statement.

    The rows of `execute` are all in memory: other statements can be executed while they are read.
    The rows of `stream` are read from the server on demand.
    """

    def __init__(
        self,
        connection: Any,
        cursor: Result | Stream,
        dialect: Any,
        prepared: Any = None,
    ):
        self._dialect = dialect
        self._connection = connection
        self._cursor: Result | Stream | None = cursor
        self._metadata: ResultMetaData | None = None
        self._rows: list[tuple[Any, ...]] = []
        self._next = 0
        self._rowcount, self._lastrowid = -1, None
        if cursor.returns_rows:
            self._metadata = _metadata(cursor.keys(), dialect, prepared)
        if isinstance(cursor, Result):
            self._rowcount = cursor.rows_affected
            self._lastrowid = cursor.last_insert_id
        if self._metadata is None:
            self._cursor = None
        elif isinstance(cursor, Result):
            self._rows = cursor.all()
            self._rowcount, self._lastrowid = len(self._rows), None

    @property
    def dialect(self) -> Any:
        """The dialect of the connection."""
        return self._dialect

    @property
    def cursor(self) -> Result | Stream | None:
        """The result of `wasmysql.aio`; None once this result is closed."""
        return self._cursor

    @property
    def rowcount(self) -> int:
        """The number of rows inserted, deleted or matched by UPDATE, or the number of rows of a
        result in memory; -1 for a stream."""
        return self._rowcount

    @property
    def lastrowid(self) -> int | None:
        """The first id that AUTO_INCREMENT generated; 0 if none was generated, and None for a
        statement that returns rows."""
        return self._lastrowid

    @property
    def returns_rows(self) -> bool:
        """Whether the statement returns rows."""
        return self._metadata is not None

    @property
    def closed(self) -> bool:
        """Whether all rows are read, or the result is closed."""
        return self._cursor is None

    def keys(self) -> tuple[str, ...]:
        """Returns the names of the columns."""
        return () if self._metadata is None else self._metadata.keys

    async def close(self) -> None:
        """Discards the remaining rows. A second `close` does nothing."""
        cursor, self._cursor = self._cursor, None
        self._rows, self._next = [], 0
        if isinstance(cursor, Stream):
            await converted(cursor.close())

    async def fetchone(self) -> RowProxy | None:
        """Returns the next row. After the last row it returns None and closes the result."""
        rows = await self._take(1)
        if rows:
            return rows[0]
        await self.close()
        return None

    async def fetchmany(self, size: int | None = None) -> list[RowProxy]:
        """Returns the next rows, at most `size` [default: 1]. After the last row it returns an
        empty list and closes the result."""
        if size is not None and (not isinstance(size, int) or size < 0):
            raise ArgumentError(f"size is {size!r}; pass a number of rows")
        rows = await self._take(size or 1)
        if not rows:
            await self.close()
        return rows

    async def fetchall(self) -> list[RowProxy]:
        """Returns the remaining rows and closes the result."""
        rows = await self._take(None)
        await self.close()
        return rows

    async def first(self) -> RowProxy | None:
        """Returns the next row, or None if there is none, and closes the result."""
        try:
            rows = await self._take(1)
        finally:
            await self.close()
        return rows[0] if rows else None

    async def scalar(self) -> Any:
        """Returns the first value of the next row, or None if there is none, and closes the
        result."""
        row = await self.first()
        return None if row is None else row[0]

    def __aiter__(self) -> "ResultProxy":
        return self

    async def __anext__(self) -> RowProxy:
        if self._next < len(self._rows):
            self._next += 1
            return RowProxy(self._metadata, self._rows[self._next - 1])
        row = await self.fetchone()
        if row is None:
            raise StopAsyncIteration
        return row

    async def __aenter__(self) -> "ResultProxy":
        return self

    async def __aexit__(self, kind: Any, error: BaseException | None, traceback: Any) -> None:
        try:
            await self.close()
        except errors.Error:
            if error is None:
                raise

    async def parts(self) -> AsyncIterator[list[RowProxy]]:
        """Iterates over the remaining rows, many at once."""
        while rows := await self.fetchmany(PART):
            yield rows

    async def _take(self, count: int | None) -> list[RowProxy]:
        """Returns the next rows, or all of them."""
        if self._cursor is None:
            raise ResourceClosedError(NO_ROWS if self._metadata is None else CLOSED)
        if isinstance(self._cursor, Stream):
            stream = self._cursor
            rows = await converted(stream.all() if count is None else stream.fetch(count))
        else:
            end = len(self._rows) if count is None else self._next + count
            rows = self._rows[self._next : end]
            self._next += len(rows)
        metadata = self._metadata
        return [RowProxy(metadata, values) for values in rows]


def _metadata(names: Iterable[str], dialect: Any, prepared: Any) -> ResultMetaData:
    """Returns the metadata, which a cached statement keeps."""
    if prepared is None:
        return ResultMetaData(names, dialect)
    if prepared.metadata is None or prepared.metadata.keys != names:
        prepared.metadata = ResultMetaData(names, dialect, prepared.compiled)
    return prepared.metadata


async def create_result_proxy(
    connection: Any, cursor: Result | Stream, dialect: Any, prepared: Any = None
) -> ResultProxy:
    """Returns the result proxy for a result of `wasmysql.aio`."""
    return ResultProxy(connection, cursor, dialect, prepared)
