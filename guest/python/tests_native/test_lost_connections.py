"""Transactions whose connection is lost."""

import pytest

PROGRAM = """
import asyncio
from wasmysql import aio, errors

async def lose(engine, conn):
    id = (await conn.execute("SELECT CONNECTION_ID()")).scalar()
    await engine.execute(f"KILL {id}")

class Wrapped(Exception):
    pass

async def main():
    attempts = []
    async with aio.connect("main") as engine:
        await engine.execute("DELETE FROM names")
        async def work(conn):
            attempts.append(1)
            await conn.execute("INSERT INTO names VALUES ('a')")
            if len(attempts) <= LOST:
                await lose(engine, conn)
            try:
                await conn.execute("INSERT INTO names VALUES ('b')")
            except errors.Error as error:
                raise ERROR from error
        try:
            await engine.transaction(work, attempts=2)
            print("committed", end=" ")
        except Exception as error:
            print(type(error).__name__, end=" ")
        result = await engine.execute("SELECT name FROM names ORDER BY name")
        print(len(attempts), list(result.scalars()))

asyncio.run(main())
"""


@pytest.mark.parametrize(
    ("lost", "error", "expected"),
    [
        (0, "error", "committed 1 ['a', 'b']\n"),
        (1, "error", "committed 2 ['a', 'b']\n"),
        (1, "Wrapped()", "committed 2 ['a', 'b']\n"),
        (2, "error", "OperationalError 2 []\n"),
    ],
)
def test_transaction_is_repeated_after_a_lost_connection(program, account, lost, error, expected):
    text = PROGRAM.replace("LOST", str(lost)).replace("ERROR", error)
    done = program(text, options=account)
    assert (done.stdout, done.stderr) == (expected, "")
