"""Root and inner transactions: reference a.6."""

from sa_tables import count, create, execute_or_skip, people
from sqlalchemy import Column, Integer, MetaData, Table

from wasmysql import errors, sa
from wasmysql.sa.transaction import RootTransaction, Transaction
from wasmysql.testing import parametrize, raises

INACTIVE = "This transaction is inactive"


async def insert(conn):
    await conn.execute(people.insert().values(name="new"))


async def test_commit_makes_changes_permanent(conn, other):
    tr = await conn.begin()
    assert isinstance(tr, RootTransaction)
    assert tr.is_active and conn.in_transaction and tr.connection is conn
    await insert(conn)
    assert await count(other) == 1
    await tr.commit()
    assert not tr.is_active and not conn.in_transaction
    assert await count(other) == 2


async def test_rollback_close_and_connection_close_undo(engine, conn):
    for name in ("rollback", "close"):
        tr = await conn.begin()
        await insert(conn)
        await getattr(tr, name)()
        assert not tr.is_active and not conn.in_transaction
        assert await count(conn) == 1
    mine = await engine.acquire()
    tr = await mine.begin()
    await insert(mine)
    await mine.close()
    assert not tr.is_active
    assert await count(conn) == 1


async def test_block_commits_or_rolls_back(conn):
    async with conn.begin() as tr:
        await insert(conn)
    assert not tr.is_active
    with raises(ZeroDivisionError):
        async with conn.begin():
            await insert(conn)
            raise ZeroDivisionError
    async with await conn.begin():
        await insert(conn)
    assert await count(conn) == 3


async def test_block_does_nothing_after_an_explicit_end(conn):
    async with conn.begin() as tr:
        await insert(conn)
        await tr.rollback()
    async with conn.begin() as tr:
        await insert(conn)
        await tr.commit()
    assert await count(conn) == 2


async def test_second_commit_of_the_root_fails(conn):
    tr = await conn.begin()
    await tr.commit()
    with raises(sa.InvalidRequestError, match=INACTIVE):
        await tr.commit()
    tr = await conn.begin()
    await tr.rollback()
    with raises(sa.InvalidRequestError, match=INACTIVE):
        await tr.commit()


async def test_second_rollback_and_close_do_nothing(conn):
    tr = await conn.begin()
    await tr.rollback()
    await tr.rollback()
    await tr.close()
    await insert(conn)
    await tr.close()
    assert await count(conn) == 2


async def test_current_transaction_follows_the_sequence(conn):
    for name in ("commit", "rollback", "commit"):
        assert conn._transaction is None
        tr = await conn.begin()
        assert conn._transaction is tr
        await insert(conn)
        await getattr(tr, name)()
    assert conn._transaction is None
    assert await count(conn) == 3


async def test_inner_commit_ends_only_the_inner_transaction(conn, other):
    outer = await conn.begin()
    inner = await conn.begin()
    assert type(inner) is Transaction and inner.is_active
    await insert(conn)
    await inner.commit()
    assert not inner.is_active and outer.is_active
    await inner.commit()
    assert await count(other) == 1
    await outer.commit()
    assert await count(other) == 2
    with raises(sa.InvalidRequestError, match=INACTIVE):
        await inner.commit()


async def test_inner_close_leaves_the_outer_active(conn):
    outer = await conn.begin()
    inner = await conn.begin()
    await insert(conn)
    await inner.close()
    assert not inner.is_active and outer.is_active
    await outer.commit()
    assert await count(conn) == 2


async def test_inner_rollback_ends_the_whole_transaction(conn):
    outer = await conn.begin()
    sibling = await conn.begin()
    inner = await conn.begin()
    await insert(conn)
    await inner.rollback()
    assert not (inner.is_active or sibling.is_active or outer.is_active or conn.in_transaction)
    for tr in (sibling, outer):
        with raises(sa.InvalidRequestError, match=INACTIVE, reason="inner-rollback"):
            await tr.commit()
    await sibling.rollback()
    await outer.rollback()
    assert await count(conn) == 1
    async with conn.begin():
        await insert(conn)
    assert await count(conn) == 2


async def test_statements_after_an_inner_rollback_fail(conn):
    outer = await conn.begin()
    inner = await conn.begin()
    await inner.rollback()
    with raises(errors.InternalError, kind="transaction-aborted", reason="inner-rollback"):
        await insert(conn)
    await outer.rollback()
    await insert(conn)
    assert await count(conn) == 2


async def test_outer_block_reports_an_ignored_inner_rollback(conn):
    with raises(sa.InvalidRequestError, match=INACTIVE, reason="inner-rollback"):
        async with conn.begin():
            await insert(conn)
            try:
                async with conn.begin():
                    raise ZeroDivisionError
            except ZeroDivisionError:
                pass
    assert not conn.in_transaction
    assert await count(conn) == 1


async def test_ddl_ends_the_transaction(conn, other):
    table = Table("ddl_in_transaction", MetaData(), Column("id", Integer))
    tr = await conn.begin()
    await insert(conn)
    await create(other, table)
    await conn.execute(f"DROP TABLE {table.name}")
    assert await count(other) == 2
    assert not tr.is_active
    with raises(errors.InternalError, reason="implicit-commit"):
        await insert(conn)
    with raises(sa.InvalidRequestError, match=INACTIVE, reason="implicit-commit"):
        await tr.commit()
    await insert(conn)
    assert await count(other) == 3


async def test_failed_begin_leaves_no_transaction(conn):
    with raises(sa.ArgumentError):
        await conn.begin(isolation="none")
    assert not conn.in_transaction
    async with conn.begin():
        await insert(conn)
    assert await count(conn) == 2


async def test_options_of_a_transaction(conn):
    async with conn.begin(isolation="SERIALIZABLE", read_only=True):
        assert await count(conn) == 1
        with raises(errors.OperationalError, code=1792):
            await insert(conn)


async def test_statement_error_leaves_the_transaction_open(conn):
    async with conn.begin() as tr:
        await insert(conn)
        with raises(errors.IntegrityError, code=1062):
            await conn.execute(people.insert().values(id=1))
        assert tr.is_active
    assert await count(conn) == 2


async def test_select_opens_no_transaction(conn, other):
    assert await count(conn) == 1
    await insert(other)
    assert await count(conn) == 2
    assert not conn.in_transaction


@parametrize("end", ["commit", "begin_nested", "rollback"])
async def test_lost_connection_ends_the_transaction(end, engine, conn, other):
    mine = await engine.acquire()
    tr = await mine.begin()
    await insert(mine)
    await execute_or_skip(other, f"KILL {await mine.scalar('SELECT CONNECTION_ID()')}")
    failure = None
    try:
        await getattr(mine if end == "begin_nested" else tr, end)()
    except errors.Error as error:
        failure = error
    # A rollback may succeed, because the server has rolled back.
    assert failure is not None or end == "rollback"
    assert not tr.is_active and not mine.in_transaction
    await engine.release(mine)
    assert await count(conn) == 1


async def test_begin_on_a_lost_connection_leaves_no_transaction(engine, conn, other):
    mine = await engine.acquire()
    await execute_or_skip(other, f"KILL {await mine.scalar('SELECT CONNECTION_ID()')}")
    with raises(errors.Error):
        await mine.begin()
    assert not mine.in_transaction
    await engine.release(mine)
