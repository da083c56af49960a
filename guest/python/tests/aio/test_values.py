"""Values of every type, as parameters and in results."""

import datetime as dt
import enum
from decimal import Decimal

from wasmysql import Json, errors
from wasmysql.testing import parametrize, raises

UTC_PLUS_2 = dt.timezone(dt.timedelta(hours=2))

#: A column type, a value, and what is read if it differs.
ROUND_TRIPS = [
    ("INT", 7, 7),
    ("INT", True, 1),
    ("BIGINT", -(2**63), -(2**63)),
    ("BIGINT UNSIGNED", 2**64 - 1, 2**64 - 1),
    ("TINYINT", -128, -128),
    ("YEAR", 2024, 2024),
    ("DOUBLE", 0.1, 0.1),
    ("DOUBLE", -1e300, -1e300),
    ("FLOAT", 0.1, 0.1),
    ("FLOAT", 16777217.0, 16777216.0),
    ("FLOAT", 1.2345678, 1.2345678),
    ("DECIMAL(20, 4)", Decimal("-12345.6700"), Decimal("-12345.6700")),
    ("DECIMAL(65, 30)", Decimal("0.000000000000000000000000000001"), Decimal("1E-30")),
    ("DECIMAL(20, 0)", Decimal("1E+5"), Decimal("100000")),
    ("VARCHAR(40)", "", ""),
    ("VARCHAR(40)", "Ångström 日本 🦀", "Ångström 日本 🦀"),
    ("TEXT", "x" * 60_000, "x" * 60_000),
    ("ENUM('a', 'b')", "b", "b"),
    ("SET('a', 'b')", "a,b", "a,b"),
    ("VARBINARY(40)", b"\x00\xff\x80", b"\x00\xff\x80"),
    ("BLOB", bytearray(b"abc"), b"abc"),
    ("BLOB", memoryview(b"abc")[1:], b"bc"),
    ("BIT(10)", b"\x03\xff", b"\x03\xff"),
    ("DATE", dt.date(2024, 2, 29), dt.date(2024, 2, 29)),
    ("DATE", dt.date(1, 1, 1), dt.date(1, 1, 1)),
    ("DATE", dt.date(9999, 12, 31), dt.date(9999, 12, 31)),
    ("DATETIME(6)", dt.datetime(2024, 2, 29, 13, 5, 9, 70), dt.datetime(2024, 2, 29, 13, 5, 9, 70)),
    ("DATETIME", dt.date(2024, 2, 29), dt.datetime(2024, 2, 29)),
    (
        "TIMESTAMP(3)",
        dt.datetime(2024, 2, 29, 1, 5, 9, 120_000, UTC_PLUS_2),
        dt.datetime(2024, 2, 28, 23, 5, 9, 120_000),
    ),
    ("TIME(6)", dt.timedelta(hours=-838, minutes=-59, seconds=-59), None),
    ("TIME(6)", dt.timedelta(seconds=-1, microseconds=-5), None),
    ("TIME(6)", dt.timedelta(days=3, microseconds=1), None),
    ("TIME", dt.time(13, 5, 9), dt.timedelta(hours=13, minutes=5, seconds=9)),
    ("JSON", Json({"ä": [1, None, 2.5]}), '{"ä": [1, null, 2.5]}'),
]


class Colour(enum.IntEnum):
    RED = 3


class Name(str):
    pass


@parametrize("column, value, expected", ROUND_TRIPS)
async def test_round_trip(conn, table, column, value, expected):
    expected = value if expected is None else expected
    await conn.execute(f"CREATE TABLE {table} (id INT, v {column})")
    await conn.execute(f"INSERT INTO {table} VALUES (%s, %s)", (1, value))
    await conn.execute_many(f"INSERT INTO {table} VALUES (%s, %s)", [(2, value), (3, None)])
    found = (await conn.execute(f"SELECT v FROM {table} ORDER BY id")).scalars()
    assert found == [expected, expected, None]
    assert type(found[0]) is type(expected)


@parametrize(
    "sql, expected",
    [
        ("SELECT CAST('0000-00-00' AS DATE)", "0000-00-00"),
        ("SELECT CAST('2024-02-00' AS DATE)", "2024-02-00"),
        ("SELECT CAST('0000-00-00 00:00:00' AS DATETIME)", "0000-00-00 00:00:00"),
        ("SELECT CAST('2024-00-01 10:11:12.5' AS DATETIME(3))", "2024-00-01 10:11:12.500"),
        ("SELECT NULL", None),
        ("SELECT 1 = 1", 1),
        ("SELECT 0.1 + 0.2", Decimal("0.3")),
    ],
)
async def test_values_of_results(conn, table, sql, expected):
    async with conn.stream(f"{sql} UNION ALL {sql}") as stream:
        assert [row[0] async for row in stream] == [expected, expected]


async def test_zero_dates_among_dates(conn, table):
    await conn.execute(f"CREATE TABLE {table} (d DATE, t DATETIME(2))")
    text = "('0000-00-00', '0000-00-00'), ('2024-01-02', '2024-01-02 03:04:05.67'), (NULL, NULL)"
    await conn.execute(f"INSERT IGNORE INTO {table} VALUES {text}")
    rows = (await conn.execute(f"SELECT d, t FROM {table}")).all()
    assert rows == [
        ("0000-00-00", "0000-00-00 00:00:00.00"),
        (dt.date(2024, 1, 2), dt.datetime(2024, 1, 2, 3, 4, 5, 670_000)),
        (None, None),
    ]


async def test_null_at_every_place(conn, table):
    await conn.execute(
        f"CREATE TABLE {table} (id INT, i INT, s VARCHAR(9), d DECIMAL(5,1), t DATE)"
    )
    day = dt.date(2024, 1, 1)
    rows = [
        (
            n,
            n if n % 3 else None,
            f"é{n}" if n % 5 else None,
            Decimal(n) if n % 7 else None,
            day if n % 2 else None,
        )
        for n in range(200)
    ]
    await conn.execute_many(f"INSERT INTO {table} VALUES (?, ?, ?, ?, ?)", rows)
    assert (await conn.execute(f"SELECT * FROM {table} ORDER BY id")).all() == rows


@parametrize("value, expected", [(Colour.RED, 3), (Name("x"), "x")])
async def test_subclasses(conn, value, expected):
    assert (await conn.execute("SELECT %s", (value,))).scalar() == expected


@parametrize(
    "value, message",
    [
        (2**64, "exceeds BIGINT"),
        (-(2**63) - 1, "exceeds BIGINT"),
        (float("nan"), "NaN"),
        (Decimal("NaN"), "must be digits"),
        ("\ud800", "UTF-8"),
        ([1, 2], "wasmysql.Json"),
        ({"a": 1}, "wasmysql.Json"),
        (object(), "type 'object'"),
        (dt.timedelta(hours=839), "longest TIME"),
        (dt.time(1, 2, tzinfo=dt.UTC), "time zone"),
    ],
)
async def test_values_that_no_column_holds(conn, value, message):
    for call in (
        lambda: conn.execute("SELECT ?", (value,)),
        lambda: conn.execute_many("DO ?", [(value,)]),
    ):
        with raises(errors.ArgumentError, match=f"(?i){message}"):
            await call()
    assert (await conn.execute("SELECT 1")).scalar() == 1


async def test_rows_of_mixed_types(conn, table):
    await conn.execute(f"CREATE TABLE {table} (id INT, v VARCHAR(40))")
    values = [1, 2.5, "x", Decimal("1.50"), None, b"y", 2**63, -1, dt.date(2024, 1, 2), None]
    await conn.execute_many(f"INSERT INTO {table} VALUES (?, ?)", list(enumerate(values)))
    found = (await conn.execute(f"SELECT v FROM {table} ORDER BY id")).scalars()
    expected = ["1", "2.5", "x", "1.50", None, "y", str(2**63), "-1", "2024-01-02", None]
    assert found == expected


async def test_rows_with_names(conn, table):
    await conn.execute(f"CREATE TABLE {table} (a INT, b INT, c INT)")
    sql = f"INSERT INTO {table} VALUES (:a, :b, :a)"
    result = await conn.execute_many(sql, [{"a": n, "b": 2 * n} for n in range(5)])
    assert result.rows_affected == 5
    assert (await conn.execute(f"SELECT * FROM {table}")).all() == [(n, 2 * n, n) for n in range(5)]
    with raises(errors.ArgumentError, match="'b'"):
        await conn.execute_many(sql, [{"a": 1}])


async def test_many_rows_are_sent_in_parts(conn, table):
    await conn.execute(f"CREATE TABLE {table} (id INT AUTO_INCREMENT PRIMARY KEY, t TEXT)")
    rows = ((f"{n}" + "x" * 50_000,) for n in range(300))
    result = await conn.execute_many(f"INSERT INTO {table} (t) VALUES (%s)", rows)
    assert (result.rows_affected, result.last_insert_id) == (300, 1)
    assert (await conn.execute(f"SELECT COUNT(*), MAX(CHAR_LENGTH(t)) FROM {table}")).one() == (
        300,
        50_003,
    )


async def test_no_rows_execute_nothing(conn):
    result = await conn.execute_many("INSERT INTO missing VALUES (?)", [])
    assert result.rows_affected == 0


async def test_rows_of_different_lengths_are_refused(conn):
    with raises(errors.ArgumentError, match="row 1 has 1 values, row 0 has 2"):
        await conn.execute_many("DO ?, ?", [(1, 2), (3,)])
