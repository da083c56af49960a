"""asyncio in the sandbox: timers, cancellation, and programs that can't continue."""

import asyncio
import time

from wasmysql.testing import raises


async def test_sleeps_run_at_the_same_time():
    begin = time.monotonic()
    await asyncio.gather(*(asyncio.sleep(0.1) for _ in range(20)))
    assert time.monotonic() - begin < 1


async def test_timeout_ends_a_sleep():
    begin = time.monotonic()
    with raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await asyncio.sleep(10)
    assert time.monotonic() - begin < 5


async def test_timers_fire_in_their_order():
    fired = []
    loop = asyncio.get_running_loop()
    for delay in (0.03, 0.01, 0.02):
        loop.call_later(delay, fired.append, delay)
    cancelled = loop.call_later(0.005, fired.append, "cancelled")
    cancelled.cancel()
    await asyncio.sleep(0.05)
    assert fired == [0.01, 0.02, 0.03]


async def test_very_short_sleeps():
    """The host can answer at once that the time has passed."""
    for _ in range(1000):
        await asyncio.gather(*(asyncio.sleep(0.0001 * n) for n in range(5)))


async def test_short_timer_after_a_long_one(engine):
    long = asyncio.create_task(asyncio.sleep(30))
    # The loop waits with the long timer.
    await engine.execute("DO SLEEP(0.05)")
    begin = time.monotonic()
    await asyncio.sleep(0.05)
    assert time.monotonic() - begin < 5
    long.cancel()


async def test_call_in_flight_does_not_stop_timers(engine):
    fired = []
    asyncio.get_running_loop().call_later(0.05, fired.append, 1)
    for _ in range(1000):
        await engine.execute("DO 1")
        if fired:
            break
        await asyncio.sleep(0.001)
    await engine.execute("DO SLEEP(0.1)")
    assert fired == [1]


async def test_cancelled_timers_are_removed(engine):
    async with engine.acquire() as conn:
        for _ in range(1000):
            async with asyncio.timeout(3600):
                await conn.execute("DO 1")
    assert len(asyncio.get_running_loop()._scheduled) <= 202


async def test_to_thread_calls_the_function():
    assert await asyncio.to_thread(sum, [1, 2, 3]) == 6


async def test_task_group_cancels_the_others_after_an_error():
    ended = []

    async def wait():
        try:
            await asyncio.sleep(10)
        except asyncio.CancelledError:
            ended.append("cancelled")
            raise

    async def fail():
        raise ValueError("no")

    with raises(ExceptionGroup):
        async with asyncio.TaskGroup() as group:
            group.create_task(wait())
            group.create_task(fail())
    assert ended == ["cancelled"]


def test_run_can_be_called_again():
    async def double(value):
        await asyncio.sleep(0)
        return 2 * value

    assert [asyncio.run(double(value)) for value in range(3)] == [0, 2, 4]


def test_deadlock_is_an_error():
    with raises(RuntimeError, match="nothing can wake a task"):
        asyncio.run(asyncio.Event().wait())
