"""The work with aiomysql. Usage: native_aiomysql.py PORT"""

import asyncio
import sys

import aiomysql
import work
from serve import serve

loop = asyncio.new_event_loop()
asyncio.set_event_loop(loop)
pool = conn = None
rows = work.rows()


async def first():
    global pool, conn
    pool = await aiomysql.create_pool(
        host="127.0.0.1", port=int(sys.argv[1]), user="bench", password="bench", db="bench",
        autocommit=True, minsize=4, maxsize=4,
    )  # fmt: skip
    conn = await pool.acquire()
    async with conn.cursor() as cursor:
        await cursor.execute(work.POINT, (1,))
        assert (await cursor.fetchone())[0] == 1


async def scan():
    async with conn.cursor() as cursor:
        await cursor.execute(work.SCAN)
        work.check(await cursor.fetchall())


async def columns():
    async with conn.cursor() as cursor:
        await cursor.execute(work.SCAN)
        found = list(zip(*await cursor.fetchall(), strict=True))
    assert sum(found[0]) == work.SCAN_ROWS * (work.SCAN_ROWS + 1) // 2
    assert sum(found[3]) > 0


async def points():
    async with conn.cursor() as cursor:
        for n in range(work.POINTS):
            await cursor.execute(work.POINT, (n + 1,))
            assert (await cursor.fetchone())[0] == n + 1


async def inserts():
    async with conn.cursor() as cursor:
        await cursor.execute(work.EMPTY)
        assert await cursor.executemany(work.INSERT, rows) == work.INSERTS


async def one(n):
    async with pool.acquire() as conn, conn.cursor() as cursor:
        await cursor.execute(work.SLOW, (n,))
        return await cursor.fetchall()


async def concurrent():
    await asyncio.gather(*(one(n) for n in range(work.CONCURRENT)))


def run(coroutine):
    return lambda: loop.run_until_complete(coroutine())


serve(
    {
        "first": run(first),
        "scan": run(scan),
        "columns": run(columns),
        "point": run(points),
        "insert": run(inserts),
        "concurrent": run(concurrent),
    }
)
