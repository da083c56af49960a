"""Nested transactions: reference a.6."""

from sa_tables import count, names, people

from wasmysql import errors, sa
from wasmysql.sa.transaction import NestedTransaction, RootTransaction
from wasmysql.testing import raises

INACTIVE = "This transaction is inactive"


async def insert(conn, name="new"):
    await conn.execute(people.insert().values(name=name))


async def test_first_begin_nested_is_the_root(conn, other):
    root = await conn.begin_nested()
    savepoint = await conn.begin_nested()
    assert type(root) is RootTransaction and type(savepoint) is NestedTransaction
    await insert(conn)
    await savepoint.commit()
    assert not savepoint.is_active and root.is_active and conn._transaction is root
    assert await count(other) == 1
    await root.commit()
    assert await count(other) == 2


async def test_rollback_undoes_to_the_savepoint(conn):
    async with conn.begin() as root:
        await insert(conn, "kept")
        savepoint = await conn.begin_nested()
        await insert(conn, "undone")
        await savepoint.rollback()
        assert not savepoint.is_active and root.is_active
    assert await names(conn) == ["first", "kept"]


async def test_second_commit_and_rollback_do_nothing(conn):
    async with conn.begin() as root:
        savepoint = await conn.begin_nested()
        await insert(conn)
        await savepoint.commit()
        await savepoint.commit()
        await savepoint.rollback()
        assert root.is_active
        savepoint = await conn.begin_nested()
        await insert(conn)
        await savepoint.rollback()
        await savepoint.rollback()
        await savepoint.commit()
    assert await count(conn) == 2


async def test_blocks(conn):
    async with conn.begin():
        async with conn.begin_nested():
            await insert(conn, "a")
        with raises(errors.IntegrityError, code=1062):
            async with conn.begin_nested():
                await insert(conn, "b")
                await conn.execute(people.insert().values(id=1))
        async with await conn.begin_nested() as savepoint:
            await insert(conn, "c")
            await savepoint.rollback()
        await insert(conn, "d")
    assert await names(conn) == ["first", "a", "d"]


async def test_close_keeps_the_changes_and_restores_the_current(conn):
    async with conn.begin() as root:
        savepoint = await conn.begin_nested()
        await insert(conn)
        await savepoint.close()
        assert not savepoint.is_active
        assert conn._transaction is root and conn.in_transaction
    assert await count(conn) == 2


async def test_root_ends_with_open_savepoints(conn):
    for name, expected in (("commit", 2), ("rollback", 2)):
        root = await conn.begin()
        savepoint = await conn.begin_nested()
        await insert(conn)
        await getattr(root, name)()
        assert not savepoint.is_active and conn._transaction is None
        with raises(sa.InvalidRequestError, match=INACTIVE):
            await savepoint.commit()
        await savepoint.rollback()
        assert await count(conn) == expected


async def test_outer_savepoint_ends_first(conn):
    async with conn.begin() as root:
        outer = await conn.begin_nested()
        inner = await conn.begin_nested()
        await insert(conn)
        await outer.rollback()
        assert conn._transaction is root
        assert not inner.is_active
        with raises(sa.InvalidRequestError, match=INACTIVE):
            await inner.commit()
        await inner.rollback()
        await insert(conn)
    assert await count(conn) == 2


async def test_inner_rollback_undoes_only_the_enclosing_savepoint(conn):
    async with conn.begin() as root:
        await insert(conn, "kept")
        savepoint = await conn.begin_nested()
        inner = await conn.begin()
        await insert(conn, "undone")
        await inner.rollback()
        assert not savepoint.is_active and not conn.in_transaction
        await savepoint.rollback()
        assert root.is_active and conn.in_transaction
    assert await names(conn) == ["first", "kept"]


async def test_connection_close_rolls_back_the_root(engine, conn):
    mine = await engine.acquire()
    await mine.begin()
    await insert(mine)
    await mine.begin_nested()
    await insert(mine)
    await mine.close()
    assert await count(conn) == 1


async def test_release_with_an_open_savepoint_fails(engine, conn):
    mine = await engine.acquire()
    await mine.begin()
    await insert(mine)
    await mine.begin_nested()
    with raises(sa.InvalidRequestError, match="not finished transaction"):
        await engine.release(mine)
    assert await count(conn) == 1
