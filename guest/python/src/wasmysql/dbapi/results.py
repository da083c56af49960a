"""The results of a statement."""

import weakref
from collections.abc import Iterator
from functools import cached_property
from typing import Any

from .._options import WHOLE_BATCH
from ..values import decode
from .calls import call, drop


class Result:
    """One result: its rows, as far as they are read."""

    def __init__(self, columns: list[Any] | None = None, rowcount: int = -1):
        self._columns = columns or ()
        self.rowcount = rowcount
        self.last_insert_id = 0
        self.warnings = 0
        #: The number of rows fetched.
        self.fetched = 0
        self._rows: list[tuple[Any, ...]] = []
        self._place = 0
        #: The cursor of the contract, while the statement has further rows or results.
        self._cursor: Any = None
        self._has_more = False

    @property
    def returns_rows(self) -> bool:
        return bool(self._columns)

    @cached_property
    def names(self) -> list[str]:
        return [column.name for column in self._columns]

    @cached_property
    def description(self) -> tuple[tuple[Any, ...], ...] | None:
        return tuple(map(_describe, self._columns)) if self._columns else None

    @cached_property
    def _decimals(self) -> list[int]:
        return [column.decimals for column in self._columns]

    def read(self, batch: Any) -> None:
        """Appends the rows of a batch of the contract."""
        self._rows.extend(decode(batch.rows, batch.data, self._decimals).to_rows())

    def read_next(self, cursor: Any) -> bool:
        """Reads the next batch. Returns whether there was one."""
        batch = call(cursor.fetch, WHOLE_BATCH)
        if batch is None:
            return False
        self.read(batch)
        return True

    def stream(self, cursor: Any) -> None:
        """Makes the result read its further rows with a cursor of the contract."""
        self._cursor, self._has_more = cursor, True

    def fetchone(self) -> tuple[Any, ...] | None:
        while self._place == len(self._rows):
            if not self._has_more:
                return None
            self._continue()
        self._place += 1
        self.fetched += 1
        return self._rows[self._place - 1]

    def fetchmany(self, size: int) -> list[tuple[Any, ...]]:
        while self._has_more and len(self._rows) - self._place < size:
            self._continue()
        rows = self._rows[self._place : self._place + size]
        self._place += len(rows)
        self.fetched += len(rows)
        return rows

    def fetchall(self) -> list[tuple[Any, ...]]:
        while self._has_more:
            self._continue()
        rows = self._rows[self._place :] if self._place else self._rows
        self._rows, self._place = [], 0
        self.fetched += len(rows)
        return rows

    def _continue(self) -> None:
        """Reads the next batch of a stream. Forgets the rows that were fetched."""
        del self._rows[: self._place]
        self._place = 0
        try:
            self._has_more = self.read_next(self._cursor)
        except BaseException:
            self.forget()
            raise
        if not self._has_more:
            self.rowcount = self.fetched + len(self._rows)

    def next_outcome(self) -> Any:
        """Discards the rest of a stream. Returns the outcome of the next result of the statement;
        None if there is none."""
        if self._cursor is None:
            return None
        try:
            return call(self._cursor.next_result)
        finally:
            self.forget()

    def discard(self) -> None:
        """Discards the rest of a stream, and all further results of its statement.

        The rows are read, because the host would close the connection, and so end its transaction,
        if many are left.
        """
        if self._cursor is None:
            return
        try:
            while call(self._cursor.fetch, WHOLE_BATCH) is not None:
                pass
            call(self._cursor.close)
        finally:
            self.forget()

    def forget(self) -> None:
        """Drops the cursor of the contract."""
        cursor, self._cursor, self._has_more = self._cursor, None, False
        if cursor is not None:
            drop(cursor)


def buffered(outcome: Any) -> list[Result]:
    """Reads all rows of all results."""
    results, cursor = [], None
    while outcome is not None:
        result = _begin(outcome)
        results.append(result)
        cursor, outcome = outcome.cursor, None
        if cursor is not None:
            try:
                while result.read_next(cursor):
                    pass
                outcome = call(cursor.next_result)
            finally:
                drop(cursor)
        if result.returns_rows:
            result.rowcount = len(result._rows)
    return results


def streamed(outcome: Any, owner: Any) -> Iterator[Result]:
    """Returns the results one after the other. Their rows stay at the server until they are
    fetched. `owner` is the cursor that reads them."""
    while outcome is not None:
        result = _begin(outcome)
        if outcome.cursor is not None:
            result.stream(outcome.cursor)
            owner._connection._reading = weakref.ref(owner)
        elif result.returns_rows:
            result.rowcount = len(result._rows)
        yield result
        outcome = result.next_outcome()


def _begin(outcome: Any) -> Result:
    result = Result(outcome.columns, -1 if outcome.columns else outcome.affected_rows)
    result.last_insert_id, result.warnings = outcome.last_insert_id, outcome.warnings
    if outcome.rows is not None:
        result.read(outcome.rows)
    return result


def _describe(column: Any) -> tuple[Any, ...]:
    """Returns name, type code, display size, internal size, precision, scale, and whether the
    column can be NULL."""
    scale = column.decimals if column.decimals != 31 else 0
    flags = _NOT_NULL & column.column_flags.value
    return column.name, column.type_code, None, column.length, column.length, scale, not flags


#: The bit of the flag `not-null` of the contract.
_NOT_NULL = 1
