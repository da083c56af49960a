"""Tables of the tests, and the functions that differ between versions of SQLAlchemy."""

import sqlalchemy
from sqlalchemy import Column, Integer, MetaData, String, Table, func
from sqlalchemy.schema import CreateTable, DropTable

from wasmysql import errors
from wasmysql.testing import skip

IS_1_3 = sqlalchemy.__version__.startswith("1.3")

people = Table(
    "people",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("name", String(255)),
)


def select(*columns):
    return sqlalchemy.select(list(columns)) if IS_1_3 else sqlalchemy.select(*columns)


async def create(conn, table):
    """Creates a table, also if an earlier test has left one."""
    await conn.execute(f"DROP TABLE IF EXISTS `{table.name}`")
    await conn.execute(CreateTable(table))


async def drop(conn, table):
    await conn.execute(DropTable(table))


async def execute_or_skip(conn, sql):
    """Executes a statement that needs a grant of `any`. Skips the test if the grant is smaller."""
    try:
        await conn.execute(sql)
    except errors.OperationalError as error:
        if error.kind != "statement-denied":
            raise
        skip("the grant allows less than `any`")


async def count(conn, table=people):
    return await conn.scalar(select(func.count()).select_from(table))


async def names(conn):
    result = await conn.execute(people.select().order_by(people.c.id))
    return [row.name for row in await result.fetchall()]
