"""Two-phase transactions: reference a.6."""

import asyncio
import gc

from sa_tables import count, people

from wasmysql import errors, sa
from wasmysql.sa.transaction import TwoPhaseTransaction
from wasmysql.testing import parametrize, raises

INACTIVE = "This transaction is inactive"


async def insert(conn):
    await conn.execute(people.insert().values(name="new"))


async def test_prepared_transaction_commits(conn, other):
    tr = await conn.begin_twophase("sa_twophase")
    assert isinstance(tr, TwoPhaseTransaction) and tr.xid == "sa_twophase"
    await insert(conn)
    await tr.prepare()
    assert tr.is_active and conn.in_transaction
    assert await count(other) == 1
    await tr.commit()
    assert not tr.is_active and not conn.in_transaction
    assert await count(conn) == 2


async def test_unprepared_transaction_commits_in_one_phase(conn):
    async with conn.begin_twophase() as tr:
        assert len(tr.xid) >= 16
        await insert(conn)
    assert await count(conn) == 2


@parametrize("prepared", [False, True])
async def test_rollback(prepared, conn):
    tr = await conn.begin_twophase()
    await insert(conn)
    if prepared:
        await tr.prepare()
    await tr.rollback()
    assert not tr.is_active
    assert await count(conn) == 1


async def test_connection_works_after_a_two_phase_transaction(conn):
    for _ in range(2):
        async with conn.begin_twophase() as tr:
            await insert(conn)
            await tr.prepare()
    async with conn.begin():
        await insert(conn)
    assert await count(conn) == 4


async def test_begin_twophase_inside_a_transaction_fails(conn):
    message = "Cannot start a two phase transaction when a transaction is already in progress."
    for begin in (conn.begin, conn.begin_nested, conn.begin_twophase):
        tr = await begin()
        with raises(sa.InvalidRequestError, match=message):
            await conn.begin_twophase()
        assert tr.is_active
        await tr.rollback()


async def test_select_before_begin_twophase(conn):
    assert await count(conn) == 1
    async with conn.begin_twophase():
        await insert(conn)
    assert await count(conn) == 2


async def test_prepare_twice_or_after_the_end_fails(conn):
    tr = await conn.begin_twophase()
    await tr.prepare()
    with raises(sa.InvalidRequestError):
        await tr.prepare()
    await tr.rollback()
    for call in (tr.prepare, tr.commit):
        with raises(sa.InvalidRequestError, match=INACTIVE):
            await call()


async def test_statements_after_prepare_fail(conn):
    tr = await conn.begin_twophase()
    await tr.prepare()
    with raises(errors.InvalidRequestError):
        await insert(conn)
    await tr.rollback()


async def _prepared(conn, otherwise):
    """Returns the names of the prepared transactions; `otherwise` if the account may not list
    them, as on MySQL without the privilege XA_RECOVER_ADMIN."""
    try:
        return await conn.recover_twophase()
    except errors.OperationalError as error:
        if error.code != 1401:
            raise
        return otherwise


async def _when_free(decide):
    """Repeats the call while a server such as MariaDB still closes the connection that prepared."""
    async with asyncio.timeout(10):
        while True:
            try:
                return await decide()
            except errors.OperationalError as error:
                if error.code != 1397:
                    raise
            await asyncio.sleep(0.01)


@parametrize("name,expected", [("commit_prepared", 2), ("rollback_prepared", 1)])
async def test_recovery_on_another_connection(name, expected, engine, conn, other):
    mine = await engine.acquire()
    tr = await mine.begin_twophase("it's quoted")
    await insert(mine)
    await tr.prepare()
    assert "it's quoted" in await _prepared(other, ["it's quoted"])
    del tr
    # A lost connection leaves the transaction prepared. `close` would roll it back.
    raw = mine._release()
    del mine, raw
    gc.collect()
    await _when_free(lambda: getattr(other, name)("it's quoted"))
    assert await _prepared(other, []) == []
    assert await count(conn) == expected


@parametrize("name,expected", [("commit_prepared", 2), ("rollback_prepared", 1)])
@parametrize("is_prepared", [False, True])
async def test_own_transaction_by_name(name, expected, is_prepared, conn):
    tr = await conn.begin_twophase("mine")
    await insert(conn)
    if is_prepared:
        await tr.prepare()
    await getattr(conn, name)("mine", is_prepared=is_prepared)
    assert not tr.is_active and not conn.in_transaction
    assert await count(conn) == expected


async def test_unknown_names(conn):
    for call in (conn.commit_prepared, conn.rollback_prepared):
        with raises(errors.OperationalError, code=1397):
            await call("unknown")
        with raises(sa.InvalidRequestError, match="no two-phase transaction 'unknown'"):
            await call("unknown", is_prepared=False)


async def test_connection_close_rolls_back_a_prepared_transaction(engine, conn, other):
    mine = await engine.acquire()
    tr = await mine.begin_twophase("closed")
    await insert(mine)
    await tr.prepare()
    await mine.close()
    assert "closed" not in await _prepared(other, [])
    assert await count(conn) == 1
