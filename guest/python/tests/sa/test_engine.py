"""create_engine and Engine: reference a.1, a.2 and a.3."""

import asyncio
import logging

from sa_tables import execute_or_skip, people

from wasmysql import errors, sa
from wasmysql.sa.dialect import Dialect
from wasmysql.testing import parametrize, raises


async def test_create_engine_is_awaited_or_used_with_async_with():
    engine = await sa.create_engine("main")
    assert isinstance(engine, sa.Engine)
    engine.close()
    await engine.wait_closed()
    async with sa.create_engine("main") as engine:
        assert await _one(engine) == 1
    with raises(RuntimeError, match="Cannot acquire connection after closing pool"):
        await engine.acquire()


async def test_create_engine_closes_the_engine_after_an_exception():
    with raises(ZeroDivisionError):
        async with sa.create_engine("main") as engine:
            raise ZeroDivisionError
    with raises(sa.ResourceClosedError, kind="pool-closed"):
        await engine.acquire()


async def test_unknown_database_fails_when_the_engine_is_created():
    with raises(errors.OperationalError, kind="engine-denied"):
        await sa.create_engine("nothing")


async def test_sizes_are_checked_when_awaited():
    negative = sa.create_engine("main", minsize=-1)
    with raises(ValueError, match="minsize should be zero or greater"):
        await negative
    with raises(ValueError, match="maxsize should be not less than minsize"):
        await sa.create_engine("main", minsize=2, maxsize=1)


async def test_more_connections_than_granted_are_refused():
    with raises(sa.ArgumentError):
        await sa.create_engine("main", maxsize=100_000)


async def test_maxsize_limits_the_connections_of_the_engine():
    async with sa.create_engine("main", maxsize=1, acquire_timeout=0.2) as engine:
        assert engine.maxsize == 1
        async with engine.acquire():
            with raises(errors.Error) as caught:
                await engine.acquire()
            assert caught.value.kind in ("timeout", "limit-exceeded")
        assert await _one(engine) == 1


async def test_maxsize_0_has_no_limit_of_its_own():
    async with sa.create_engine("main", maxsize=0) as engine:
        assert engine.maxsize is None


async def test_minsize_connections_are_open_before_the_engine_is_used():
    async with sa.create_engine("main", minsize=3) as engine:
        assert engine.minsize == 3
        assert engine.size >= 3 and engine.freesize >= 1


@parametrize("name", ["host", "port", "unix_socket", "user", "password", "db", "ssl"])
def test_addresses_and_accounts_are_refused_at_the_call(name):
    with raises(sa.ArgumentError, match=f"remove {name}, and pass database='main'"):
        sa.create_engine(**{name: "x"})


@parametrize(
    "name,value",
    [
        ("autocommit", False),
        ("charset", "latin1"),
        ("init_command", "SET @a = 1"),
        ("sql_mode", ""),
    ],
)
def test_session_settings_are_refused_at_the_call(name, value):
    with raises(sa.ArgumentError, match=f"^{name} is {value!r}, but "):
        sa.create_engine(**{name: value})


async def test_options_that_change_nothing_are_accepted():
    loop = asyncio.get_running_loop()
    options = {"autocommit": True, "charset": "utf8mb4", "pool_recycle": 3600, "loop": loop}
    async with sa.create_engine("main", **options) as engine:
        assert await _one(engine) == 1


def test_cursor_classes_and_unknown_options_are_refused_at_the_call():
    with raises(sa.ArgumentError, match="does not support this cursor class"):
        sa.create_engine("main", cursorclass=dict)
    with raises(TypeError, match="unexpected keyword argument 'nothing'"):
        sa.create_engine("main", nothing=1)
    with raises(sa.ArgumentError, match="minsize and maxsize by keyword"):
        sa.create_engine(1)


async def test_name_and_driver(engine):
    assert engine.name == "mysql"
    assert engine.driver == "wasmysql"


async def test_dialect_knows_the_server(engine):
    assert engine.dialect.server_version_info >= (8,)
    async with sa.create_engine("main") as second:
        assert second.dialect is engine.dialect


async def test_own_dialect_is_used():
    dialect = Dialect()
    async with sa.create_engine("main", dialect=dialect) as engine:
        assert engine.dialect is dialect
        async with engine.acquire() as conn:
            assert (await conn.execute("SELECT 1")).dialect is dialect


async def test_acquire_is_awaited_or_used_with_async_with(engine):
    conn = await engine.acquire()
    assert isinstance(conn, sa.SAConnection)
    await engine.release(conn)
    async with engine.acquire() as conn:
        assert await conn.scalar("SELECT 1") == 1
    assert conn.closed


async def test_pending_calls_are_coroutines(engine):
    conn = await asyncio.create_task(engine.acquire())
    (result,) = await asyncio.gather(conn.execute("SELECT 1"))
    assert await result.scalar() == 1
    await engine.release(conn)


async def test_release_need_not_be_awaited():
    async with sa.create_engine("main", maxsize=1) as engine:
        for _ in range(3):
            conn = await engine.acquire()
            engine.release(conn)
        assert await _one(engine) == 1


async def test_second_release_does_nothing(engine):
    conn = await engine.acquire()
    await engine.release(conn)
    await engine.release(conn)
    async with engine.acquire() as conn:
        await conn.close()


async def test_release_of_another_engines_connection_fails(engine):
    async with sa.create_engine("main") as second, second.acquire() as conn:
        with raises(sa.InvalidRequestError, match="another engine"):
            engine.release(conn)
        assert await conn.scalar("SELECT 1") == 1


async def test_release_in_a_transaction_fails_and_frees_the_connection(conn, other):
    async with sa.create_engine("main", maxsize=1) as engine:
        mine = await engine.acquire()
        await mine.begin()
        await mine.execute(people.insert().values(name="lost"))
        with raises(sa.InvalidRequestError, match="not finished transaction"):
            engine.release(mine)
        assert mine.closed
        assert await _one(engine) == 1
    assert await other.scalar("SELECT COUNT(*) FROM people") == 1


async def test_unfinished_transaction_does_not_hide_the_exception(engine):
    with raises(ZeroDivisionError):
        async with engine.acquire() as conn:
            await conn.begin()
            raise ZeroDivisionError
    with raises(sa.InvalidRequestError, match="not finished transaction"):
        async with engine.acquire() as conn:
            await conn.begin()


async def test_released_connection_resets_its_session():
    async with sa.create_engine("main", maxsize=1) as engine:
        for _ in range(4):
            async with engine.acquire() as conn:
                await conn.execute("CREATE TEMPORARY TABLE mine (id INT)")


@parametrize("sql", ["BEGIN", "COMMIT", "SET autocommit = 0", "SAVEPOINT a", "USE mysql"])
async def test_statements_about_the_session_are_refused(sql, conn):
    with raises(errors.OperationalError, code=1142, kind="statement-denied"):
        await conn.execute(sql)
    assert await conn.scalar("SELECT 1") == 1


async def test_close_lets_acquired_connections_finish(engine):
    conn = await engine.acquire()
    engine.close()
    engine.close()
    waiting = asyncio.create_task(engine.wait_closed())
    await asyncio.sleep(0)
    assert await conn.scalar("SELECT 1") == 1
    assert not waiting.done()
    engine.release(conn)
    await waiting
    await engine.wait_closed()
    assert (engine.size, engine.freesize) == (0, 0)


async def test_wait_closed_requires_close(engine):
    with raises(RuntimeError, match=r".wait_closed\(\) should be called after .close\(\)"):
        await engine.wait_closed()


async def test_waiters_fail_when_the_engine_is_closed():
    async with sa.create_engine("main", maxsize=1) as engine:
        conn = await engine.acquire()
        waiter = asyncio.create_task(engine.acquire())
        await asyncio.sleep(0.05)
        assert not waiter.done()
        engine.close()
        with raises(RuntimeError, match="Cannot acquire connection after closing pool"):
            await waiter
        engine.release(conn)


async def test_terminate_closes_acquired_connections(engine):
    conn = await engine.acquire()
    await conn.begin()
    engine.terminate()
    await engine.wait_closed()
    assert conn.closed
    with raises(errors.Error):
        await conn.execute("SELECT 1")
    with raises(RuntimeError):
        await engine.acquire()
    await conn.close()


async def test_terminate_ends_a_running_wait_closed(engine):
    conn = await engine.acquire()
    engine.close()
    waiting = asyncio.create_task(engine.wait_closed())
    await asyncio.sleep(0)
    engine.terminate()
    await asyncio.wait_for(waiting, 5)
    assert conn.closed


async def test_with_is_refused(engine):
    with raises(RuntimeError):
        with engine:
            pass
    with raises(TypeError):
        await engine


async def test_echo_logs_statements_without_parameters():
    records = []
    handler = logging.Handler()
    handler.emit = records.append
    logger = logging.getLogger("wasmysql.sa")
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        async with sa.create_engine("main", echo=True) as engine, engine.acquire() as conn:
            await conn.execute("SELECT %s", "secret")
    finally:
        logger.removeHandler(handler)
    assert [record.getMessage() for record in records] == ["SELECT %s"]


async def test_cancelled_query_in_a_transaction_frees_the_connection():
    async with sa.create_engine("main", maxsize=1) as engine:

        async def work():
            async with engine.acquire() as conn, conn.begin():
                await conn.execute("SELECT SLEEP(20)")

        task = asyncio.create_task(work())
        await asyncio.sleep(0.1)
        task.cancel()
        with raises(asyncio.CancelledError):
            await task
        assert await _one(engine) == 1


async def test_cancelled_release_frees_the_connection():
    async with sa.create_engine("main", maxsize=1) as engine:
        conn = await engine.acquire()

        async def release():
            await engine.release(conn)

        task = asyncio.create_task(release())
        await asyncio.sleep(0)
        task.cancel()
        with raises(asyncio.CancelledError):
            await task
        assert await _one(engine) == 1


async def test_cancelled_acquire_leaves_no_connection_behind():
    async with sa.create_engine("main", maxsize=1) as engine:
        for steps in range(6):
            task = asyncio.create_task(engine.acquire())
            for _ in range(steps):
                await asyncio.sleep(0)
            task.cancel()
            await asyncio.wait([task])
            if not task.cancelled():
                engine.release(task.result())
            assert await _one(engine) == 1


async def test_cancelled_create_engine_leaves_no_connection_behind(engine):
    for steps in range(6):
        pending = asyncio.create_task(sa.create_engine("main", minsize=2))
        for _ in range(steps):
            await asyncio.sleep(0)
        pending.cancel()
        await asyncio.wait([pending])
        if not pending.cancelled():
            await pending.result().__aexit__()
    async with sa.create_engine("main", minsize=4):
        pass


async def test_killed_connection_in_a_transaction_frees_the_connection(other):
    async with sa.create_engine("main", maxsize=1) as engine:
        with raises(errors.OperationalError, kind="connection-lost"):
            async with engine.acquire() as conn, conn.begin():
                id = await conn.scalar("SELECT CONNECTION_ID()")
                await execute_or_skip(other, f"KILL {id}")
                await conn.execute("SELECT SLEEP(1)")
        assert await _one(engine) == 1


async def test_concurrent_statements_of_one_connection_are_busy(conn):
    slow = asyncio.create_task(conn.scalar("SELECT SLEEP(0.2)"))
    await asyncio.sleep(0.05)
    with raises(errors.InterfaceError, kind="busy"):
        await conn.execute("SELECT 1")
    assert await slow == 0


async def _one(engine):
    async with engine.acquire() as conn:
        return await conn.scalar("SELECT 1")
