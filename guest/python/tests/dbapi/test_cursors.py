"""Cursors of `wasmysql.dbapi`: parameters, rows, results and streams."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from wasmysql import dbapi
from wasmysql.testing import parametrize, raises

MANY = "SELECT seq, REPEAT('x', 100) FROM seq_1_to_50000"


def test_parameters_have_all_styles(cursor):
    for sql, args in (
        ("SELECT %s, 'a%%s', 5 %% 3", (7,)),
        ("SELECT %(n)s, 'a%%s', 5 %% 3", {"n": 7}),
        ("SELECT ?, 'a%s', 5 % 3", [7]),
        ("SELECT :n, 'a%s', 5 % 3", {"n": 7}),
        ("SELECT %s, 'a%%s', 5 %% 3", 7),
    ):
        cursor.execute(sql, args)
        assert cursor.fetchall() == [(7, "a%s", 2)]


def test_missing_parameter_is_an_error(cursor):
    with raises(dbapi.ProgrammingError, kind="argument"):
        cursor.execute("SELECT %(a)s", {"b": 1})
    with raises(dbapi.ProgrammingError, kind="argument"):
        cursor.execute("SELECT %s, %s", (1,))


@parametrize(
    "value",
    [
        None,
        -(2**63),
        2**64 - 1,
        0.1,
        Decimal("-12345.6700"),
        "é ' \\ % ?",
        b"\x00\xff",
        date(2024, 2, 29),
        datetime(2024, 2, 29, 13, 5, 9, 70),
        timedelta(hours=-100, microseconds=1),
    ],
)
def test_values_come_back(cursor, value):
    cursor.execute("SELECT %s", (value,))
    assert cursor.fetchone() == (value,)


def test_uuid_is_text(cursor):
    value = UUID("718ccb5a-d1df-4cce-a741-d2df816a7337")
    cursor.execute("SELECT %s", (value,))
    assert cursor.fetchone() == (str(value),)


def test_description_has_seven_values_a_column(cursor, table):
    cursor.execute(f"SELECT id, name, NOW() AS t FROM {table}")
    assert [column[0] for column in cursor.description] == ["id", "name", "t"]
    assert cursor.description[0][1] == dbapi.NUMBER
    assert cursor.description[1][1] == dbapi.STRING != dbapi.NUMBER
    assert cursor.description[2][1] == dbapi.DATETIME
    assert [column[6] for column in cursor.description] == [False, True, False]
    assert all(len(column) == 7 for column in cursor.description)
    cursor.execute(f"DELETE FROM {table}")
    assert cursor.description is None


def test_fetching_goes_on_where_it_stopped(cursor):
    assert cursor.execute("SELECT seq FROM seq_1_to_10") == 10
    assert cursor.fetchone() == (1,)
    assert cursor.fetchmany() == [(2,)]
    assert cursor.fetchmany(3) == [(3,), (4,), (5,)]
    assert (cursor.rownumber, cursor.rowcount) == (5, 10)
    assert [row[0] for row in cursor] == [6, 7, 8, 9, 10]
    assert (cursor.fetchone(), cursor.fetchmany(2), cursor.fetchall()) == (None, [], [])


def test_fetch_without_rows_is_an_error(cursor, table):
    for prepare in (lambda: None, lambda: cursor.execute(f"DELETE FROM {table}")):
        prepare()
        with raises(dbapi.ProgrammingError, kind="invalid-request"):
            cursor.fetchall()


def test_rowcount_counts_matched_rows(cursor, table):
    assert cursor.execute(f"INSERT INTO {table} (name) VALUES ('a'), ('b')") == 2
    assert cursor.execute(f"UPDATE {table} SET name = 'a'") == 2
    assert cursor.execute(f"UPDATE {table} SET name = 'a'") == 2


def test_lastrowid_is_the_first_generated_id(cursor, table):
    cursor.execute(f"INSERT INTO {table} (name) VALUES ('a'), ('b')")
    assert cursor.lastrowid == 1
    cursor.execute(f"INSERT INTO {table} (name) VALUES ('c')")
    assert cursor.lastrowid == 3
    cursor.execute("SELECT 1")
    assert cursor.lastrowid == 0


def test_executemany_inserts_all_rows(cursor, table):
    rows = [(number, None if number % 3 else str(number)) for number in range(1, 5001)]
    assert cursor.executemany(f"INSERT INTO {table} VALUES (%s, %s)", rows) == 5000
    cursor.execute(f"SELECT id, name FROM {table} ORDER BY id")
    assert cursor.fetchall() == rows
    changes = [{"n": "x", "id": 1}, {"n": "y", "id": 2}]
    assert cursor.executemany(f"UPDATE {table} SET name = %(n)s WHERE id = %(id)s", changes) == 2
    assert cursor.executemany(f"DELETE FROM {table} WHERE id = ?", []) == 0


def test_executemany_names_the_failed_row(cursor, table):
    with raises(dbapi.IntegrityError, code=1062, match="row 1 "):
        cursor.executemany(f"INSERT INTO {table} VALUES (%s, %s)", [(1, "a"), (1, "b")])


def test_returning_returns_rows(cursor, table):
    assert cursor.execute(f"INSERT INTO {table} (name) VALUES ('a'), ('b') RETURNING id, name") == 2
    assert cursor.fetchall() == [(1, "a"), (2, "b")]


def test_large_result_is_read_whole_and_others_can_run(cursor, db):
    assert cursor.execute(MANY) == 50_000
    with db.cursor() as second:
        second.execute("SELECT 1")
        assert second.fetchall() == [(1,)]
    assert [row[0] for row in cursor.fetchall()] == list(range(1, 50_001))


def test_stream_reads_rows_while_they_are_fetched(db):
    with db.cursor(dbapi.StreamingCursor) as stream:
        assert stream.execute(MANY) == -1
        assert stream.fetchone()[0] == 1
        with db.cursor() as second, raises(dbapi.InterfaceError, kind="busy"):
            second.execute("SELECT 1")
        assert [row[0] for row in stream.fetchmany(1000)] == list(range(2, 1002))
        assert [row[0] for row in stream] == list(range(1002, 50_001))
        assert (stream.rowcount, stream.rownumber) == (50_000, 50_000)
        stream.execute("SELECT 1")
        assert stream.fetchall() == [(1,)]


@parametrize("end", ["close", "execute", "rollback", "commit"])
def test_stream_can_end_early_and_keeps_the_connection(db, table, end):
    with db.cursor() as cursor, db.cursor(dbapi.StreamingCursor) as stream:
        cursor.execute(f"INSERT INTO {table} (name) VALUES ('a')")
        stream.execute(MANY)
        stream.fetchmany(10)
        if end == "execute":
            stream.execute("SELECT 1")
        elif end == "close":
            stream.close()
        else:
            getattr(db, end)()
        if end != "execute":
            cursor.execute(f"SELECT COUNT(*) FROM {table}")
            assert cursor.fetchone()[0] == (0 if end == "rollback" else 1)


def test_connection_with_an_open_stream_can_be_closed():
    with dbapi.connect("main") as db:
        stream = db.cursor(dbapi.StreamingCursor)
        stream.execute(MANY)
    with raises(dbapi.InterfaceError, kind="resource-closed"):
        stream.execute("SELECT 1")
    stream.close()


def test_forgotten_stream_frees_the_connection(db):
    db.cursor(dbapi.StreamingCursor).execute("SELECT seq FROM seq_1_to_100")
    with db.cursor() as cursor:
        cursor.execute("SELECT 1")
        assert cursor.fetchall() == [(1,)]


def test_dict_cursor_returns_dictionaries(db):
    with db.cursor(dbapi.DictCursor) as cursor:
        cursor.execute("SELECT 1 AS a, 'x' AS b UNION SELECT 2, 'y'")
        assert cursor.fetchone() == {"a": 1, "b": "x"}
        assert cursor.fetchall() == [{"a": 2, "b": "y"}]


@parametrize("kind", ["Cursor", "StreamingCursor"])
def test_procedure_has_several_results(db, kind):
    with db.cursor(getattr(dbapi, kind)) as cursor:
        assert cursor.callproc("doubled", (21, None)) == (21, None)
        assert cursor.fetchall() == [(1,), (2,), (3,)]
        assert cursor.nextset()
        assert cursor.fetchone() == (21, "x")
        results = []
        while cursor.nextset():
            if cursor.description:
                results.append(cursor.fetchall())
        assert results == [[(42,)]]
        assert cursor.nextset() is None
        cursor.execute("SELECT 1")
        assert cursor.fetchall() == [(1,)]


def test_closed_cursor_refuses_calls(db):
    cursor = db.cursor()
    cursor.close()
    cursor.close()
    for call in (lambda: cursor.execute("SELECT 1"), cursor.fetchall, cursor.nextset):
        with raises(dbapi.InterfaceError, kind="resource-closed"):
            call()
