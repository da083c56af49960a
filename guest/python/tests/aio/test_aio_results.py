"""Results of `wasmysql.aio`."""

from array import array

from wasmysql import errors
from wasmysql.testing import parametrize, raises


async def test_row_has_values_by_position_and_name(conn):
    row = (await conn.execute("SELECT 1 AS a, 'x' AS b, COUNT(*) FROM DUAL")).one()
    a, b, count = row
    assert (a, b, count) == (1, "x", 1)
    assert (row[0], row.a, row.b, getattr(row, "COUNT(*)")) == (1, 1, "x", 1)
    assert row == (1, "x", 1)
    assert row.asdict() == {"a": 1, "b": "x", "COUNT(*)": 1}
    with raises(AttributeError, match="'c'.*'a', 'b'"):
        row.c


async def test_columns_named_like_methods_are_attributes(conn):
    row = (await conn.execute("SELECT 1 AS `count`, 2 AS `index`, 3 AS asdict")).one()
    assert (row.count, row.index, row.asdict) == (1, 2, 3)


async def test_ambiguous_name_is_an_error(conn):
    row = (await conn.execute("SELECT 1 AS a, 2 AS a")).one()
    assert tuple(row) == (1, 2)
    with raises(errors.InvalidRequestError, match="Ambiguous column name 'a'"):
        row.a


async def test_methods_of_a_result(conn):
    result = await conn.execute("SELECT 1 AS a, 2 AS b UNION ALL SELECT 3, 4")
    assert result.returns_rows
    assert result.keys() == ("a", "b")
    assert result.all() == [(1, 2), (3, 4)]
    assert list(result) == result.all()
    assert len(result) == 2
    assert result.first() == (1, 2)
    assert result.scalar() == 1
    assert result.scalars() == [1, 3]
    assert result.scalars("b") == [2, 4]
    assert result.mappings() == [{"a": 1, "b": 2}, {"a": 3, "b": 4}]
    with raises(errors.InvalidRequestError, match="Multiple rows"):
        result.one()
    with raises(errors.NoSuchColumnError, match="'c'"):
        result.scalars("c")


async def test_result_without_rows(conn):
    result = await conn.execute("SELECT 1 AS a FROM DUAL WHERE 1 = 0")
    assert result.returns_rows
    assert (result.all(), result.first(), result.scalar(), result.one_or_none()) == (
        [],
        None,
        None,
        None,
    )
    with raises(errors.InvalidRequestError, match="No row"):
        result.one()


async def test_outcome_of_an_insert(conn, table):
    await conn.execute(f"CREATE TABLE {table} (id INT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(9))")
    result = await conn.execute(f"INSERT INTO {table} (name) VALUES ('a'), ('b')")
    assert (result.rows_affected, result.last_insert_id, result.returns_rows) == (2, 1, False)
    assert result.info == "Records: 2  Duplicates: 0  Warnings: 0"
    with raises(errors.ResourceClosedError, match="does not return rows"):
        result.all()


async def test_columns_are_described(conn, table):
    await conn.execute(f"CREATE TABLE {table} (id INT UNSIGNED PRIMARY KEY, price DECIMAL(9, 2))")
    id, price = (await conn.execute(f"SELECT id, price AS p FROM {table}")).columns
    assert (id.name, id.table, id.kind, id.nullable) == ("id", table, "unsigned", False)
    assert {"primary_key", "not_null", "unsigned"} <= id.flags
    assert (price.name, price.kind, price.decimals, price.nullable) == ("p", "decimal", 2, True)


async def test_large_result_arrives_in_batches(conn, numbered):
    sql = f"SELECT a.id, b.id FROM {numbered} a JOIN {numbered} b ON b.id < 30 ORDER BY 1, 2"
    result = await conn.execute(sql)
    assert result.all() == [(a, b) for a in range(1000) for b in range(30)]


async def test_stream_reads_rows_on_demand(conn, numbered):
    rows = [row.id async for row in await conn.stream(f"SELECT id FROM {numbered}", batch_rows=64)]
    assert rows == list(range(1000))
    async with conn.stream(f"SELECT id FROM {numbered} LIMIT 20", batch_rows=5) as stream:
        assert [row.id for row in await stream.fetch(7)] == list(range(7))
        assert (await anext(stream)).id == 7
        assert len(await stream.all()) == 12
        assert await stream.fetch(1) == []


async def test_open_stream_keeps_its_connection_busy(conn, numbered):
    async with conn.stream(f"SELECT id FROM {numbered} LIMIT 50", batch_rows=5) as stream:
        await stream.fetch(1)
        with raises(errors.InterfaceError, kind="busy"):
            await conn.execute("SELECT 1")
    assert (await conn.execute("SELECT 1")).scalar() == 1


async def test_break_of_a_loop_frees_the_connection(conn, numbered):
    async for row in await conn.stream(f"SELECT id FROM {numbered} LIMIT 50", batch_rows=5):
        if row.id == 3:
            break
    assert (await conn.execute("SELECT 1")).scalar() == 1


async def test_closed_stream_has_no_rows(conn):
    async with conn.stream("SELECT 1") as stream:
        pass
    assert await stream.all() == []
    with raises(errors.ResourceClosedError):
        async with conn.stream("DO 1") as stream:
            await stream.all()


async def test_columns_are_arrays(conn, numbered):
    columns = await conn.columns(
        f"SELECT id, n, CAST(n AS CHAR) AS text FROM {numbered} ORDER BY id"
    )
    assert columns.rows == 1000
    assert columns.keys() == ("id", "n", "text")
    assert columns["id"].to_array() == array("q", range(1000))
    assert columns["n"].to_list() == [i % 7 for i in range(1000)]
    assert list(columns[2]) == [str(i % 7) for i in range(1000)]
    assert bytes(columns["text"].parts[0].data[:7]) == b"0123456"
    with raises(errors.InvalidRequestError, match="other values than numbers"):
        columns["text"].to_array()
    with raises(errors.InvalidRequestError, match="NULL"):
        (await conn.columns("SELECT 1 AS a UNION SELECT NULL"))["a"].to_array()


async def test_stream_returns_batches(conn, numbered):
    async with conn.stream(f"SELECT id FROM {numbered} ORDER BY id", batch_rows=300) as stream:
        sizes = [(batch.rows, batch.columns[0].numbers[0]) async for batch in stream.batches()]
    assert sizes == [(300, 0), (300, 300), (300, 600), (100, 900)]


async def test_procedure_returns_several_results(conn):
    result = await conn.execute("CALL two(?)", (5,))
    assert result.all() == [(5,)]
    second = result.next_result()
    assert (second.keys(), second.all()) == (("y", "7"), [(6, 7)])
    async with conn.stream("CALL two(?)", (5,)) as stream:
        assert [row.x async for row in stream] == [5]
        assert await stream.next_result()
        assert [row.y async for row in stream] == [6]


@parametrize(
    "sql, params",
    [
        ("SELECT %s + %s", (2, 3)),
        ("SELECT ? + ?", [2, 3]),
        ("SELECT :a + :b", {"a": 2, "b": 3}),
        ("SELECT %(a)s + %(b)s", {"a": 2, "b": 3}),
        ("SELECT 2 + %s", 3),
        ("SELECT 2 + 3", None),
    ],
)
async def test_styles_of_parameters(conn, sql, params):
    assert (await conn.execute(sql, params)).scalar() == 5


async def test_wrong_calls_are_errors(conn):
    with raises(errors.ArgumentError, match="2 parameters"):
        await conn.execute("SELECT ?, ?", (1,))
    with raises(errors.ArgumentError, match="pass a str"):
        await conn.execute(b"SELECT 1")
    with raises(errors.ArgumentError, match="UTF-8"):
        await conn.execute("SELECT '\ud800'")
    with raises(errors.ArgumentError, match="timeout is 0"):
        await conn.execute("SELECT 1", timeout=0)
    with raises(errors.ArgumentError, match="batch_rows"):
        await conn.stream("SELECT 1", batch_rows=0)
    assert (await conn.execute("SELECT 1")).scalar() == 1


async def test_prepared_statement(conn, numbered):
    async with conn.prepare(f"SELECT id, n FROM {numbered} WHERE n = :n AND id < :id") as statement:
        assert statement.parameters == 2
        assert [column.name for column in statement.result_columns] == ["id", "n"]
        result = await statement.execute({"n": 3, "id": 20})
        assert result.scalars() == [3, 10, 17]
        assert [row.id async for row in await statement.stream({"n": 3, "id": 5})] == [3]
    async with conn.prepare(f"UPDATE {numbered} SET n = %s WHERE id = %s") as statement:
        assert (await statement.execute_many([(9, 1), (9, 2)])).rows_affected == 2
    with raises(errors.ResourceClosedError):
        await statement.execute((1, 2))
