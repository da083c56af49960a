"""SAConnection.execute: statements, parameters and caches. Reference a.4."""

from unittest import mock

from sa_tables import IS_1_3, count, create, drop, names, people, select
from sqlalchemy import DDL, bindparam, exc, func, text, tuple_
from sqlalchemy.schema import CreateTable, DropTable

from wasmysql import errors, sa
from wasmysql.sa.connection import _distill_params
from wasmysql.testing import parametrize, raises


async def test_execute_is_awaited_used_with_async_with_or_iterated(conn):
    result = await conn.execute(people.select())
    assert await result.fetchall() == [(1, "first")]
    async with conn.execute(people.select()) as result:
        assert not result.closed
    assert result.closed
    assert [row.id async for row in conn.execute(people.select())] == [1]


async def test_execute_is_awaited_once(conn):
    pending = conn.execute("SELECT 1")
    await pending
    with raises(RuntimeError, match="cannot reuse already awaited coroutine"):
        await pending


async def test_iteration_can_be_left_early(conn):
    await conn.execute(people.insert().values(name="second"))
    async for row in conn.execute(people.select()):
        break
    assert row.id == 1
    assert await count(conn) == 2


async def test_other_statements_run_while_a_result_is_read(conn):
    await conn.execute(people.insert().values(name="second"))
    async for row in conn.execute(people.select()):
        await conn.execute(people.update().where(people.c.id == row.id).values(name="x"))
    assert await names(conn) == ["x", "x"]


async def test_scalar_returns_the_first_value_or_none(conn):
    assert await count(conn) == 1
    assert await conn.scalar(select(people.c.name)) == "first"
    await conn.execute(people.delete())
    assert await conn.scalar(people.select()) is None
    with raises(sa.ResourceClosedError, match="does not return rows"):
        await conn.scalar(people.delete())


async def test_connection_is_that_of_aio(conn):
    assert conn.connection is conn._connection
    assert (await conn.connection.execute("SELECT 1")).scalar() == 1


async def test_closed_connection_refuses_everything(engine):
    conn = await engine.acquire()
    await conn.close()
    await conn.close()
    assert conn.closed and conn.connection is None and not conn.in_transaction
    for call in (
        lambda: conn.execute("SELECT 1"),
        lambda: conn.scalar("SELECT 1"),
        lambda: conn.begin(),
        lambda: conn.begin_nested(),
        lambda: conn.begin_twophase(),
        lambda: conn.recover_twophase(),
    ):
        with raises(sa.ResourceClosedError, match="This connection is closed."):
            await call()


async def test_released_connection_is_closed_but_its_result_readable(engine):
    async with engine.acquire() as conn:
        result = await conn.execute("SELECT 1 AS a")
    with raises(sa.ResourceClosedError):
        await conn.execute("SELECT 1")
    assert await result.fetchall() == [(1,)]


async def test_async_with_closes_the_connection(engine):
    async with await engine.acquire() as conn:
        await conn.begin()
    assert conn.closed


async def test_an_engine_needs_only_a_dialect_and_release(conn):
    engine = mock.Mock()
    engine.dialect = conn._dialect
    wrapped = sa.SAConnection(conn.connection, engine)
    assert await wrapped.scalar(select(people.c.id)) == 1
    await wrapped.close()
    engine.release.assert_called_once_with(wrapped)


# Statements


async def test_text_is_sent_as_it_is_without_parameters(conn):
    assert await conn.scalar("SELECT '50%s 100%%'") == "50%s 100%%"
    assert await conn.scalar('SELECT COUNT(*) FROM people WHERE name LIKE "%irs%"') == 1
    assert await conn.scalar("SELECT 1;") == 1


async def test_percent_is_doubled_with_parameters(conn):
    sql = "SELECT COUNT(*) FROM people WHERE name LIKE 'f%%' AND id = %s"
    assert await conn.scalar(sql, 1) == 1


async def test_text_is_one_statement(conn):
    with raises(errors.ProgrammingError, code=1064):
        await conn.execute("SELECT 1; SELECT 2")


@parametrize("query", [None, 1, b"SELECT 1", {}])
async def test_other_types_are_no_statement(query, conn):
    with raises(sa.ArgumentError, match="sql statement should be str or SQLAlchemy data"):
        await conn.execute(query)
    with raises(sa.ArgumentError, match="sql statement should be str or SQLAlchemy data"):
        await conn.execute(query, [{}, {}])


async def test_expressions_are_executed(conn):
    assert await conn.scalar(text("SELECT :a + 1"), a=2) == 3
    union = select(people.c.id).union_all(select(people.c.id + 1))
    assert sorted(row[0] for row in await (await conn.execute(union)).fetchall()) == [1, 2]
    result = await conn.execute(people.delete().where(people.c.id == 1))
    assert result.rowcount == 1
    assert await conn.scalar(select(people.c.name).where(people.c.name == "100%")) is None


async def test_a_function_alone_is_selected(conn):
    assert await conn.scalar(func.concat("a", "b")) == "ab"


async def test_ddl_is_executed_but_takes_no_parameters(conn):
    await drop(conn, people)
    with raises(errors.ProgrammingError, code=1146):
        await conn.execute("SELECT * FROM people")
    result = await conn.execute(CreateTable(people))
    with raises(sa.ResourceClosedError):
        await result.fetchone()
    await conn.execute(DDL("ALTER TABLE people ADD note VARCHAR(10) DEFAULT '5%%'"))
    for params in ((1,), ({"a": 1},), ([{"a": 1}, {"a": 2}],)):
        with raises(sa.ArgumentError, match="Don't mix sqlalchemy DDL clause"):
            await conn.execute(DropTable(people), *params)
    await conn.execute(people.insert().values(name="x"))
    assert await conn.scalar("SELECT note FROM people") == "5%"


# Parameters


@parametrize(
    "multiparams,params,expected",
    [
        (None, None, []),
        ((), {}, []),
        (None, {"a": 1}, [{"a": 1}]),
        ((), {"a": 1}, [{"a": 1}]),
        (({"a": 1},), {}, [{"a": 1}]),
        ((1,), {}, [[1]]),
        (("x",), {}, [["x"]]),
        ((None,), {}, [[None]]),
        ((b"x",), {}, [[b"x"]]),
        (((1, 2),), {}, [(1, 2)]),
        ((["x", "y"],), {}, [["x", "y"]]),
        (([],), {}, []),
        (([{"a": 1}, {"a": 2}],), {}, [{"a": 1}, {"a": 2}]),
        (([(1, 2), (3, 4)],), {}, [(1, 2), (3, 4)]),
        (([(1, 2)],), {}, [(1, 2)]),
        (([(1, 2)], [(3, 4)]), {}, ([(1, 2)], [(3, 4)])),
        ((1, 2), {}, [(1, 2)]),
        (("x", "y"), {}, [("x", "y")]),
        (({"a": 1}, {"a": 2}), {}, ({"a": 1}, {"a": 2})),
        (((1, 2), (3, 4)), {}, ((1, 2), (3, 4))),
        (({"a": 1},), {"b": 2}, [{"a": 1}]),
    ],
)
def test_parameter_forms(multiparams, params, expected):
    assert _distill_params(multiparams, params) == expected


@parametrize(
    "multiparams,params",
    [
        (({"id": 2, "name": "x"},), {}),
        (((2, "x"),), {}),
        (([2, "x"],), {}),
        ((2, "x"), {}),
        ((), {"id": 2, "name": "x"}),
    ],
)
async def test_insert_takes_every_parameter_form(multiparams, params, conn):
    await conn.execute(people.insert(), *multiparams, **params)
    assert await names(conn) == ["first", "x"]


@parametrize(
    "sql,multiparams,params",
    [
        ("(%s, %s)", (2, "x"), {}),
        ("(%s, %s)", ((2, "x"),), {}),
        ("(?, ?)", (2, "x"), {}),
        ("(%(id)s, %(name)s)", ({"id": 2, "name": "x"},), {}),
        ("(%(id)s, %(name)s)", (), {"id": 2, "name": "x"}),
        ("(:id, :name)", (), {"id": 2, "name": "x"}),
    ],
)
async def test_text_takes_every_parameter_form(sql, multiparams, params, conn):
    await conn.execute(f"INSERT INTO people (id, name) VALUES {sql}", *multiparams, **params)
    assert await names(conn) == ["first", "x"]


async def test_a_list_for_in_of_text_is_refused(conn):
    with raises(sa.ArgumentError, match="one placeholder for each value of IN"):
        await conn.execute("SELECT * FROM people WHERE id IN %(ids)s", ids=[1, 2])


async def test_insert_renders_only_the_given_keys(conn):
    result = await conn.execute(people.insert(), {"name": "x"})
    assert (result.lastrowid, result.rowcount) == (2, 1)
    await conn.execute(people.insert())
    assert await names(conn) == ["first", "x", None]


async def test_positional_parameters_follow_the_columns(conn):
    await conn.execute(people.insert(), 5)
    await conn.execute(people.insert(), (6, "x", "one too many"))
    assert await (await conn.execute(people.select())).fetchall() == [
        (1, "first"),
        (5, None),
        (6, "x"),
    ]
    with raises(sa.ArgumentError, match="Don't mix sqlalchemy SELECT clause with positional"):
        await conn.execute(people.select(), 1)


async def test_missing_parameters_are_refused(conn):
    query = people.select().where(people.c.id == bindparam("wanted"))
    with raises(exc.InvalidRequestError, match="A value is required for bind parameter 'wanted'"):
        await conn.execute(query)
    with raises(exc.InvalidRequestError, match="A value is required for bind parameter 'wanted'"):
        await conn.execute(query, other=1)


async def test_unknown_parameters_are_ignored_unless_they_would_be_lost(conn):
    query = people.select().where(people.c.id == bindparam("wanted"))
    assert (await (await conn.execute(query, wanted=1, more=2)).fetchone()).id == 1
    with raises(sa.ArgumentError, match="Unconsumed column names: nope"):
        await conn.execute(people.insert(), {"name": "x", "nope": 1})
    with raises(exc.CompileError, match="Unconsumed column names: nope"):
        await conn.execute(people.insert().values(nope=1))


async def test_update_of_given_keys(conn):
    query = people.update().where(people.c.id == bindparam("wanted"))
    assert (await conn.execute(query, {"wanted": 1, "name": "x"})).rowcount == 1
    assert await names(conn) == ["x"]


@parametrize("values,expected", [([1, 3], 2), ([1], 1), ([], 0)])
async def test_in_takes_values_of_any_number(values, expected, conn):
    await conn.execute(people.insert(), [{"name": "b"}, {"name": "c"}])
    literal = people.select().where(people.c.id.in_(values))
    assert len(await (await conn.execute(literal)).fetchall()) == expected
    expanding = people.select().where(people.c.id.in_(bindparam("ids", expanding=True)))
    assert len(await (await conn.execute(expanding, ids=values)).fetchall()) == expected


async def test_in_takes_tuples_beside_other_parameters(conn):
    query = people.select().where(
        tuple_(people.c.id, people.c.name).in_(bindparam("pairs", expanding=True))
    )
    query = query.where(people.c.id < bindparam("most")).where(people.c.id != 100)
    result = await conn.execute(query, pairs=[(1, "first"), (2, "x")], most=10)
    assert await result.fetchall() == [(1, "first")]


async def test_names_with_special_characters_are_bound(conn):
    assert await conn.scalar(select(bindparam("a b%(c)", 5))) == 5


async def test_not_in_of_many_sets_is_refused(conn):
    query = people.delete().where(people.c.id.in_(bindparam("ids", expanding=True)))
    with raises(sa.ArgumentError, match="a list of values for IN"):
        await conn.execute(query, [{"ids": [1]}, {"ids": [2]}])


# Many executions


async def test_many_executions(conn):
    result = await conn.execute(
        "INSERT INTO people (id, name) VALUES (%(id)s, %(name)s)",
        [{"id": 2, "name": "b"}, {"id": 3, "name": "c"}],
    )
    assert result.rowcount == 2 and not result.returns_rows and result.closed
    await conn.execute(
        people.update().where(people.c.id == bindparam("id")).values({"name": bindparam("name")}),
        [{"id": 2, "name": "bb"}, {"id": 3, "name": "cc"}],
    )
    result = await conn.execute(people.insert(), {"name": "d"}, {"name": "e"})
    assert (result.rowcount, result.lastrowid) == (2, 4)
    await conn.execute(people.insert(), [(6, "f"), (7, "g")])
    assert await names(conn) == ["first", "bb", "cc", "d", "e", "f", "g"]


async def test_many_executions_return_no_rows(conn):
    query = people.select().where(people.c.id == bindparam("wanted"))
    with raises(sa.ArgumentError):
        await conn.execute(query, [{"wanted": 1}, {"wanted": 2}])


async def test_many_executions_need_the_keys_of_the_first(conn):
    with raises(exc.InvalidRequestError, match="A value is required for bind parameter 'name'"):
        await conn.execute(people.insert(), [{"name": "b"}, {"id": 3}])
    assert await count(conn) == 1


# compiled_cache


async def test_compiled_cache_keeps_statements_without_values():
    cache = {}
    async with sa.create_engine("main", compiled_cache=cache) as engine:
        async with engine.acquire() as conn:
            await create(conn, people)
            cache.clear()
            await conn.execute(people.insert().values(name="literal"))
            await conn.execute(people.select().where(people.c.name == "literal"))
            assert len(cache) == 0
            query = people.select().where(people.c.name == bindparam("wanted"))
            for _ in range(2):
                assert (await (await conn.execute(query, wanted="literal")).fetchone()).id == 1
                assert len(cache) == 1
            everything = people.select()
            for _ in range(2):
                assert len(await (await conn.execute(everything)).fetchall()) == 1
                assert len(cache) == 2


async def test_compiled_cache_distinguishes_the_given_columns():
    cache = {}
    async with sa.create_engine("main", compiled_cache=cache) as engine:
        async with engine.acquire() as conn:
            await create(conn, people)
            insert = people.insert()
            await conn.execute(insert, {"name": "a"})
            await conn.execute(insert, {"id": 5, "name": "b"})
            await conn.execute(insert, 7, "c")
            await conn.execute(insert, {"name": "d"})
            assert await names(conn) == ["a", "b", "c", "d"]
            expanding = people.select().where(people.c.id.in_(bindparam("ids", expanding=True)))
            for ids in ([1], [1, 5, 7], []):
                assert len(await (await conn.execute(expanding, ids=ids)).fetchall()) == len(ids)


def test_versions_of_sqlalchemy_are_distinguished():
    import sqlalchemy

    assert IS_1_3 == (sqlalchemy.__version__ < "1.4")
