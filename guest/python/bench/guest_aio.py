"""The work in the sandbox, with `wasmysql.aio`."""

import asyncio

import work
from serve import serve

from wasmysql import aio

loop = asyncio.new_event_loop()
engine = conn = None
rows = work.rows()


async def first():
    global engine, conn
    engine = await aio.connect("main")
    conn = await engine.acquire()
    assert (await conn.execute(work.POINT, (1,))).one().id == 1


async def scan():
    result = await conn.execute(work.SCAN)
    work.check(result.all())


async def scan_columns():
    columns = await conn.columns(work.SCAN)
    assert sum(columns["id"].to_array()) == work.SCAN_ROWS * (work.SCAN_ROWS + 1) // 2
    assert sum(sum(part.numbers) for part in columns["price"].parts) > 0


async def points():
    for n in range(work.POINTS):
        assert (await conn.execute(work.POINT, (n + 1,))).one().id == n + 1


async def inserts():
    await conn.execute(work.EMPTY)
    assert (await conn.execute_many(work.INSERT, rows)).rows_affected == work.INSERTS


async def concurrent():
    await asyncio.gather(*(engine.execute(work.SLOW, (n,)) for n in range(work.CONCURRENT)))


def run(coroutine):
    return lambda: loop.run_until_complete(coroutine())


serve(
    {
        "first": run(first),
        "scan": run(scan),
        "columns": run(scan_columns),
        "point": run(points),
        "insert": run(inserts),
        "concurrent": run(concurrent),
    }
)
