"""SQLAlchemy 1.4 to 2.1 with `mysql+wasmysql_async://main`."""

import asyncio

from models import Author, Book, items, recreate
from sqlalchemy import exc, select, text
from wasmysql.testing import fixture, raises, skip

try:
    from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
except ImportError:
    skip("SQLAlchemy 1.3 has no asyncio extension")

URL = "mysql+wasmysql_async://main"


@fixture
async def engine():
    engine = create_async_engine(URL)
    async with engine.begin() as connection:
        await connection.run_sync(recreate)
    yield engine
    await engine.dispose()


async def names(engine):
    async with engine.connect() as connection:
        result = await connection.execute(items.select().order_by(items.c.id))
        return [row[1] for row in result]


async def test_transactions_commit_and_roll_back(engine):
    async with engine.begin() as connection:
        await connection.execute(items.insert(), [{"name": "a"}, {"name": "b"}])
    with raises(ZeroDivisionError):
        async with engine.begin() as connection:
            await connection.execute(items.insert().values(name="c"))
            1 / 0  # noqa: B018
    async with engine.connect() as connection:
        async with connection.begin_nested():
            await connection.execute(items.insert().values(name="d"))
        await connection.rollback()
    assert await names(engine) == ["a", "b"]


async def test_errors_keep_their_details(engine):
    async with engine.connect() as connection:
        with raises(exc.ProgrammingError) as raised:
            await connection.execute(text("SELECT FROM"))
    assert raised.value.orig.code == 1064


async def test_streams_read_rows_while_they_are_fetched(engine):
    async with engine.connect() as connection:
        result = await connection.stream(text("SELECT seq FROM seq_1_to_50000"))
        assert [row[0] async for row in result] == list(range(1, 50_001))
        result = await connection.stream(text("SELECT seq FROM seq_1_to_50000"))
        assert len(await result.fetchmany(10)) == 10
        await result.close()
        assert (await connection.execute(text("SELECT 1"))).scalar() == 1


async def test_sessions_save_and_load_objects(engine):
    async with AsyncSession(engine, expire_on_commit=False) as session:
        author = Author(name="Ada", books=[Book(title="a")])
        session.add(author)
        await session.commit()
        author.name = "Ada L."
        await session.flush()
        loaded = await session.run_sync(lambda session: session.query(Book).one().author.name)
        assert loaded == "Ada L."
        await session.rollback()
    async with AsyncSession(engine) as session:
        assert (await session.execute(select(Author.name))).scalar() == "Ada"


async def test_lazy_loading_outside_of_a_greenlet_is_an_error(engine):
    async with AsyncSession(engine) as session:
        session.add(Author(name="Ada"))
        await session.commit()
        author = (await session.execute(select(Author))).scalar()
    async with AsyncSession(engine) as session:
        merged = await session.merge(author)
        await session.commit()
        await session.refresh(merged)
        assert merged.name == "Ada"


async def test_tasks_wait_for_connections_of_the_pool(engine):
    async def work(number):
        async with engine.connect() as connection:
            await asyncio.sleep(0.01)
            return (await connection.execute(text(f"SELECT {number}"))).scalar()

    assert await asyncio.gather(*map(work, range(20))) == list(range(20))


async def test_wait_for_a_connection_ends():
    engine = create_async_engine(URL, pool_size=1, pool_timeout=0.2)
    async with engine.connect():
        with raises(exc.TimeoutError, match="timeout 0.20"):
            await engine.connect()
    async with engine.connect() as connection:
        assert (await connection.execute(text("SELECT 1"))).scalar() == 1
    await engine.dispose()


async def test_too_many_waiting_tasks_are_an_error():
    engine = create_async_engine(URL, pool_size=1)

    async def work():
        async with engine.connect():
            await asyncio.sleep(0.01)

    results = await asyncio.gather(*(work() for _ in range(100)), return_exceptions=True)
    failed = [result for result in results if result is not None]
    assert failed and all(isinstance(error, exc.TimeoutError) for error in failed)
    assert "asyncio.Semaphore" in str(failed[0])
    await engine.dispose()


async def test_other_tasks_run_while_code_in_a_greenlet_awaits(engine):
    from sqlalchemy.util.concurrency import await_only

    order = []

    async def tick():
        await asyncio.sleep(0.01)
        order.append("tick")

    def work(connection):
        await_only(asyncio.sleep(0.05))
        order.append("work")
        return asyncio.current_task()

    task = asyncio.create_task(tick())
    async with engine.connect() as connection:
        assert await connection.run_sync(work) is asyncio.current_task()
    await task
    assert order == ["tick", "work"]


async def test_statements_do_not_overlap(engine):
    """The documentation says so. If this fails, the dialect became better: change the page."""

    async def sleep():
        async with engine.connect() as connection:
            await connection.execute(text("SELECT SLEEP(0.1)"))

    loop = asyncio.get_running_loop()
    begin = loop.time()
    await asyncio.gather(sleep(), sleep(), sleep())
    assert loop.time() - begin >= 0.3
