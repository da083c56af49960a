"""Connections of `wasmysql.dbapi`: transactions, savepoints and options."""

from wasmysql import dbapi, errors
from wasmysql.testing import raises


def count(cursor, table):
    cursor.execute(f"SELECT COUNT(*) FROM {table}")
    return cursor.fetchone()[0]


def test_module_has_the_names_of_pep_249():
    assert (dbapi.apilevel, dbapi.threadsafety, dbapi.paramstyle) == ("2.0", 1, "pyformat")
    for name in ("Error", "DatabaseError", "IntegrityError", "OperationalError"):
        assert getattr(dbapi, name) is getattr(errors, name)


def test_statement_begins_a_transaction_that_commit_ends(cursor, db, other, table):
    cursor.execute(f"INSERT INTO {table} (name) VALUES (%s)", ("Ada",))
    assert count(other, table) == 0
    db.commit()
    assert count(other, table) == 1
    cursor.execute(f"DELETE FROM {table}")
    db.rollback()
    assert count(other, table) == 1


def test_reads_of_a_transaction_have_one_snapshot(cursor, db, other, table):
    assert count(cursor, table) == 0
    other.execute(f"INSERT INTO {table} (name) VALUES ('Ada')")
    assert count(cursor, table) == 0
    db.commit()
    assert count(cursor, table) == 1


def test_commit_and_rollback_without_a_transaction_do_nothing(db):
    db.commit()
    db.rollback()


def test_autocommit_commits_each_statement(cursor, db, other, table):
    db.autocommit(True)
    cursor.execute(f"INSERT INTO {table} (name) VALUES ('Ada')")
    assert (count(other, table), db.get_autocommit()) == (1, True)
    db.begin()
    cursor.execute(f"INSERT INTO {table} (name) VALUES ('Bob')")
    assert count(other, table) == 1
    db.rollback()
    assert count(cursor, table) == 1


def test_turning_autocommit_on_commits(cursor, db, other, table):
    cursor.execute(f"INSERT INTO {table} (name) VALUES ('Ada')")
    db.autocommit(True)
    assert count(other, table) == 1


def test_begin_inside_a_transaction_is_refused(cursor, db):
    cursor.execute("SELECT 1")
    with raises(dbapi.ProgrammingError, kind="invalid-request"):
        db.begin()


def test_schema_change_commits_and_the_next_statement_begins_again(cursor, db, other, table):
    cursor.execute(f"INSERT INTO {table} (name) VALUES ('Ada')")
    cursor.execute(f"ALTER TABLE {table} ADD COLUMN n INT")
    db.rollback()
    assert count(other, table) == 1
    cursor.execute(f"ALTER TABLE {table} DROP COLUMN n")
    cursor.execute(f"INSERT INTO {table} (name) VALUES ('Bob')")
    db.rollback()
    assert count(other, table) == 1


def test_failed_schema_change_commits_too(cursor, db, other, table):
    cursor.execute(f"INSERT INTO {table} (name) VALUES ('Ada')")
    with raises(dbapi.OperationalError, code=1050):
        cursor.execute(f"CREATE TABLE {table} (id INT)")
    cursor.execute(f"INSERT INTO {table} (name) VALUES ('Bob')")
    db.rollback()
    assert count(other, table) == 1


def test_temporary_table_does_not_commit(cursor, db, other, table):
    cursor.execute(f"INSERT INTO {table} (name) VALUES ('Ada')")
    cursor.execute("CREATE TEMPORARY TABLE temporary_one (id INT)")
    db.rollback()
    assert count(other, table) == 0


def test_procedure_can_commit_and_the_next_statement_begins_again(cursor, db, other, table):
    cursor.execute(f"INSERT INTO {table} (name) VALUES ('Ada')")
    cursor.callproc("own_commit")
    cursor.execute(f"INSERT INTO {table} (name) VALUES ('Bob')")
    db.rollback()
    assert count(other, table) == 1


def test_error_keeps_the_transaction(cursor, db, other, table):
    cursor.execute(f"INSERT INTO {table} VALUES (1, 'Ada')")
    with raises(dbapi.IntegrityError, code=1062, sqlstate="23000", kind="server", retry="never"):
        cursor.execute(f"INSERT INTO {table} VALUES (1, 'Bob')")
    db.commit()
    assert count(other, table) == 1


def test_timeout_ends_the_session_and_rolls_back(other, table):
    with dbapi.connect("main", statement_timeout=0.3) as db, db.cursor() as cursor:
        cursor.execute(f"INSERT INTO {table} (name) VALUES ('Ada')")
        with raises(dbapi.OperationalError, kind="timeout", step="execute"):
            cursor.execute("SELECT SLEEP(20)")
        assert not db.open
        with raises(dbapi.InternalError, kind="transaction-aborted", reason="timeout"):
            cursor.execute("SELECT 1")
    assert count(other, table) == 0


def test_savepoints_roll_back_a_part(cursor, db, other, table):
    db.savepoint("one")
    cursor.execute(f"INSERT INTO {table} (name) VALUES ('Ada')")
    db.savepoint("two")
    cursor.execute(f"INSERT INTO {table} (name) VALUES ('Bob')")
    db.rollback_to_savepoint("two")
    assert count(cursor, table) == 1
    db.release_savepoint("one")
    with raises(dbapi.OperationalError, code=1305):
        db.rollback_to_savepoint("one")
    db.commit()
    assert count(other, table) == 1


def test_rollback_to_an_outer_savepoint_ends_the_inner_ones(cursor, db, table):
    db.savepoint("one")
    db.savepoint("two")
    cursor.execute(f"INSERT INTO {table} (name) VALUES ('Ada')")
    db.rollback_to_savepoint("one")
    assert count(cursor, table) == 0
    with raises(dbapi.OperationalError, code=1305):
        db.release_savepoint("two")


def test_isolation_level_applies_to_the_next_transaction(cursor, db, other, table):
    db.isolation_level = "READ COMMITTED"
    assert count(cursor, table) == 0
    other.execute(f"INSERT INTO {table} (name) VALUES ('Ada')")
    assert count(cursor, table) == 1
    with raises(dbapi.ProgrammingError, kind="argument"):
        db.isolation_level = "CHAOS"


def test_read_only_connection_refuses_writes(table):
    with dbapi.connect("main", read_only=True) as db, db.cursor() as cursor:
        with raises(dbapi.OperationalError, kind="statement-denied"):
            cursor.execute(f"INSERT INTO {table} (name) VALUES ('Ada')")


def test_statements_of_transactions_are_refused(cursor):
    for statement in ("COMMIT", "SAVEPOINT a", "SET autocommit = 0"):
        with raises(dbapi.OperationalError, kind="statement-denied"):
            cursor.execute(statement)


def test_closed_connection_refuses_calls(db, cursor, other, table):
    cursor.execute(f"INSERT INTO {table} (name) VALUES ('Ada')")
    db.close()
    db.close()
    assert not db.open
    for call in (db.commit, db.rollback, db.cursor, db.ping, lambda: cursor.execute("SELECT 1")):
        with raises(dbapi.InterfaceError, kind="resource-closed"):
            call()
    assert count(other, table) == 0


def test_unknown_database_is_an_error():
    with raises(dbapi.OperationalError, kind="engine-denied"):
        dbapi.connect("no such database")


def test_ping_and_server_info(db, cursor):
    db.ping()
    cursor.execute("SELECT VERSION()")
    assert cursor.fetchone()[0] == db.get_server_info() == db.server.version
    assert db.character_set_name() == "utf8mb4"


def test_warnings_are_listed(db, cursor):
    cursor.execute("SELECT 1 / 0")
    assert cursor.warning_count == 1
    assert [(level, code) for level, code, _ in db.show_warnings()] == [("Warning", 1365)]
