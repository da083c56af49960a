"""SQLAlchemy 1.3 to 2.1 with `mysql+wasmysql://main`."""

import time
from decimal import Decimal

import sqlalchemy
from models import Author, Book, items, recreate
from sqlalchemy import column, create_engine, event, exc, table, text
from sqlalchemy.orm import Session
from wasmysql.testing import fixture, raises, skip

URL = "mysql+wasmysql://main"
VERSION = tuple(map(int, sqlalchemy.__version__.split(".")[:2]))


@fixture
def engine():
    engine = create_engine(URL)
    recreate(engine)
    yield engine
    engine.dispose()


def names(connection):
    rows = connection.execute(items.select().order_by(items.c.id)).fetchall()
    return [row[1] for row in rows]


def test_dialect_knows_the_server(engine):
    with engine.connect() as connection:
        version = connection.execute(text("SELECT VERSION()")).scalar()
    dialect = engine.dialect
    assert (dialect.name, dialect.driver) == ("mysql", "wasmysql")
    assert version.startswith(".".join(str(part) for part in dialect.server_version_info[:3]))
    assert dialect._is_mariadb == ("MariaDB" in version)
    assert dialect.default_isolation_level == "REPEATABLE READ"


def test_rows_are_written_and_read(engine):
    with engine.begin() as connection:
        value = {"é": [1, None, 2.5]}
        connection.execute(items.insert(), [{"name": "a%s"}, {"name": "?:b"}])
        result = connection.execute(
            items.insert().values(name="c", price=Decimal("1.50"), data=value)
        )
        key = result.inserted_primary_key[0]
        result = connection.execute(items.update().values(price=0).where(items.c.id < key))
        assert result.rowcount == 2
    with engine.connect() as connection:
        assert names(connection) == ["a%s", "?:b", "c"]
        row = connection.execute(items.select().where(items.c.name == "c")).fetchone()
        assert tuple(row) == (key, "c", Decimal("1.50"), value)
        found = connection.execute(items.select().where(items.c.name.like("%\\%%"))).fetchall()
        assert [row[1] for row in found] == ["a%s"]


def test_text_of_the_driver_takes_format_placeholders(engine):
    with engine.connect() as connection:
        execute = getattr(connection, "exec_driver_sql", connection.execute)
        assert execute("SELECT %s, '%%'", (7,)).fetchone()[0] == 7
        assert execute("SELECT ?, '%'", (7,)).fetchone()[1] == "%"
        assert execute("SELECT '100%s'").scalar() == "100%s"


def test_errors_are_wrapped_and_keep_their_details(engine):
    with engine.connect() as connection, connection.begin():
        connection.execute(items.insert().values(name="a"))
        with raises(exc.IntegrityError) as raised:
            connection.execute(items.insert().values(name="a"))
    original = raised.value.orig
    assert (original.args[0], original.kind, original.sqlstate) == (1062, "server", "23000")
    assert not raised.value.connection_invalidated


def test_savepoints_roll_back_a_part(engine):
    with engine.connect() as connection, connection.begin():
        connection.execute(items.insert().values(name="a"))
        nested = connection.begin_nested()
        connection.execute(items.insert().values(name="b"))
        nested.rollback()
        with connection.begin_nested():
            connection.execute(items.insert().values(name="c"))
    with engine.connect() as connection:
        assert names(connection) == ["a", "c"]


def test_schema_change_commits(engine):
    with engine.connect() as connection:
        transaction = connection.begin()
        connection.execute(items.insert().values(name="a"))
        connection.execute(text("CREATE OR REPLACE TABLE one (id INT)"))
        transaction.rollback()
        assert names(connection) == ["a"]


def test_isolation_levels(engine):
    with engine.connect() as connection:
        for level in ("READ UNCOMMITTED", "READ COMMITTED", "SERIALIZABLE", "AUTOCOMMIT"):
            changed = connection.execution_options(isolation_level=level)
            assert changed.get_isolation_level() == level
            if VERSION < (2, 0):
                continue
            changed.execute(text("SELECT 1"))
            changed.rollback()
    with engine.connect() as connection:
        assert connection.get_isolation_level() == "REPEATABLE READ"
    with raises(exc.ArgumentError, match="FOO"):
        create_engine(URL, isolation_level="FOO").connect()


def test_autocommit_needs_no_commit(engine):
    auto = create_engine(URL, isolation_level="AUTOCOMMIT")
    with auto.connect() as connection:
        connection.execute(items.insert().values(name="a"))
    with engine.connect() as connection:
        assert names(connection) == ["a"]
    auto.dispose()


def test_errors_of_savepoints_and_recovery_are_wrapped(engine):
    with engine.connect() as connection:
        with raises(exc.OperationalError, match="1397"):
            connection.commit_prepared("unknown", recover=True)
    with engine.connect() as connection, connection.begin():
        nested = connection.begin_nested()
        _raw(connection).rollback()
        with raises(exc.OperationalError, match="1305"):
            nested.rollback()


def test_two_phase_transactions(engine):
    with engine.connect() as connection:
        for xid, end in (("sa 1", "commit"), ("sa 2", "rollback")):
            transaction = connection.begin_twophase(xid)
            connection.execute(items.insert().values(name=xid))
            transaction.prepare()
            getattr(transaction, end)()
        transaction = connection.begin_twophase()
        connection.execute(items.insert().values(name="one phase"))
        transaction.commit()
        assert names(connection) == ["sa 1", "one phase"]


def test_prepared_transaction_is_recovered(engine):
    with engine.connect() as connection:
        transaction = connection.begin_twophase("lost")
        connection.execute(items.insert().values(name="lost"))
        transaction.prepare()
        connection.invalidate()
    with engine.connect() as connection:
        assert connection.recover_twophase() == ["lost"]
        end = time.monotonic() + 10
        while True:
            try:
                connection.commit_prepared("lost", recover=True)
                break
            except exc.OperationalError as error:
                # MariaDB reports this as long as the first connection holds the transaction.
                if error.orig.code != 1397 or time.monotonic() > end:
                    raise
        assert names(connection) == ["lost"]


def test_streams_read_rows_while_they_are_fetched(engine):
    with engine.connect() as connection:
        statement = text("SELECT seq FROM seq_1_to_50000")
        options = {"stream_results": True}
        result = connection.execution_options(**options).execute(statement)
        assert [row[0] for row in result] == list(range(1, 50_001))
        result = connection.execution_options(**options).execute(statement)
        assert len(result.fetchmany(100)) == 100
        result.close()
        assert connection.execute(text("SELECT 1")).scalar() == 1
        if VERSION >= (2, 0):
            select = sqlalchemy.select(column("seq")).select_from(table("seq_1_to_50000"))
            parts = connection.execute(select, execution_options={"yield_per": 7000}).partitions()
            assert [len(part) for part in parts] == [7000] * 7 + [1000]


def test_stream_left_open_does_not_break_the_pool(engine):
    for _ in range(3):
        with engine.connect() as connection:
            options = connection.execution_options(stream_results=True)
            options.execute(text("SELECT seq FROM seq_1_to_50000")).fetchone()


def test_pool_replaces_ended_connections():
    engine = create_engine(f"{URL}/?statement_timeout=0.3", pool_pre_ping=True)
    with engine.connect() as connection:
        with raises(exc.OperationalError) as raised:
            connection.execute(text("SELECT SLEEP(20)"))
        assert raised.value.connection_invalidated
        assert raised.value.orig.kind == "timeout"
    connection = engine.raw_connection()
    with raises(engine.dialect.dbapi.OperationalError, kind="timeout"):
        connection.cursor().execute("SELECT SLEEP(20)")
    connection.close()
    with engine.connect() as connection:
        assert connection.execute(text("SELECT 1")).scalar() == 1
    engine.dispose()


def test_ping_finds_a_connection_that_ended_in_the_pool():
    engine = create_engine(URL, pool_pre_ping=True)
    with engine.connect() as connection:
        first = _raw(connection)
    # The host closes the session behind the back of the pool.
    first._resource.close()
    with engine.connect() as connection:
        assert _raw(connection) is not first
        assert connection.execute(text("SELECT 1")).scalar() == 1
    engine.dispose()


def _raw(connection):
    fairy = connection.connection
    return getattr(fairy, "dbapi_connection", None) or fairy.connection


def test_exhausted_pool_fails_at_once(engine):
    connections = [engine.connect() for _ in range(4)]
    with raises(exc.TimeoutError, match="QueuePool limit of size 4"):
        engine.connect()
    for connection in connections:
        connection.close()
    engine.connect().close()


def test_wrong_urls_are_refused():
    for url in ("mysql+wasmysql://u:p@main", "mysql+wasmysql://main/db", "mysql+wasmysql://"):
        with raises(exc.ArgumentError, match="mysql.wasmysql://DATABASE"):
            create_engine(url).connect()
    with raises(exc.ArgumentError, match="charset"):
        create_engine(f"{URL}/?charset=utf8").connect()


def test_url_has_options():
    engine = create_engine(f"{URL}/?read_only=true&isolation=READ+COMMITTED&statement_timeout=5")
    with engine.connect() as connection:
        assert connection.get_isolation_level() == "READ COMMITTED"
        with raises(exc.OperationalError, match="read"):
            connection.execute(text("DELETE FROM items"))
    engine.dispose()


def test_reflection_finds_the_tables(engine):
    inspector = sqlalchemy.inspect(engine)
    assert {"items", "authors", "books"} <= set(inspector.get_table_names())
    columns = [column["name"] for column in inspector.get_columns("items")]
    assert columns == ["id", "name", "price", "data"]
    assert inspector.get_foreign_keys("books")[0]["referred_table"] == "authors"


def test_orm_saves_and_loads_objects(engine):
    with _session(engine) as session:
        session.add(Author(name="Ada", books=[Book(title="a"), Book(title="b")]))
        session.add_all([Author(name=f"author {number}") for number in range(50)])
        session.commit()
    with _session(engine) as session:
        ada = session.query(Author).filter_by(name="Ada").one()
        assert [book.title for book in ada.books] == ["a", "b"]
        session.delete(ada.books[0])
        ada.name = "Ada L."
        session.commit()
        assert session.query(Book).count() == 1
        with session.begin_nested():
            session.add(Author(name="nested"))
        session.rollback()
        assert session.query(Author).count() == 51


class _session:
    """A session that is closed, also with SQLAlchemy 1.3."""

    def __init__(self, engine):
        self.session = Session(engine)

    def __enter__(self):
        return self.session

    def __exit__(self, *error):
        self.session.close()


def test_many_rows_return_their_ids(engine):
    if VERSION < (2, 0) or not engine.dialect.insert_returning:
        skip("SQLAlchemy 2.0 and MariaDB 10.5 have INSERT ... RETURNING")
    statements = []
    event.listen(engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    with engine.begin() as connection:
        result = connection.execute(
            items.insert().returning(items.c.id, sort_by_parameter_order=True),
            [{"name": f"item {number}"} for number in range(2500)],
        )
        assert [row[0] for row in result] == list(range(1, 2501))
    assert len(statements) == 3


def test_mariadb_urls_work():
    if VERSION < (1, 4):
        skip("SQLAlchemy 1.3 has no dialect mariadb")
    engine = create_engine("mariadb+wasmysql://main")
    with engine.connect() as connection:
        assert connection.execute(text("SELECT 1")).scalar() == 1
    assert engine.dialect.name in ("mariadb", "mysql")
    engine.dispose()
