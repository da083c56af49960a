"""Compiled expressions are reused for others of the same form, with their own values."""

from sa_tables import IS_1_3, people, select
from sqlalchemy import bindparam, func, or_

from wasmysql.sa import prepared
from wasmysql.testing import fixture, skip


@fixture
async def three(conn):
    await conn.execute(people.insert(), [{"name": "b"}, {"name": "c"}])
    prepared._cache.clear()
    return conn


async def test_values_of_each_expression_are_used(three):
    for id, name in ((1, "first"), (2, "b"), (3, "c")):
        query = select(people.c.name).where(people.c.id == id)
        assert await three.scalar(query) == name
    for ids in ([1], [1, 2, 3], []):
        query = select(func.count()).select_from(people).where(people.c.id.in_(ids))
        assert await three.scalar(query) == len(ids)
    for name in ("x", None, "z"):
        await three.execute(people.update().where(people.c.id == 2).values(name=name))
        assert await three.scalar(select(people.c.name).where(people.c.id == 2)) == name
    for name in ("d", "e"):
        result = await three.execute(people.insert().values(name=name))
        found = select(people.c.name).where(people.c.id == result.lastrowid)
        assert await three.scalar(found) == name


async def test_given_values_precede_those_of_the_expression(three):
    for id in (1, 2):
        query = select(people.c.name).where(
            or_(people.c.id == id, people.c.name == bindparam("name", "c"))
        )
        assert len(await (await three.execute(query)).fetchall()) == 2
        assert len(await (await three.execute(query, name="nobody")).fetchall()) == 1


async def test_values_of_params_are_used(three):
    query = select(people.c.name).where(people.c.id == bindparam("wanted"))
    for id, name in ((1, "first"), (2, "b")):
        assert await three.scalar(query.params(wanted=id)) == name


async def test_labels_of_each_expression_are_found(three):
    for step in (1, 2):
        label = (people.c.id + step).label("next")
        row = await (await three.execute(select(label).where(people.c.id == 1))).first()
        assert row[label] == row.next == 1 + step


async def test_same_form_is_compiled_once(three):
    if IS_1_3:
        skip("SQLAlchemy 1.3 has no keys of forms")
    for id in (1, 2, 3):
        await three.execute(people.select().where(people.c.id == id))
    assert len(prepared._cache) == 1


async def test_cache_is_bounded(three):
    for number in range(prepared.CACHED + 20):
        await three.scalar(select(people.c.id.label(f"a{number}")).where(people.c.id == 1))
    assert len(prepared._cache) <= prepared.CACHED
