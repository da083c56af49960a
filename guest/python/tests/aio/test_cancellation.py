"""Cancelled tasks: their calls end at once, and the program goes on."""

import asyncio
import random
import time

from wasmysql import aio, errors
from wasmysql.testing import fixture, raises


@fixture
async def sleep(engine, numbered):
    """A statement that sleeps for 30 s with a lock. Afterwards, the server must have stopped it."""
    yield f"UPDATE {numbered} SET n = SLEEP(30) WHERE id = 1"
    await engine.execute(f"UPDATE {numbered} SET n = 1 WHERE id = 1", timeout=10)


async def test_timeout_ends_the_statement(engine, sleep):
    async with engine.acquire() as conn:
        with raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await conn.execute(sleep)
        assert conn.is_closed
        with raises(errors.ResourceClosedError):
            await conn.execute("SELECT 1")


async def test_wait_for_inside_a_transaction_rolls_it_back(engine, table):
    await engine.execute(f"CREATE TABLE {table} (id INT) ENGINE = InnoDB")
    with raises(TimeoutError):
        async with engine.acquire() as conn, conn.begin():
            await conn.execute(f"INSERT INTO {table} VALUES (1)")
            await asyncio.wait_for(conn.execute("SELECT SLEEP(30)"), 0.1)
    assert (await engine.execute(f"SELECT COUNT(*) FROM {table}")).scalar() == 0


async def test_cancelled_error_is_not_replaced(engine, sleep):
    async def work():
        async with engine.acquire() as conn, conn.begin(), conn.begin_nested():
            await conn.execute(sleep)

    task = asyncio.create_task(work())
    await asyncio.sleep(0.1)
    task.cancel()
    with raises(asyncio.CancelledError):
        await task


async def test_connections_of_cancelled_tasks_are_released(engine):
    async with aio.connect("main", max_connections=2) as small:

        async def work():
            async with small.acquire() as conn:
                await conn.execute("SELECT SLEEP(30)")

        for _ in range(5):
            tasks = [asyncio.create_task(work()) for _ in range(4)]
            await asyncio.sleep(0.05)
            for task in tasks:
                task.cancel()
            results = await asyncio.gather(*tasks, return_exceptions=True)
            assert [type(result) for result in results] == [asyncio.CancelledError] * 4
        async with small.acquire() as first, small.acquire() as second:
            assert (await first.execute("SELECT 1")).scalar() == 1
            assert (await second.execute("SELECT 2")).scalar() == 2


async def test_cancelled_acquire_leaves_nothing(engine):
    async with aio.connect("main", max_connections=1) as small:
        async with small.acquire():
            with raises(TimeoutError):
                async with asyncio.timeout(0.05):
                    await small.acquire()
        async with small.acquire() as conn:
            await conn.ping()


async def test_cancelled_stream_closes_its_connection(engine, numbered):
    sql = f"SELECT REPEAT('x', 50000), SLEEP(30 * (id > 20)) FROM {numbered}"
    async with engine.acquire() as conn:
        stream = await conn.stream(sql, batch_rows=2)
        with raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await stream.all()
        assert conn.is_closed


async def test_result_that_arrives_with_the_cancellation_is_dropped(engine):
    """The call has returned, but its task has not run yet when it is cancelled."""
    async with aio.connect("main", max_connections=1) as small:
        for pause in range(40):
            task = asyncio.ensure_future(asyncio.create_task(open(small)))
            for _ in range(pause):
                await asyncio.sleep(0)
            task.cancel()
            try:
                await (await task).close()
            except asyncio.CancelledError:
                pass
        async with small.acquire() as conn:
            await conn.ping()


async def open(engine):
    return await engine.acquire()


async def test_task_group_ends_its_calls(engine, sleep):
    async def fail():
        await asyncio.sleep(0.1)
        raise ValueError("no")

    with raises(ExceptionGroup):
        async with asyncio.TaskGroup() as group:
            for _ in range(3):
                group.create_task(engine.execute(sleep))
            group.create_task(fail())


def test_run_cancels_the_remaining_tasks():
    tasks = []

    async def main():
        engine = await aio.connect("main")
        tasks.append(asyncio.create_task(engine.execute("SELECT SLEEP(30)")))
        await asyncio.sleep(0.05)

    asyncio.run(main())
    assert tasks[0].cancelled()


def test_closed_loop_ends_calls_in_flight():
    async def main():
        engine = await aio.connect("main")
        task = asyncio.create_task(engine.execute("SELECT SLEEP(30)"))
        task._log_destroy_pending = False
        await asyncio.sleep(0.05)

    loop = asyncio.new_event_loop()
    loop.run_until_complete(main())
    loop.close()


async def test_close_during_a_call_is_busy(engine):
    async with engine.acquire() as conn:
        task = asyncio.create_task(conn.execute("SELECT SLEEP(0.3)"))
        await asyncio.sleep(0.05)
        with raises(errors.InterfaceError, kind="busy"):
            await conn.close()
        assert (await task).scalar() == 0


async def test_timeout_of_a_statement(conn):
    with raises(errors.OperationalError, kind="timeout", step="execute", code=2013):
        await conn.execute("SELECT SLEEP(30)", timeout=0.1)


async def test_calls_run_at_the_same_time(engine):
    begin = time.monotonic()
    await asyncio.gather(*(engine.execute("SELECT SLEEP(0.3)") for _ in range(4)))
    assert time.monotonic() - begin < 1.0


async def test_busy_task_does_not_stop_calls(engine):
    async def spin():
        while True:
            await asyncio.sleep(0)

    spinning = asyncio.create_task(spin())
    async with asyncio.timeout(10):
        assert (await engine.execute("SELECT 5")).scalar() == 5
    spinning.cancel()


async def test_storm_of_cancellations(engine, numbered):
    """Tasks are cancelled at random steps of transactions and streams. Nothing stays behind."""
    seed = random.randrange(2**32)
    print(f"(seed {seed}) ", end="")
    dice = random.Random(seed)

    async def work(engine, row):
        async with engine.acquire() as conn:
            async with conn.begin():
                await conn.execute(f"UPDATE {numbered} SET n = n + 1 WHERE id = %s", (row,))
                async with conn.begin_nested():
                    await conn.execute("SELECT SLEEP(0.002)")
            async with conn.stream(f"SELECT id FROM {numbered} LIMIT 200", batch_rows=50) as rows:
                assert len([row async for row in rows]) == 200
            result = await conn.execute_many(f"REPLACE {numbered} VALUES (%s, %s)", [(row, 1)])
            assert result.rows_affected >= 1

    async with aio.connect("main", max_connections=4) as small:
        for _ in range(15):
            tasks = [asyncio.create_task(work(small, dice.randrange(20))) for _ in range(8)]
            for task in dice.sample(tasks, 6):
                await asyncio.sleep(dice.choice((0, 0, 0.001, 0.003)))
                task.cancel()
            for result in await asyncio.gather(*tasks, return_exceptions=True):
                # Tasks on the same rows can deadlock.
                if result is not None and getattr(result, "code", None) != 1213:
                    assert isinstance(result, asyncio.CancelledError), result
        async with asyncio.timeout(20):
            conns = [await small.acquire() for _ in range(4)]
            for conn in conns:
                await conn.close()
    assert (await engine.execute(f"SELECT COUNT(*) FROM {numbered}")).scalar() == 1000


async def test_many_cancelled_calls():
    """The host allows 256 handles at a time."""
    async with aio.connect("main", max_connections=1) as small:
        async with small.acquire():
            for _ in range(2000):
                task = asyncio.create_task(small.acquire().__aenter__())
                await asyncio.sleep(0)
                task.cancel()
                with raises(asyncio.CancelledError):
                    await task
        async with small.acquire() as last:
            await last.ping()
