"""The work through DB-API 2.0, for a connection of `wasmysql.dbapi` or of PyMySQL."""

import work
from serve import serve


def serve_db_api(connect):
    """Serves the work. `connect` returns a connection."""
    rows = work.rows()
    conn = None

    def first():
        nonlocal conn
        conn = connect()
        with conn.cursor() as cursor:
            point(cursor, 1)

    def point(cursor, id):
        cursor.execute(work.POINT, (id,))
        assert cursor.fetchone()[0] == id

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
                point(cursor, n + 1)

    def inserts():
        with conn.cursor() as cursor:
            cursor.execute(work.EMPTY)
            cursor.executemany(work.INSERT, rows)
            assert cursor.rowcount == work.INSERTS

    serve({"first": first, "scan": scan, "columns": columns, "point": points, "insert": inserts})
