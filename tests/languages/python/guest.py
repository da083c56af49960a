"""The exports of the world `batches` in Python."""

from decimal import Decimal
from functools import wraps

import wit_world
from componentize_py_types import Err
from wit_world.imports import blocking_engine
from wit_world.imports.options import EngineOptions, ExecuteOptions
from wit_world.imports.types import ColumnKind, RowBatch

import batch
from batch import Date, Datetime, Time

#: Small, so that results consist of several batches.
ROWS = 2


def with_messages(export):
    """Returns errors of a batch and of the database as text."""

    @wraps(export)
    def call(*arguments):
        try:
            return export(*arguments)
        except batch.Malformed as error:
            raise Err(str(error)) from None
        except Err as error:
            raise Err(error.value.message) from None

    return call


class WitWorld(wit_world.WitWorld):
    @with_messages
    def read(self, rows):
        return [texts(column.kind, column) for column in batch.read(rows.rows, rows.data)]

    @with_messages
    def query(self, sql):
        with connection() as conn:
            return [texts(kind, values) for kind, values in all_rows(conn, sql)]

    @with_messages
    def copy(self, query, statement):
        with connection() as conn:
            rows = RowBatch(*batch.encode(all_rows(conn, query)))
            return conn.execute_many(statement, rows, ExecuteOptions(None, None)).affected_rows


def connection():
    engine = blocking_engine.create_engine("main", EngineOptions(None, None, None, None, False))
    return engine.acquire()


def all_rows(conn, sql):
    """Executes a query and returns the kind and the values of each column."""
    outcome = conn.execute(sql, [], ExecuteOptions(None, ROWS))
    columns = [(column.kind.name.lower(), []) for column in outcome.columns]
    rows, cursor = outcome.rows, outcome.cursor
    while rows is not None:
        for (_, values), column in zip(columns, batch.read(rows.rows, rows.data), strict=True):
            values.extend(column)
        rows = cursor.fetch(ROWS) if cursor else None
    return columns


def texts(kind, values):
    """Returns the values of a column in the form of wit/vectors/README.md."""
    return wit_world.ColumnValues(ColumnKind[kind.upper()], [None if value is None else text(value) for value in values])


def text(value):
    match value:
        case Decimal():
            return format(value, "f")
        case bytes():
            return value.hex()
        case Date(year, month, day):
            return f"{year:04}-{month:02}-{day:02}"
        case Datetime(year, month, day, hour, minute, second, microsecond):
            return f"{text(Date(year, month, day))} {hour:02}:{minute:02}:{second:02}.{microsecond:06}"
        case Time(negative, hours, minutes, seconds, microseconds):
            return f"{'-' if negative else ''}{hours:02}:{minutes:02}:{seconds:02}.{microseconds:06}"
    return str(value)
