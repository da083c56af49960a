"""Cursors: the execution of statements, and the rows of their results."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import TracebackType
from typing import Any

from .. import _contract, _options, errors
from ..placeholders import bind, named, positional, values_of
from ..values import ParameterRows, encode
from .results import Result, buffered, streamed


class Cursor:
    """A cursor whose results are in memory when `execute` returns. Other statements can then run on
    its connection."""

    #: The number of rows that `fetchmany` returns by default.
    arraysize = 1

    def __init__(self, connection: Any):
        self._connection: Any = connection
        self._results: Iterator[Result] = iter(())
        self._result = Result()

    @property
    def connection(self) -> Any:
        """The connection of the cursor."""
        return self._open()

    @property
    def description(self) -> tuple[tuple[Any, ...], ...] | None:
        """A tuple of seven values per column; None if the statement returns no rows."""
        return self._result.description

    @property
    def rowcount(self) -> int:
        """The number of rows inserted, deleted, matched or returned; -1 if it is not known yet."""
        return self._result.rowcount

    @property
    def rownumber(self) -> int:
        """The number of rows fetched."""
        return self._result.fetched

    @property
    def lastrowid(self) -> int:
        """The id that AUTO_INCREMENT generated, of the first row of several; 0 if none was."""
        return self._result.last_insert_id

    @property
    def warning_count(self) -> int:
        """The number of warnings. `Connection.show_warnings` returns them."""
        return self._result.warnings

    def execute(self, query: str, args: Any = None) -> int:
        """Executes a statement with one set of parameters, and returns `rowcount`.

        `args` is a sequence for `%s` and `?`, a mapping for `%(name)s` and `:name`, or a single
        value. The parameters never become part of the text.
        """
        connection = self._start()
        sql, values = bind(_options.name(query, "the statement"), args)
        outcome = connection._execute(sql, encode(values), _options.execution())
        self._results = self._read(outcome)
        self._result = next(self._results)
        return self.rowcount

    def executemany(self, query: str, args: Iterable[Any]) -> int:
        """Executes a statement once for each set of parameters, and returns the sum of `rowcount`.

        The sets are sent together, and a plain INSERT or REPLACE with many rows at once. The
        statement must not return rows.
        """
        connection = self._start()
        sql, rows = _rows(_options.name(query, "the statement"), list(args))
        options = _options.execution()
        result = Result(rowcount=0)
        for batch in ParameterRows.batches(rows):
            record = _contract.types.RowBatch(batch.rows, batch.data)
            try:
                outcome = connection._execute_rows(sql, record, options)
            except errors.Error as error:
                if batch.first:
                    error.add_note(f"the rows are counted from row {batch.first} of the call")
                raise
            result.rowcount += outcome.affected_rows
            result.warnings += outcome.warnings
            result.last_insert_id = result.last_insert_id or outcome.last_insert_id
        self._result = result
        return result.rowcount

    def callproc(self, procname: str, args: Sequence[Any] = ()) -> Sequence[Any]:
        """Calls a procedure, and returns the arguments as they were passed.

        `nextset` goes from one result to the next. The last result with rows has the OUT and INOUT
        parameters, if there are any. It has one row, without the IN parameters.
        """
        name = ".".join(f"`{part.replace('`', '``')}`" for part in procname.split("."))
        self.execute(f"CALL {name}({', '.join('?' * len(args))})", tuple(args))
        return args

    def nextset(self) -> bool | None:
        """Goes to the next result of a CALL. Returns None if there is none."""
        self._open()
        result = next(self._results, None)
        if result is None:
            return None
        self._result = result
        return True

    def fetchone(self) -> Any:
        """Returns the next row; None if there is none."""
        row = self._rows().fetchone()
        return None if row is None else self._row(row)

    def fetchmany(self, size: int | None = None) -> list[Any]:
        """Returns at most `size` rows [default: `arraysize`]."""
        rows = self._rows().fetchmany(self.arraysize if size is None else size)
        return self._convert(rows)

    def fetchall(self) -> list[Any]:
        """Returns all remaining rows."""
        return self._convert(self._rows().fetchall())

    def setinputsizes(self, sizes: Any) -> None:
        """Does nothing: parameters have no declared sizes."""

    def setoutputsize(self, size: int, column: int | None = None) -> None:
        """Does nothing: values have any size."""

    def close(self) -> None:
        """Closes the cursor. A second `close` does nothing."""
        try:
            self._discard()
        finally:
            self._connection = None

    def _open(self) -> Any:
        if self._connection is None:
            raise errors.closed("the cursor is closed")
        return self._connection

    def _start(self) -> Any:
        """Prepares the cursor for the next statement, and returns the connection."""
        connection = self._open()
        self._discard()
        self._results, self._result = iter(()), Result()
        return connection

    def _rows(self) -> Result:
        self._open()
        if not self._result.returns_rows:
            raise errors.invalid("the last statement returned no rows")
        return self._result

    def _read(self, outcome: Any) -> Iterator[Result]:
        """Returns the results of an outcome, at least one."""
        return iter(buffered(outcome))

    def _discard(self) -> None:
        """Discards the rows that are still at the server. This kind of cursor has none."""

    async def _async_soft_close(self) -> None:
        """SQLAlchemy's asyncio extension awaits this method of a cursor whose rows are read."""

    def _row(self, row: tuple[Any, ...]) -> Any:
        return row

    def _convert(self, rows: list[tuple[Any, ...]]) -> list[Any]:
        return rows

    def __iter__(self) -> Iterator[Any]:
        return iter(self.fetchone, None)

    def __enter__(self) -> "Cursor":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


class DictCursor(Cursor):
    """A cursor whose rows are dictionaries. Of columns with the same name, the last one remains."""

    def _row(self, row: tuple[Any, ...]) -> Any:
        return dict(zip(self._result.names, row))

    def _convert(self, rows: list[tuple[Any, ...]]) -> list[Any]:
        return [self._row(row) for row in rows]


class StreamingCursor(Cursor):
    """A cursor that reads rows from the server while they are fetched. Its connection can't execute
    anything else until the last row is fetched or the cursor is closed."""

    def _read(self, outcome: Any) -> Iterator[Result]:
        return streamed(outcome, self)

    def _discard(self) -> None:
        self._result.discard()

    def _forget(self) -> None:
        """Leaves the rest of the rows to the host, because the connection is closed."""
        self._result.forget()


def _rows(sql: str, rows: list[Any]) -> tuple[str, list[Sequence[Any]]]:
    """Returns the statement with `?`, and the sets of parameters as sequences."""
    if not rows:
        return sql, rows
    if isinstance(rows[0], Mapping):
        statement = named(sql)
        return statement.sql, [values_of(statement, row) for row in rows]
    if not isinstance(rows[0], (tuple, list)):
        rows = [(value,) for value in rows]
    return positional(sql), rows
