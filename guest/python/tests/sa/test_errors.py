"""The exceptions: reference b."""

import asyncio

from sa_tables import people
from sqlalchemy import exc

from wasmysql import errors, sa
from wasmysql.testing import parametrize, raises


def test_hierarchy():
    assert issubclass(sa.ArgumentError, sa.Error)
    assert issubclass(sa.InvalidRequestError, sa.ArgumentError)
    assert issubclass(sa.ResourceClosedError, sa.InvalidRequestError)
    assert issubclass(sa.NoSuchColumnError, sa.InvalidRequestError)
    assert issubclass(sa.NoSuchColumnError, KeyError)


@parametrize(
    "name,kind",
    [
        ("ArgumentError", "argument"),
        ("InvalidRequestError", "invalid-request"),
        ("NoSuchColumnError", "no-such-column"),
        ("ResourceClosedError", "resource-closed"),
    ],
)
def test_each_is_also_an_exception_of_wasmysql(name, kind):
    made = getattr(sa, name)("text")
    assert isinstance(made, getattr(errors, name)) and isinstance(made, errors.Error)
    assert (made.kind, made.code, made.message, str(made)) == (kind, 0, "text", "text")
    assert made.args == ("text",)


def test_they_are_unrelated_to_sqlalchemy_and_the_server():
    assert not issubclass(sa.Error, exc.SQLAlchemyError)
    assert not issubclass(errors.IntegrityError, sa.Error)
    assert not issubclass(errors.OperationalError, sa.Error)


@parametrize(
    "sql,cls,code",
    [
        ("SELECT 1 FORM people", errors.ProgrammingError, 1064),
        ("SELECT * FROM missing", errors.ProgrammingError, 1146),
        ("INSERT INTO people (id) VALUES (1)", errors.IntegrityError, 1062),
        ("INSERT INTO people (id) VALUES ('x')", errors.DataError, 1366),
        ("INSERT INTO people (name) VALUES (REPEAT('x', 300))", errors.DataError, 1406),
        ("SELECT missing FROM people", errors.OperationalError, 1054),
    ],
)
async def test_errors_of_the_server_pass_through(sql, cls, code, conn):
    with raises(cls, code=code, kind="server") as caught:
        await conn.execute(sql)
    assert type(caught.value) is cls
    assert caught.value.args[0] == code and len(caught.value.args) == 2
    assert len(caught.value.sqlstate) == 5


async def test_deadlock_is_reported_with_its_retry_advice(engine, conn, other):
    await conn.execute(people.insert().values(name="second"))

    async def touch(connection, id):
        await connection.execute(people.update().where(people.c.id == id).values(name="x"))

    first, second = await conn.begin(), await other.begin()
    await touch(conn, 1)
    await touch(other, 2)
    outcomes = await asyncio.gather(touch(conn, 2), touch(other, 1), return_exceptions=True)
    (victim,) = [outcome for outcome in outcomes if outcome is not None]
    assert (victim.code, victim.retry) == (1213, "new-transaction")
    lost = first if outcomes[0] is victim else second
    with raises(sa.InvalidRequestError, reason="deadlock", retry="new-transaction"):
        await lost.commit()
    await (second if lost is first else first).commit()
