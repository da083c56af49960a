"""Engines and connections of `wasmysql.sa`, and a table with one row."""

from sa_tables import create, people

from wasmysql import sa
from wasmysql.testing import fixture


@fixture
async def engine():
    engine = await sa.create_engine("main")
    yield engine
    engine.terminate()
    await engine.wait_closed()


@fixture
async def conn(engine):
    conn = await engine.acquire()
    await create(conn, people)
    await conn.execute(people.insert().values(name="first"))
    yield conn
    await conn.close()


@fixture
async def other(engine):
    """A second connection, which sees only committed rows."""
    conn = await engine.acquire()
    yield conn
    await conn.close()
