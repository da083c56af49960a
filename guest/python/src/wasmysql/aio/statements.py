"""Executing statements: what engines, connections and prepared statements have in common."""

from collections.abc import Iterable, Mapping
from typing import Any

from .. import _contract, _options, errors
from ..placeholders import bind, named, positional, values_of
from ..values import ParameterRows, encode
from .opening import Opening
from .results import Columns, Result
from .streams import Stream, buffer

#: The parameters of one execution: a sequence, a mapping of names, or a single value.
Params = Any


class Statements:
    """The methods that execute statements. A subclass sends them."""

    async def _send(self, sql: str, params: list[Any], options: Any) -> Any:
        raise NotImplementedError

    async def _send_rows(self, sql: str, rows: Any, options: Any) -> Any:
        raise NotImplementedError

    async def execute(
        self, sql: str, params: Params = None, *, timeout: float | None = None
    ) -> Result:
        """Executes a statement and returns its outcome with all rows.

        `timeout` is in seconds. It can only shorten the statement timeout of the grant.
        """
        return await buffer(await self._outcome(sql, params, timeout), self)

    def stream(
        self,
        sql: str,
        params: Params = None,
        *,
        timeout: float | None = None,
        batch_rows: int | None = None,
    ) -> Opening[Stream]:
        """Executes a statement and returns its rows while they arrive.

        `async with conn.stream(...) as rows`, or `async for row in await conn.stream(...)`.
        `batch_rows` is the number of rows that are read at once [default: as many as fit a batch].
        """

        async def open() -> Stream:
            rows = _options.count(batch_rows, "batch_rows")
            return Stream(await self._outcome(sql, params, timeout, rows), self, rows)

        return Opening(open)

    async def columns(
        self, sql: str, params: Params = None, *, timeout: float | None = None
    ) -> Columns:
        """Executes a query and returns its columns, without an object per value."""
        outcome = await self._outcome(sql, params, timeout)
        async with Stream(outcome, self) as stream:
            batches = [batch async for batch in stream.batches()]
        return Columns(outcome.columns, batches)

    async def execute_many(
        self,
        sql: str,
        rows: Iterable[Any],
        *,
        timeout: float | None = None,
    ) -> Result:
        """Executes a statement once for each row of parameters: sequences, or mappings of names.

        The rows are sent together. A plain INSERT or REPLACE is executed with many rows at once.
        Without a transaction, rows executed before an error stay. `timeout` applies to each call to
        the host, which takes about 4 MiB of parameters.
        """
        options = _options.execution(timeout)
        sql, values = _rows(_options.name(sql, "the statement"), rows)
        total: Any = None
        for batch in ParameterRows.batches(values):
            record = _contract.types.RowBatch(batch.rows, batch.data)
            try:
                outcome = await self._send_rows(sql, record, options)
            except errors.Error as error:
                if batch.first:
                    error.add_note(f"rows are counted from row {batch.first} of the call")
                raise
            total = _add(total, outcome)
        if total is None:
            total = _contract.connection.Outcome(0, 0, 0, "", [], None, None)
        return Result(total, [])

    async def _outcome(
        self, sql: str, params: Params, timeout: float | None, first_rows: int | None = None
    ) -> Any:
        text, values = bind(_options.name(sql, "the statement"), params)
        return await self._send(text, encode(values), _options.execution(timeout, first_rows))


def _rows(sql: str, rows: Iterable[Any]) -> tuple[str, Iterable[Any]]:
    """Returns the statement with `?`, and the rows as sequences."""
    rows = iter(rows)
    for first in rows:
        break
    else:
        return sql, ()
    if isinstance(first, Mapping):
        statement = named(sql)
        return statement.sql, _chain(statement, first, rows)
    if not isinstance(first, (tuple, list)):
        raise errors.argument(
            f"a row of parameters is a {type(first).__name__}; pass a tuple or a dict"
        )

    def values() -> Any:
        yield first
        yield from rows

    return positional(sql), values()


def _chain(statement: Any, first: Any, rows: Any) -> Any:
    yield values_of(statement, first)
    for row in rows:
        yield values_of(statement, row)


def _add(total: Any, outcome: Any) -> Any:
    """Adds the outcome of a batch: sums, the first generated id, and the last information."""
    if total is not None:
        outcome.affected_rows += total.affected_rows
        outcome.warnings += total.warnings
        outcome.last_insert_id = total.last_insert_id or outcome.last_insert_id
    return outcome
