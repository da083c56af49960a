"""RowProxy: reference a.5."""

import copy
import pickle
from collections.abc import Mapping

from sa_tables import IS_1_3, people, select
from sqlalchemy import Column, Integer, MetaData, String, Table, literal_column, text

from wasmysql import sa
from wasmysql.sa.result import RowProxy
from wasmysql.testing import fixture, parametrize, raises


@fixture
async def row(conn):
    return await (await conn.execute(people.select())).first()


@fixture
async def doubled(conn):
    """A row with two columns of the same name."""
    return await (await conn.execute("SELECT 1 AS id, 2 AS id, 3 AS n")).first()


async def test_row_is_a_mapping(row):
    assert isinstance(row, RowProxy) and isinstance(row, Mapping)
    assert dict(row) == {"id": 1, "name": "first"}
    assert list(row) == list(row.keys()) == ["id", "name"]
    assert list(row.values()) == [1, "first"]
    assert list(row.items()) == [("id", 1), ("name", "first")]
    assert row.get("name") == "first" and row.get("nothing", 5) == 5
    assert len(row) == 2
    assert (lambda id, name: (id, name))(**row) == (1, "first")


async def test_row_by_position_name_attribute_and_column(row):
    assert (row[0], row[1]) == (1, "first")
    assert (row["id"], row["name"]) == (1, "first")
    assert (row.id, row.name) == (1, "first")
    assert (row[people.c.id], row[people.c.name]) == (1, "first")


@parametrize("key", ["unknown", "NAME", 2, -1, 1.5])
async def test_missing_columns(key, row):
    with raises(sa.NoSuchColumnError, match=f"Could not locate column in row for column '{key}'"):
        row[key]
    with raises(KeyError):
        row[key]
    assert key not in row


async def test_slices_and_unhashable_keys_are_no_columns(row):
    with raises(sa.NoSuchColumnError):
        row[0:1]
    with raises(sa.NoSuchColumnError):
        row[[]]


async def test_missing_attribute(row):
    with raises(AttributeError, match="Could not locate column in row for column 'unknown'"):
        row.unknown
    assert not hasattr(row, "unknown")


async def test_contains_names_positions_and_columns(row):
    assert "id" in row and 0 in row and 1 in row and people.c.name in row
    assert "unknown" not in row and 2 not in row
    other = Table("others", MetaData(), Column("age", Integer))
    assert other.c.age not in row


async def test_row_is_immutable(row):
    with raises(AttributeError):
        row.id = 2
    with raises(TypeError):
        row["id"] = 2


async def test_comparison(row, conn):
    same = await (await conn.execute("SELECT 1 AS x, 'first' AS y")).first()
    assert row == same and row == (1, "first")
    assert row != (555, "other") and row != [1, "first"] and row != 5
    assert row != {"id": 1, "name": "first"}
    with raises(TypeError):
        row < row
    with raises(TypeError):
        hash(row)


async def test_as_tuple_and_repr(row):
    assert row.as_tuple() == (1, "first")
    assert repr(row) == "(1, 'first')"


async def test_duplicate_names_are_read_by_position(doubled):
    assert (doubled[0], doubled[1], doubled["n"]) == (1, 2, 3)
    assert len(doubled) == 3 and list(doubled) == ["id", "id", "n"] and "id" in doubled
    ambiguous = "Ambiguous column name '(people.)?id' in result set! try 'use_labels' option"
    for read in (
        lambda: doubled["id"],
        lambda: doubled.id,
        lambda: doubled[people.c.id],
        doubled.as_tuple,
        lambda: repr(doubled),
        lambda: doubled == (1, 2, 3),
        lambda: dict(doubled),
        lambda: list(doubled.values()),
    ):
        with raises(sa.InvalidRequestError, match=ambiguous):
            read()


async def test_columns_of_text_are_found_by_name(conn):
    row = await (await conn.execute("SELECT id, name FROM people")).first()
    assert row[people.c.name] == "first"
    other = Table("others", MetaData(), Column("name", String(10)))
    assert row[other.c.name] == "first"


async def test_columns_of_two_tables_are_distinguished(conn):
    second = people.alias("second")
    query = select(people.c.name, second.c.name.label("second_name"))
    query = query.select_from(people.join(second, people.c.id == second.c.id))
    row = await (await conn.execute(query)).first()
    assert row[people.c.name] == row["second_name"] == "first"


async def test_labels_of_tables(conn):
    query = people.select()
    query = query.apply_labels() if IS_1_3 else query.set_label_style(_table_labels())
    row = await (await conn.execute(query)).first()
    assert list(row) == ["people_id", "people_name"]
    assert (row.people_name, row[people.c.name]) == ("first", "first")


def _table_labels():
    from sqlalchemy.sql.selectable import LABEL_STYLE_TABLENAME_PLUS_COL

    return LABEL_STYLE_TABLENAME_PLUS_COL


async def test_labelled_and_textual_columns(conn):
    label = (people.c.id + 1).label("next")
    row = await (await conn.execute(select(label, literal_column("'x'").label("x")))).first()
    assert (row.next, row["x"], row[label]) == (2, "x", "x" and 2)
    row = await (await conn.execute(text("SELECT 1 AS `a b`"))).first()
    assert row["a b"] == getattr(row, "a b") == 1


async def test_column_key_differs_from_its_name(conn):
    table = Table("people", MetaData(), Column("id", Integer), Column("name", String, key="called"))
    row = await (await conn.execute(table.select())).first()
    assert (row.name, row[table.c.called]) == ("first", "first")


async def test_columns_named_like_methods_are_read_by_key(conn):
    row = await (await conn.execute("SELECT 1 AS `keys`, 2 AS `count`")).first()
    assert (row["keys"], row.count) == (1, 2)
    assert callable(row.keys)


async def test_rows_are_copied_and_pickled(row):
    for made in (copy.copy(row), copy.deepcopy(row), pickle.loads(pickle.dumps(row))):
        assert made == row and made.name == "first"


async def test_rows_are_parameters(conn, row):
    await conn.execute(people.delete())
    await conn.execute(people.insert(), row)
    assert await (await conn.execute(people.select())).fetchall() == [row]


async def test_same_name_of_two_tables_is_read_by_column(conn):
    second = people.alias("second")
    joined = people.join(second, people.c.id == second.c.id)
    query = select(people.c.id, second.c.id, literal_column("7").label("n")).select_from(joined)
    row = await (await conn.execute(query)).first()
    assert (row[people.c.id], row[second.c.id], row.n) == (1, 1, 7)
