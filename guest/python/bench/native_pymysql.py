"""The work with PyMySQL. Usage: native_pymysql.py PORT"""

import sys

import pymysql
import work
from serve import serve

conn = None
rows = work.rows()


def first():
    global conn
    conn = pymysql.connect(
        host="127.0.0.1", port=int(sys.argv[1]), user="bench", password="bench", database="bench",
        autocommit=True,
    )  # fmt: skip
    with conn.cursor() as cursor:
        cursor.execute(work.POINT, (1,))
        assert cursor.fetchone()[0] == 1


def scan():
    with conn.cursor() as cursor:
        cursor.execute(work.SCAN)
        work.check(cursor.fetchall())


def columns():
    with conn.cursor() as cursor:
        cursor.execute(work.SCAN)
        found = list(zip(*cursor.fetchall(), strict=True))
    assert sum(found[0]) == work.SCAN_ROWS * (work.SCAN_ROWS + 1) // 2
    assert sum(found[3]) > 0


def points():
    with conn.cursor() as cursor:
        for n in range(work.POINTS):
            cursor.execute(work.POINT, (n + 1,))
            assert cursor.fetchone()[0] == n + 1


def inserts():
    with conn.cursor() as cursor:
        cursor.execute(work.EMPTY)
        assert cursor.executemany(work.INSERT, rows) == work.INSERTS


serve({"first": first, "scan": scan, "columns": columns, "point": points, "insert": inserts})
