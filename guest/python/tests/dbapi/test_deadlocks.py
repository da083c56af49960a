"""Deadlocks between a blocking transaction and one of `wasmysql.aio`, whose call is in flight.

A blocking call stops the calls in flight too, except for what the server does. So a test waits a
moment, until the statement has reached the server.
"""

import asyncio
from contextlib import asynccontextmanager

from wasmysql import aio, dbapi
from wasmysql.testing import fixture, raises


@fixture
def rows(other, table):
    """The name of a table with the rows 1 to 50."""
    other.executemany(f"INSERT INTO {table} VALUES (?, 'old')", [(id,) for id in range(1, 51)])
    return table


@asynccontextmanager
async def winner(rows):
    """A transaction that has changed all rows but the first, and waits for the first. The server
    ends the other one, because it has changed fewer rows."""
    async with aio.connect("main") as engine, engine.acquire() as conn:
        transaction = await conn.begin()
        await conn.execute(f"UPDATE {rows} SET name = 'won' WHERE id > 1")
        change = conn.execute(f"UPDATE {rows} SET name = 'won' WHERE id = 1")
        task = asyncio.create_task(change)
        # No statement of a grant of `ddl` shows that the server waits for a lock.
        await asyncio.sleep(0.1)
        yield
        assert (await task).rows_affected == 1
        await transaction.commit()


async def test_deadlock_needs_a_rollback(db, cursor, rows):
    cursor.execute(f"UPDATE {rows} SET name = 'lost' WHERE id = 1")
    async with winner(rows):
        with raises(dbapi.OperationalError, code=1213, retry="new-transaction") as raised:
            cursor.execute(f"UPDATE {rows} SET name = 'lost' WHERE id = 2")
        assert raised.value.transaction_state == "rolled-back"
        with raises(dbapi.InternalError, kind="transaction-aborted", reason="deadlock"):
            cursor.execute("SELECT 1")
        db.rollback()
        cursor.execute("SELECT 1")
        assert cursor.fetchall() == [(1,)]


async def test_commit_after_a_deadlock_fails_and_ends_the_transaction(db, cursor, rows):
    cursor.execute(f"UPDATE {rows} SET name = 'lost' WHERE id = 1")
    async with winner(rows):
        with raises(dbapi.OperationalError, code=1213):
            cursor.execute(f"UPDATE {rows} SET name = 'lost' WHERE id = 2")
        with raises(dbapi.InternalError, kind="transaction-aborted", reason="deadlock"):
            db.commit()
    cursor.execute(f"SELECT COUNT(*) FROM {rows} WHERE name = 'won'")
    assert cursor.fetchone() == (50,)


async def test_sqlalchemy_keeps_the_connection_after_a_deadlock(rows):
    from sqlalchemy import create_engine, exc, text

    engine = create_engine("mysql+wasmysql://main")
    with engine.connect() as connection:
        transaction = connection.begin()
        connection.execute(text(f"UPDATE {rows} SET name = 'lost' WHERE id = 1"))
        async with winner(rows):
            with raises(exc.OperationalError) as raised:
                connection.execute(text(f"UPDATE {rows} SET name = 'lost' WHERE id = 2"))
            assert raised.value.orig.code == 1213 and not raised.value.connection_invalidated
            transaction.rollback()
        found = connection.execute(text(f"SELECT COUNT(*) FROM {rows} WHERE name = 'won'"))
        assert found.scalar() == 50
    engine.dispose()
