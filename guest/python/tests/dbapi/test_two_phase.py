"""Two-phase transactions of `wasmysql.dbapi`."""

import time

from wasmysql import dbapi
from wasmysql.testing import raises


def decide(call, xid):
    """Calls a function that ends a prepared transaction, until its connection has ended. MariaDB
    reports 1397 as long as the connection holds it."""
    end = time.monotonic() + 10
    while True:
        try:
            return call(xid)
        except dbapi.OperationalError as error:
            if error.code != 1397 or time.monotonic() > end:
                raise


def names(cursor, table):
    cursor.execute(f"SELECT name FROM {table} ORDER BY id")
    return [name for (name,) in cursor.fetchall()]


def test_prepared_transaction_is_committed(db, cursor, other, table):
    db.tpc_begin(db.xid(0, "first", ""))
    cursor.execute(f"INSERT INTO {table} (name) VALUES ('a')")
    with raises(dbapi.ProgrammingError, kind="invalid-request"):
        db.commit()
    db.tpc_prepare()
    assert names(other, table) == []
    db.tpc_commit()
    assert names(other, table) == ["a"]


def test_transaction_is_committed_in_one_phase(db, cursor, other, table):
    db.tpc_begin("one phase")
    cursor.execute(f"INSERT INTO {table} (name) VALUES ('a')")
    db.tpc_commit()
    assert names(other, table) == ["a"]


def test_transaction_is_rolled_back(db, cursor, other, table):
    for prepared in (False, True):
        db.tpc_begin("rolled back")
        cursor.execute(f"INSERT INTO {table} (name) VALUES ('a')")
        if prepared:
            db.tpc_prepare()
        db.tpc_rollback()
    assert names(other, table) == []


def test_prepared_transaction_survives_its_connection(db, other, table):
    for number, end in enumerate(("tpc_commit", "tpc_rollback")):
        first = dbapi.connect("main")
        first.tpc_begin(f"survivor {number}")
        first.cursor().execute(f"INSERT INTO {table} (name) VALUES (%s)", (end,))
        first.tpc_prepare()
        first.close()
        assert f"survivor {number}" in db.tpc_recover()
        decide(getattr(db, end), f"survivor {number}")
        assert db.tpc_recover() == []
    assert names(other, table) == ["tpc_commit"]


def test_calls_in_the_wrong_state_are_refused(db, cursor):
    for call in (db.tpc_prepare, db.tpc_commit, db.tpc_rollback):
        with raises(dbapi.ProgrammingError, kind="invalid-request"):
            call()
    cursor.execute("SELECT 1")
    with raises(dbapi.ProgrammingError, kind="invalid-request"):
        db.tpc_begin("inside")
