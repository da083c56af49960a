"""The work through SQLAlchemy Core, for an engine of `wasmysql.sa` or of aiomysql.sa."""

import asyncio

import sqlalchemy as sa
import work
from serve import serve

metadata = sa.MetaData()
scan_table = sa.Table(
    "scan",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("quantity", sa.BigInteger),
    sa.Column("name", sa.String(40)),
    sa.Column("price", sa.Float),
    sa.Column("at", sa.DateTime),
)
target_table = sa.Table(
    "target",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("name", sa.String(40)),
    sa.Column("price", sa.Float),
    sa.Column("at", sa.DateTime),
)


def serve_core(create_engine):
    """Serves the work. `create_engine` is a coroutine function."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    rows = [dict(zip(("id", "name", "price", "at"), row)) for row in work.rows()]
    engine = conn = None

    async def first():
        nonlocal engine, conn
        engine = await create_engine()
        conn = await engine.acquire()
        await point(1)

    async def point(id):
        result = await conn.execute(scan_table.select().where(scan_table.c.id == id))
        assert (await result.fetchone())[scan_table.c.name] == f"name of row {id}"

    async def scan():
        result = await conn.execute(scan_table.select())
        found = await result.fetchall()
        assert len(found) == work.SCAN_ROWS
        work.check_last(tuple(found[-1].values()))

    async def points():
        for n in range(work.POINTS):
            await point(n + 1)

    async def inserts():
        await conn.execute(work.EMPTY)
        await conn.execute(target_table.insert(), rows)
        assert await conn.scalar(sa.func.count(target_table.c.id).select()) == work.INSERTS

    def run(coroutine):
        return lambda: loop.run_until_complete(coroutine())

    serve(
        {
            "first": run(first),
            "core_scan": run(scan),
            "core_point": run(points),
            "core_insert": run(inserts),
        }
    )
