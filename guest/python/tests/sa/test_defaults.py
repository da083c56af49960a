"""default and onupdate of columns: reference a.4."""

from datetime import datetime

from sa_tables import create
from sqlalchemy import Boolean, Column, DateTime, Integer, MetaData, String, Table, func

from wasmysql.testing import fixture


def described(context):
    return f"{context.get_current_parameters()['number']} of {context.dialect.name}"


table = Table(
    "defaulted",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("length", Integer, default=func.length("qwerty")),
    Column("number", Integer, default=100, nullable=False),
    Column("words", String(255), default="default test"),
    Column("created", DateTime, default=datetime.now),
    Column("enabled", Boolean, default=True),
    Column("about", String(50), default=described),
    Column("server", Integer, server_default="5"),
    Column("changed", Integer, onupdate=lambda: 9),
    Column("both", Integer, default=1, onupdate=2),
    Column("sql", Integer, onupdate=func.length("abc")),
)


@fixture
async def empty(conn):
    await create(conn, table)
    return conn


async def _first(conn):
    return await (await conn.execute(table.select().order_by(table.c.id))).first()


async def test_defaults_of_an_insert_without_values(empty):
    for query in (table.insert().values(), table.insert()):
        await empty.execute(table.delete())
        await empty.execute(query)
        row = await _first(empty)
        assert (row.length, row.number, row.words, row.enabled) == (6, 100, "default test", True)
        assert isinstance(row.created, datetime)
        assert (row.about, row.server, row.both) == ("100 of mysql", 5, 1)
        assert (row.changed, row.sql) == (None, None)


async def test_given_values_precede_defaults(empty):
    now = datetime(2024, 1, 2, 3, 4, 5)
    values = {"number": 111, "words": "w", "created": now, "enabled": False, "server": 6}
    for execute in (
        lambda: empty.execute(table.insert().values(**values)),
        lambda: empty.execute(table.insert(), values),
        lambda: empty.execute(table.insert(), [values, values]),
    ):
        await empty.execute(table.delete())
        await execute()
        row = await _first(empty)
        assert {name: row[name] for name in values} == values
        assert (row.length, row.about) == (6, "111 of mysql")


async def test_none_precedes_a_default(empty):
    await empty.execute(table.insert().values(created=None, words=None))
    row = await _first(empty)
    assert (row.created, row.words, row.number) == (None, None, 100)


async def test_defaults_are_made_for_each_row(empty):
    await empty.execute(table.insert(), [{"number": 1}, {"number": 2}])
    await empty.execute(table.insert().values([{"number": 3}, {"number": 4}]))
    rows = await (await empty.execute(table.select().order_by(table.c.id))).fetchall()
    assert [row.number for row in rows] == [1, 2, 3, 4]
    assert [row.about for row in rows] == [f"{n} of mysql" for n in (1, 2, 3, 4)]
    assert all(row.words == "default test" and row.length == 6 for row in rows)


async def test_update_uses_onupdate_instead_of_default(empty):
    await empty.execute(table.insert())
    await empty.execute(table.update().values(number=5))
    row = await _first(empty)
    assert (row.number, row.changed, row.both, row.sql) == (5, 9, 2, 3)
    assert row.words == "default test"
    await empty.execute(table.update(), {"changed": 1, "both": 1})
    row = await _first(empty)
    assert (row.changed, row.both) == (1, 1)


async def test_defaults_with_a_compiled_cache(conn):
    cached = Table(
        "cached",
        MetaData(),
        Column("id", Integer, primary_key=True),
        Column("number", Integer),
        Column("about", String(50), default=described),
    )
    await create(conn, cached)
    conn._compiled_cache = cache = {}
    query = cached.insert()
    for number in (1, 2):
        await conn.execute(query, number=number)
    assert len(cache) == 1
    rows = await (await conn.execute(cached.select().order_by(cached.c.id))).fetchall()
    assert [row.about for row in rows] == ["1 of mysql", "2 of mysql"]
