"""Exceptions: classes, numbers and attributes."""

from wasmysql import aio, errors
from wasmysql.testing import parametrize, raises


@parametrize(
    "sql, expected, code, server_class",
    [
        ("SELECT 1 FROM", errors.ProgrammingError, 1064, "syntax"),
        ("SELECT * FROM missing", errors.ProgrammingError, 1146, "syntax"),
        ("SELECT missing", errors.OperationalError, 1054, "syntax"),
        ("INSERT INTO {} VALUES (1, 'a')", errors.IntegrityError, 1062, "constraint"),
        ("INSERT INTO {} VALUES (NULL, 'a')", errors.IntegrityError, 1048, "constraint"),
        ("INSERT INTO {} VALUES (2, 'abcdef')", errors.DataError, 1406, "data"),
        ("INSERT INTO {} VALUES (99999999999, 'a')", errors.DataError, 1264, "data"),
        ("INSERT INTO {} VALUES (2)", errors.OperationalError, 1136, "syntax"),
    ],
)
async def test_errors_of_the_server(conn, table, sql, expected, code, server_class):
    await conn.execute(f"CREATE TABLE {table} (id INT PRIMARY KEY, name VARCHAR(5))")
    await conn.execute(f"INSERT INTO {table} VALUES (1, 'a')")
    with raises(
        expected, code=code, kind="server", server_class=server_class, retry="never"
    ) as caught:
        await conn.execute(sql.format(table))
    error = caught.value
    assert type(error) is expected
    assert error.args == (code, error.message)
    assert len(error.sqlstate) == 5
    assert (error.step, error.limit, error.reason) == (None, None, None)
    assert isinstance(error, errors.DatabaseError)


async def test_state_of_the_transaction(conn, table):
    async with conn.begin():
        with raises(errors.ProgrammingError, transaction_state="open"):
            await conn.execute("SELECT * FROM missing")
    with raises(errors.ProgrammingError, transaction_state="none"):
        await conn.execute("SELECT * FROM missing")


async def test_database_without_a_grant():
    with raises(errors.OperationalError, kind="engine-denied"):
        await aio.connect("other")


async def test_statement_without_a_grant(conn):
    with raises(errors.OperationalError, kind="statement-denied"):
        await conn.execute("SET autocommit = 0")
    async with aio.connect("main", read_only=True) as engine:
        with raises(errors.OperationalError, kind="statement-denied"):
            await engine.execute("DELETE FROM missing")


async def test_limit_of_connections():
    async with aio.connect("main", max_connections=1, acquire_timeout=0.1) as engine:
        async with engine.acquire():
            with raises(errors.OperationalError, kind="limit-exceeded", limit="connections"):
                await engine.acquire()


async def test_closed_engine(engine):
    other = await aio.connect("main")
    await other.close()
    await other.close()
    with raises(errors.ResourceClosedError):
        await other.acquire()
    terminated = await aio.connect("main")
    conn = await terminated.acquire()
    terminated.terminate()
    with raises(errors.InterfaceError):
        await conn.execute("SELECT 1")
    with raises(errors.InterfaceError, kind="pool-closed"):
        await terminated.acquire()


async def test_many_handles_are_dropped(engine):
    """The host allows 256 handles at a time."""
    async with engine.acquire() as conn:
        for _ in range(300):
            async with conn.begin():
                with raises(errors.Error):
                    async with conn.begin_nested():
                        await conn.execute("SELECT * FROM missing")
    for _ in range(300):
        async with engine.acquire() as conn:
            await conn.stream("SELECT 1 UNION SELECT 2", batch_rows=1)


async def test_information_on_the_engine(engine):
    assert (engine.info.database, engine.info.name, engine.info.charset) == (
        "main",
        "mysql",
        "utf8mb4",
    )
    assert engine.info.server_flavour in ("mysql", "mariadb")
    async with engine.acquire():
        assert engine.status.in_use >= 1


async def test_warnings(conn):
    result = await conn.execute("SELECT CAST('x' AS SIGNED)")
    assert result.warnings == 1
    (warning,) = await conn.warnings()
    assert (warning.level, warning.code) == ("Warning", 1292)


def test_exceptions_can_be_made_and_printed():
    error = errors.IntegrityError(1062, "Duplicate entry")
    assert (str(error), error.code, error.message) == (
        "(1062, 'Duplicate entry')",
        1062,
        "Duplicate entry",
    )
    assert (error.kind, error.retry) == ("other", "never")
    assert errors.Error().message == ""
