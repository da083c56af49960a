"""ResultProxy: reference a.5."""

from sa_tables import execute_or_skip, people

from wasmysql import aio, errors, sa
from wasmysql.sa.result import ResultProxy, create_result_proxy
from wasmysql.testing import fixture, parametrize, raises

CLOSED = "This result object is closed."
NO_ROWS = "This result object does not return rows. It has been closed automatically."
FETCHES = ("fetchone", "fetchmany", "fetchall", "first", "scalar")


@fixture
async def two(conn):
    """A connection; `people` has two rows."""
    await conn.execute(people.insert().values(name="second"))
    return conn


async def test_result_of_rows(two):
    result = await two.execute(people.select())
    assert result.keys() == ("id", "name")
    assert (result.rowcount, result.lastrowid) == (2, None)
    assert result.returns_rows and not result.closed
    assert isinstance(result.cursor, aio.Result)
    assert result.dialect is two._dialect
    assert await result.fetchall() == [(1, "first"), (2, "second")]
    assert result.closed and result.cursor is None
    assert result.returns_rows and result.keys() == ("id", "name")


async def test_result_without_rows_is_closed_at_once(two):
    result = await two.execute(people.delete().where(people.c.id == 1))
    assert (result.rowcount, result.lastrowid, result.keys()) == (1, 0, ())
    assert result.closed and result.cursor is None and not result.returns_rows
    await result.close()


@parametrize("name", FETCHES)
async def test_fetches_fail_without_rows(name, two):
    result = await two.execute(people.delete())
    with raises(sa.ResourceClosedError) as caught:
        await getattr(result, name)()
    assert str(caught.value) == NO_ROWS


@parametrize("name", FETCHES)
async def test_fetches_fail_after_close(name, two):
    result = await two.execute(people.select())
    await result.close()
    await result.close()
    assert result.closed and result.cursor is None
    with raises(sa.ResourceClosedError) as caught:
        await getattr(result, name)()
    assert str(caught.value) == CLOSED


async def test_fetchone_closes_after_the_last_row(two):
    result = await two.execute(people.select())
    assert [(await result.fetchone()).id, (await result.fetchone()).id] == [1, 2]
    assert not result.closed
    assert await result.fetchone() is None
    assert result.closed
    with raises(sa.ResourceClosedError):
        await result.fetchone()


async def test_fetchmany_closes_with_an_empty_list(two):
    result = await two.execute(people.select())
    assert await result.fetchmany() == [(1, "first")]
    assert await result.fetchmany(100) == [(2, "second")]
    assert not result.closed and result.returns_rows
    assert await result.fetchmany() == []
    assert result.closed


async def test_fetchmany_of_0_is_1_and_negative_sizes_are_refused(two):
    result = await two.execute(people.select())
    assert await result.fetchmany(0) == [(1, "first")]
    with raises(sa.ArgumentError, match="size is -1"):
        await result.fetchmany(-1)


async def test_fetchall_returns_the_remaining_rows(two):
    result = await two.execute(people.select())
    await result.fetchone()
    assert await result.fetchall() == [(2, "second")]


async def test_first_and_scalar_close(two):
    for name, expected in (("first", (1, "first")), ("scalar", 1)):
        result = await two.execute(people.select())
        assert await getattr(result, name)() == expected
        assert result.closed
    result = await two.execute(people.select().where(people.c.id == 99))
    assert await result.first() is None
    assert result.closed


async def test_result_is_iterated_and_a_context_manager(two):
    async with await two.execute(people.select()) as result:
        assert [row.id async for row in result] == [1, 2]
    assert result.closed
    with raises(TypeError):
        iter(result)


async def test_empty_result_has_columns(conn):
    result = await conn.execute("SELECT id AS a, id AS b FROM people WHERE id = 0")
    assert result.keys() == ("a", "b") and result.returns_rows and not result.closed
    assert await result.fetchall() == []


async def test_rowcount_is_matched_rows(conn):
    update = people.update().where(people.c.id == 1).values(name="first")
    assert (await conn.execute(update)).rowcount == 1
    upsert = "INSERT INTO people VALUES (%s, %s) ON DUPLICATE KEY UPDATE name = VALUES(name)"
    assert (await conn.execute(upsert, 2, "b")).rowcount == 1
    assert (await conn.execute(upsert, 2, "c")).rowcount == 2
    assert (await conn.execute("REPLACE INTO people VALUES (2, 'd')")).rowcount == 2


async def test_lastrowid_is_the_first_generated_id(conn):
    result = await conn.execute(people.insert().values([{"name": "b"}, {"name": "c"}]))
    assert (result.lastrowid, result.rowcount) == (2, 2)


async def test_call_returns_its_first_result(conn):
    await execute_or_skip(conn, "DROP PROCEDURE IF EXISTS two_results")
    await conn.execute("CREATE PROCEDURE two_results() BEGIN SELECT 1 AS a; SELECT 2 AS b; END")
    try:
        result = await conn.execute("CALL two_results()")
        assert await result.fetchall() == [(1,)]
        assert await conn.scalar("SELECT 3") == 3
    finally:
        await conn.execute("DROP PROCEDURE two_results")


async def test_create_result_proxy(conn):
    raw = await conn.connection.execute("SELECT 1 AS a")
    result = await create_result_proxy(conn, raw, conn._dialect)
    assert isinstance(result, ResultProxy)
    assert (await result.first()).a == 1


# Streams


@fixture
async def many(conn):
    """A connection; `people` has 5,001 rows."""
    await conn.execute(people.insert(), [{"id": id, "name": "n" * 200} for id in range(2, 5002)])
    return conn


async def test_stream_reads_on_demand(many):
    async with many.stream(people.select().order_by(people.c.id)) as result:
        assert isinstance(result.cursor, aio.Stream)
        assert (result.rowcount, result.lastrowid, result.returns_rows) == (-1, None, True)
        assert (await result.fetchone()).id == 1
        with raises(errors.InterfaceError, kind="busy"):
            await many.execute("SELECT 1")
        assert [row.id for row in await result.fetchmany(3000)] == list(range(2, 3002))
        assert [row.id async for row in result] == list(range(3002, 5002))
    assert result.closed
    assert await many.scalar("SELECT 1") == 1


async def test_stream_is_awaited_or_iterated(many):
    assert len([row async for row in many.stream(people.select())]) == 5001
    result = await many.stream(people.select())
    assert len(await result.fetchall()) == 5001
    assert result.closed
    assert (await (await many.stream("SELECT 1")).first())[0] == 1


async def test_stream_left_early_frees_the_connection(many):
    async with many.stream(people.select().limit(10)) as result:
        await result.fetchone()
    assert await many.scalar("SELECT 1") == 1
    async for row in many.stream(people.select().limit(10)):
        break
    assert row.id == 1


async def test_stream_fails_after_its_connection_is_released(engine, many):
    reader = await engine.acquire()
    result = await reader.stream(people.select())
    await engine.release(reader)
    with raises((sa.ResourceClosedError, errors.Error)):
        await result.fetchall()


async def test_stream_of_a_statement_without_rows_is_closed(conn):
    result = await conn.stream(people.delete())
    assert result.closed and not result.returns_rows


async def test_iteration_of_a_statement_without_rows_fails(conn):
    with raises(sa.ResourceClosedError, match="does not return rows"):
        async for _ in conn.execute(people.delete()):
            pass
