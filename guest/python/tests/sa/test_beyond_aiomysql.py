"""Features of SQLAlchemy 2.0 that aiomysql.sa lacks, as far as this package has them: reference e.

The others are those of the dialect `mysql+wasmysql`.
"""

import sqlalchemy
from sa_tables import IS_1_3, count, people, select
from sqlalchemy.dialects.mysql import insert

from wasmysql import errors, sa
from wasmysql.testing import raises, skip


async def test_isolation_level_of_engine_and_transaction(conn, other):
    writing = await other.begin()
    await other.execute(people.insert().values(name="uncommitted"))
    async with conn.begin():
        assert await count(conn) == 1
    async with conn.begin(isolation="READ UNCOMMITTED"):
        assert await count(conn) == 2
    async with sa.create_engine("main", isolation="READ UNCOMMITTED") as engine:
        async with engine.acquire() as reader, reader.begin():
            assert await count(reader) == 2
    await writing.rollback()


async def test_read_only_engine_refuses_changes(conn):
    async with sa.create_engine("main", read_only=True) as engine:
        async with engine.acquire() as reader:
            assert await count(reader) == 1
            with raises(errors.OperationalError, kind="statement-denied"):
                await reader.execute(people.delete())


async def test_acquire_timeout():
    async with sa.create_engine("main", maxsize=1, acquire_timeout=0.1) as engine:
        async with engine.acquire():
            with raises(errors.OperationalError):
                await engine.acquire()


async def test_statement_timeout():
    async with sa.create_engine("main", statement_timeout=0.2) as engine:
        with raises(errors.OperationalError, kind="timeout", step="execute"):
            async with engine.acquire() as conn:
                await conn.execute("SELECT SLEEP(5)")
        async with engine.acquire() as conn:
            assert await conn.scalar("SELECT 1") == 1


async def test_on_duplicate_key_update(conn):
    query = insert(people).values(id=1, name="second")
    query = query.on_duplicate_key_update(name=query.inserted.name)
    assert (await conn.execute(query)).rowcount == 2
    assert await conn.scalar(select(people.c.name)) == "second"


async def test_returning_on_mariadb(conn):
    major = int(sqlalchemy.__version__.split(".")[0])
    if major < 2 or not conn._dialect.insert_returning:
        skip("needs SQLAlchemy 2 and a server with RETURNING")
    result = await conn.execute(people.insert().returning(people.c.id), {"name": "second"})
    assert await result.fetchall() == [(2,)]
    result = await conn.execute(people.insert().values([{"name": "c"}, {"name": "d"}]))
    assert (result.returns_rows, result.lastrowid) == (False, 3)


async def test_errors_have_details(conn):
    with raises(errors.IntegrityError) as caught:
        await conn.execute(people.insert().values(id=1))
    error = caught.value
    assert (error.code, error.sqlstate, error.kind) == (1062, "23000", "server")
    assert (error.server_class, error.retry) == ("constraint", "never")


async def test_names_of_subqueries_and_ctes(conn):
    if IS_1_3:
        inner = people.select().alias("inner_people")
    else:
        inner = people.select().subquery("inner_people")
    row = await (await conn.execute(select(inner.c.name))).first()
    assert row[inner.c.name] == "first"
    cte = people.select().cte("c")
    assert await conn.scalar(select(cte.c.name)) == "first"
