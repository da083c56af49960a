"""The work in the sandbox, with `wasmysql.dbapi`."""

import work
from serve import serve

from wasmysql import dbapi

conn = None
rows = work.rows()


def first():
    global conn
    conn = dbapi.connect("main", autocommit=True)
    with conn.cursor() as cursor:
        cursor.execute(work.POINT, (1,))
        assert cursor.fetchone()[0] == 1


def scan():
    with conn.cursor() as cursor:
        cursor.execute(work.SCAN)
        work.check(cursor.fetchall())


def points():
    with conn.cursor() as cursor:
        for n in range(work.POINTS):
            cursor.execute(work.POINT, (n + 1,))
            assert cursor.fetchone()[0] == n + 1


def inserts():
    with conn.cursor() as cursor:
        cursor.execute(work.EMPTY)
        cursor.executemany(work.INSERT, rows)
        assert cursor.rowcount == work.INSERTS


serve({"first": first, "scan": scan, "point": points, "insert": inserts})
