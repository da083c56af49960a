"""Values of SQLAlchemy's types, both ways: reference a.5."""

import enum
from datetime import date, datetime, time, timedelta
from decimal import Decimal

import sqlalchemy as s
from sa_tables import create, select
from sqlalchemy.dialects import mysql

from wasmysql import sa
from wasmysql.testing import parametrize, raises


class Colour(enum.Enum):
    RED = 1
    BLUE = 2


class Level(enum.IntEnum):
    LOW = 111
    HIGH = 222


class LevelType(s.TypeDecorator):
    impl = s.Integer
    cache_ok = True

    def process_bind_param(self, value, dialect):
        return None if value is None else Level(value).value

    def process_result_value(self, value, dialect):
        return None if value is None else Level(value)


WHEN = datetime(2024, 2, 29, 13, 5, 9)
EXACT = datetime(2024, 2, 29, 13, 5, 9, 70)

#: The type, the value, and the value that text without types reads; `...` if it is the same.
CASES = [
    (s.Integer, -5, ...),
    (s.BigInteger, -(2**63), ...),
    (s.SmallInteger, 7, ...),
    (mysql.TINYINT, 3, ...),
    (mysql.BIGINT(unsigned=True), 2**64 - 1, ...),
    (mysql.YEAR, 2024, ...),
    (s.Numeric(10, 3), Decimal("12.345"), ...),
    (s.Numeric(10, 3, asdecimal=False), 12.345, Decimal("12.345")),
    (s.Float, 1.5, ...),
    (mysql.DOUBLE(asdecimal=False), 0.1, ...),
    (mysql.DOUBLE(asdecimal=True), Decimal("0.1000000000"), 0.1),
    (s.String(50), "żółć \N{GRINNING FACE}", ...),
    (s.Text, "t" * 1000, ...),
    (s.Unicode(20), "é", ...),
    (mysql.LONGTEXT, "x", ...),
    (s.Boolean, True, 1),
    (s.Boolean, False, 0),
    (s.Date, date(2024, 2, 29), ...),
    (s.DateTime, WHEN, ...),
    (mysql.DATETIME(fsp=6), EXACT, ...),
    (mysql.TIMESTAMP(fsp=6), EXACT, ...),
    (s.Time, time(13, 5, 9), timedelta(hours=13, minutes=5, seconds=9)),
    (s.Interval, timedelta(days=2, seconds=5), datetime(1970, 1, 3, 0, 0, 5)),
    (s.Enum(Colour), Colour.BLUE, "BLUE"),
    (s.Enum("a", "b"), "a", ...),
    (mysql.SET("x", "y", "z"), {"x", "z"}, "x,z"),
    (s.LargeBinary, b"\x00\xff", ...),
    (mysql.VARBINARY(10), b"\x00\xff", ...),
    (s.PickleType, {"a": [1]}, None),
    (mysql.BIT(9), 257, b"\x01\x01"),
    (LevelType, Level.HIGH, 222),
]


@parametrize("type_,value,plain", CASES)
async def test_values_come_back(type_, value, plain, conn):
    id = s.Column("id", s.Integer, primary_key=True)
    table = s.Table("typed", s.MetaData(), id, s.Column("v", type_), mysql_charset="utf8mb4")
    await create(conn, table)
    await conn.execute(table.insert().values(v=value))
    await conn.execute(table.insert(), [{"v": value}, {"v": None}])
    rows = await (await conn.execute(table.select().order_by(table.c.id))).fetchall()
    assert [row.v for row in rows] == [value, value, None]
    assert type(rows[0].v) is type(value)
    if plain is not None:
        found = await conn.scalar("SELECT v FROM typed ORDER BY id")
        assert found == (value if plain is ... else plain)


async def test_json_is_decoded_by_its_type(conn):
    table = s.Table("docs", s.MetaData(), s.Column("id", s.Integer, primary_key=True))
    table.append_column(s.Column("v", s.JSON))
    await create(conn, table)
    value = {"a": [1, 2.5, None, "é"]}
    await conn.execute(table.insert(), {"v": value})
    assert (await (await conn.execute(table.select())).first()).v == value
    plain = await conn.scalar("SELECT v FROM docs")
    assert isinstance(plain, str) and '"a"' in plain
    await conn.execute(table.insert(), {"v": None})
    assert await conn.scalar("SELECT COUNT(*) FROM docs WHERE v IS NULL") == 0


async def test_zero_dates_and_long_times_without_types(conn):
    query = "SELECT CAST('-30:00:01' AS TIME), CAST('0000-00-00' AS DATE)"
    row = await (await conn.execute(query)).first()
    assert row[0] == -timedelta(hours=30, seconds=1)
    assert row[1] in ("0000-00-00", None)


async def test_text_has_types_only_if_it_names_them(conn):
    assert await conn.scalar(s.text("SELECT 1 AS v")) is not True
    assert await conn.scalar(s.text("SELECT 1 AS v").columns(v=s.Boolean)) is True
    query = s.text("SELECT 2 AS w, 1 AS v").columns(v=s.Boolean)
    row = await (await conn.execute(query)).first()
    assert row.v is True and row.w == 2


async def test_bad_values_fail_when_they_are_read(conn):
    query = s.text("SELECT 'GREEN' AS c, 1 AS n").columns(c=s.Enum(Colour))
    row = await (await conn.execute(query)).first()
    assert row.n == 1
    with raises(LookupError):
        row.c
    query = s.text("SELECT '{' AS j").columns(j=s.JSON)
    row = await (await conn.execute(query)).first()
    with raises(ValueError):
        row["j"]


async def test_values_of_unknown_types_are_refused(conn):
    for value in (object(), [1], {1}):
        with raises(sa.ArgumentError, match="can't be a parameter"):
            await conn.execute(select(s.bindparam("v", value, type_=s.types.NullType())))
