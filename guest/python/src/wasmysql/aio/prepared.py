"""Prepared statements."""

from functools import cached_property
from typing import Any

from .. import _contract, errors
from ..column_info import ColumnInfo, describe
from ..placeholders import Statement, values_of
from .closing import Closing
from .handles import Handle
from .statements import Params, Statements


class Prepared(Statements, Closing):
    """A statement that the server has prepared, with the same methods as a connection, without the
    argument `sql`."""

    def __init__(self, resource: Any, connection: Any, statement: Statement):
        # The connection must live as long as the statement.
        self._connection, self._statement = connection, statement
        self._handle = Handle(resource, "prepared statement")

    @property
    def parameters(self) -> int:
        """The number of parameters."""
        return self._handle.resource.parameters()

    @cached_property
    def result_columns(self) -> tuple[ColumnInfo, ...]:
        """The descriptions of the columns; empty if the statement returns no rows."""
        return describe(self._handle.resource.columns())

    async def execute(self, params: Params = None, **options: Any) -> Any:
        """Executes the statement and returns its outcome with all rows."""
        return await super().execute(self._statement.sql, self._values(params), **options)

    def stream(self, params: Params = None, **options: Any) -> Any:
        """Executes the statement and returns its rows while they arrive."""
        return super().stream(self._statement.sql, self._values(params), **options)

    async def columns(self, params: Params = None, **options: Any) -> Any:
        """Executes the query and returns its columns."""
        return await super().columns(self._statement.sql, self._values(params), **options)

    async def execute_many(self, rows: Any, **options: Any) -> Any:
        """Executes the statement once for each row of parameters."""
        values = (self._values(row) for row in rows)
        return await super().execute_many(self._statement.sql, values, **options)

    def _values(self, params: Params) -> Any:
        if self._statement.names is None:
            return params
        if not isinstance(params, dict):
            raise errors.argument("the statement has names; pass a dict")
        return values_of(self._statement, params)

    async def _send(self, sql: str, params: list[Any], options: Any) -> Any:
        execute = _contract.connection.Statement.execute
        return await self._handle.call(execute, params, options)

    async def _send_rows(self, sql: str, rows: Any, options: Any) -> Any:
        execute_many = _contract.connection.Statement.execute_many
        return await self._handle.call(execute_many, rows, options)

    async def close(self) -> None:
        """Closes the statement. A second `close` does nothing."""
        await self._handle.close(_contract.connection.Statement.close)
