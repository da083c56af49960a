"""Runs the named work for each line of the standard input, and prints its time in microseconds."""

import sys
import time


def serve(works):
    for line in sys.stdin:
        work = works[line.strip()]
        before = time.perf_counter()
        work()
        print((time.perf_counter() - before) * 1e6, flush=True)
