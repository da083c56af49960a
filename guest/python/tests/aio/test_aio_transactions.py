"""Transactions, savepoints and two-phase transactions of `wasmysql.aio`."""

import asyncio

from wasmysql import aio, errors
from wasmysql.testing import fixture, parametrize, raises


@fixture
async def names(engine, table):
    """Inserts names, and returns them all."""
    await engine.execute(f"CREATE TABLE {table} (name VARCHAR(20) PRIMARY KEY) ENGINE = InnoDB")

    class Names:
        async def add(self, conn, name):
            await conn.execute(f"INSERT INTO {table} VALUES (%s)", (name,))

        async def all(self):
            return (await engine.execute(f"SELECT name FROM {table} ORDER BY name")).scalars()

    return Names()


async def test_block_commits(conn, names):
    async with conn.begin() as transaction:
        assert conn.transaction_state == "open"
        assert transaction.is_active
        await names.add(conn, "a")
        assert await names.all() == []
    assert not transaction.is_active
    assert conn.transaction_state == "none"
    assert await names.all() == ["a"]


async def test_exception_rolls_back(conn, names):
    with raises(ValueError):
        async with conn.begin():
            await names.add(conn, "a")
            raise ValueError("no")
    assert await names.all() == []
    assert not conn.in_transaction


async def test_transaction_without_block(conn, names):
    transaction = await conn.begin()
    await names.add(conn, "a")
    await transaction.rollback()
    transaction = await conn.begin()
    await names.add(conn, "b")
    await transaction.commit()
    assert await names.all() == ["b"]
    with raises(errors.InvalidRequestError, match="inactive"):
        await transaction.commit()
    await transaction.rollback()


async def test_block_that_was_ended_does_nothing(conn, names):
    async with conn.begin() as transaction:
        await names.add(conn, "a")
        await transaction.rollback()
    assert await names.all() == []


async def test_dropped_transaction_is_rolled_back(engine, names):
    async with engine.acquire() as conn:
        transaction = await conn.begin()
        await names.add(conn, "a")
    assert await names.all() == []
    assert not transaction.is_active


async def test_savepoint_rolls_back_separately(conn, names):
    async with conn.begin():
        await names.add(conn, "a")
        with raises(errors.IntegrityError, code=1062, sqlstate="23000", server_class="constraint"):
            async with conn.begin_nested():
                await names.add(conn, "b")
                await names.add(conn, "a")
        async with conn.begin_nested():
            await names.add(conn, "c")
    assert await names.all() == ["a", "c"]


async def test_inner_rollback_ends_the_transaction(conn, names):
    with raises(errors.InternalError, kind="transaction-aborted", reason="inner-rollback"):
        async with conn.begin():
            inner = await conn.begin()
            await names.add(conn, "a")
            await inner.rollback()
            await names.add(conn, "b")
    assert await names.all() == []


@parametrize("isolation", ["read-committed", "READ COMMITTED", "read_committed"])
async def test_options_of_a_transaction(engine, conn, names, isolation):
    async with conn.begin(isolation=isolation):
        assert await names.all() == []
        async with engine.acquire() as other:
            await names.add(other, "a")
        assert await names.all() == ["a"]
    with raises(errors.OperationalError, code=1792, server_class="read-only"):
        async with conn.begin(read_only=True):
            await names.add(conn, "b")
    with raises(errors.ArgumentError, match="isolation level 'weak'"):
        await conn.begin(isolation="weak")


async def test_two_phase_transaction(engine, conn, names):
    async with conn.begin_twophase("first") as transaction:
        assert transaction.xid == "first"
        await names.add(conn, "a")
        await transaction.prepare()
    assert await names.all() == ["a"]
    async with conn.begin_twophase() as transaction:
        await names.add(conn, "b")
        assert len(transaction.xid) > 8
    assert await names.all() == ["a", "b"]


async def test_prepared_transaction_outlives_its_connection(engine, conn, names):
    for xid, name in (("one", "a"), ("two", "b")):
        async with engine.acquire() as other:
            transaction = await other.begin_twophase(xid)
            await names.add(other, name)
            await transaction.prepare()
            del transaction
            # Dropping the transaction ends its connection.
            with raises(errors.Error):
                await other.execute("SELECT 1")
    # On MySQL, listing needs a privilege that the account of the private server lacks.
    can_list = engine.info.server_flavour == "mariadb"
    if can_list:
        assert sorted(await conn.recover_twophase()) == ["one", "two"]
    await conn.commit_prepared("one")
    await conn.rollback_prepared("two")
    if can_list:
        assert await conn.recover_twophase() == []
    assert await names.all() == ["a"]


async def test_engine_commits_the_work(engine, names):
    async with engine.begin() as conn:
        await names.add(conn, "a")

    async def work(conn):
        await names.add(conn, "b")
        return "done"

    assert await engine.transaction(work) == "done"
    assert await names.all() == ["a", "b"]
    with raises(errors.ArgumentError, match="from 1 on"):
        await engine.transaction(work, attempts=0)


async def test_exception_of_the_work_rolls_back_and_is_not_repeated(engine, names):
    attempts = []

    async def work(conn):
        attempts.append(conn)
        await names.add(conn, "a")
        raise ValueError("no")

    with raises(ValueError):
        await engine.transaction(work)
    assert len(attempts) == 1
    assert await names.all() == []


async def test_deadlock_is_retried(engine, names, table):
    await engine.execute_many(f"INSERT INTO {table} VALUES (?)", [("a",), ("b",)])
    both = asyncio.Barrier(2)
    lock = f"SELECT name FROM {table} WHERE name = %s FOR UPDATE"
    runs = 0

    async def swap(first, second):
        met = False

        async def work(conn):
            nonlocal met, runs
            runs += 1
            await conn.execute(lock, (first,))
            if not met:
                met = True
                await both.wait()
            await conn.execute(lock, (second,))

        await engine.transaction(work)

    await asyncio.gather(swap("a", "b"), swap("b", "a"))
    assert runs == 3


async def test_failed_rollback_does_not_replace_the_exception(conn, names, table):
    with raises(ValueError) as caught:
        async with conn.begin():
            await names.add(conn, "a")
            # The statement commits the transaction implicitly.
            await conn.execute(f"CREATE OR REPLACE VIEW v AS SELECT * FROM {table}")
            raise ValueError("no")
    (note,) = caught.value.__notes__
    assert note.startswith("the rollback failed: ")
    assert "implicit" in note or "committed" in note
    await conn.execute("DROP VIEW v")
    assert await names.all() == ["a"]


async def test_terminated_engine_rolls_back(names):
    engine = await aio.connect("main")
    with raises(ValueError):
        async with engine.acquire() as conn, conn.begin(), conn.begin_nested():
            await names.add(conn, "a")
            engine.terminate()
            raise ValueError("no")
    assert await names.all() == []
