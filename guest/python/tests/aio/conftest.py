"""Fixtures of all tests."""

import itertools

from wasmysql.testing import fixture

numbers = itertools.count(1)


@fixture
async def table(engine):
    """The name of a table that does not exist."""
    name = f"t{next(numbers)}"
    yield name
    await engine.execute(f"DROP TABLE IF EXISTS {name}")


@fixture
async def numbered(engine, table):
    """The name of a table with the columns `id` and `n`, and 1,000 rows."""
    await engine.execute(f"CREATE TABLE {table} (id INT PRIMARY KEY, n INT NOT NULL)")
    await engine.execute_many(
        f"INSERT INTO {table} VALUES (?, ?)", [(i, i % 7) for i in range(1000)]
    )
    return table
