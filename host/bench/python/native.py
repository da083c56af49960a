"""The native side of the benchmark `python_columns`: PyMySQL.

Usage: native.py HOST PORT USER PASSWORD SCHEMA SQL. For each line of the standard input, it fetches
all rows and prints the wall time and the CPU time in microseconds, and the sums that the guest
returns too.
"""

import sys
from resource import RUSAGE_SELF, getrusage
from time import perf_counter

import pymysql


def cpu():
    usage = getrusage(RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def main():
    host, port, user, password, schema, sql = sys.argv[1:]
    connection = pymysql.connect(
        host=host, port=int(port), user=user, password=password, database=schema, read_timeout=60
    )
    for _ in sys.stdin:
        wall_before, cpu_before = perf_counter(), cpu()
        with connection.cursor() as cursor:
            cursor.execute(sql)
            rows = cursor.fetchall()
        wall_us, cpu_us = (perf_counter() - wall_before) * 1e6, (cpu() - cpu_before) * 1e6
        print(wall_us, cpu_us, *sums(rows), flush=True)
        del cursor, rows


def sums(rows):
    ids, quantities, names, prices, dates = zip(*rows)
    return (
        len(rows),
        sum(ids),
        sum(quantities),
        sum(len(name.encode()) for name in names),
        sum(prices),
        sum(at.second for at in dates),
    )


main()
