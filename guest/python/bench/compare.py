"""Compares the sandbox with native drivers. See README.md."""

import argparse
import os
import statistics
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import server
import work

HERE = Path(__file__).resolve().parent
TICKS = os.sysconf("SC_CLK_TCK")

#: The work that each program does before any other.
FIRST = "first"

CORE = ("wasmysql.sa", "wasmysql.sa 1.3", "aiomysql.sa")


class Work(NamedTuple):
    """The number of operations, and the programs that are compared."""

    count: int
    programs: tuple[str, ...]


WORKS = {
    "scan": Work(work.SCAN_ROWS, ("wasmysql.aio", "wasmysql.dbapi", "PyMySQL", "aiomysql")),
    "columns": Work(work.SCAN_ROWS, ("wasmysql.aio", "PyMySQL", "aiomysql")),
    "point": Work(work.POINTS, ("wasmysql.aio", "wasmysql.dbapi", "PyMySQL", "aiomysql")),
    "insert": Work(work.INSERTS, ("wasmysql.aio", "wasmysql.dbapi", "PyMySQL", "aiomysql")),
    "concurrent": Work(work.CONCURRENT, ("wasmysql.aio", "aiomysql")),
    "core_scan": Work(work.SCAN_ROWS, CORE),
    "core_point": Work(work.POINTS, CORE),
    "core_insert": Work(work.INSERTS, CORE),
}


class Program:
    """A program of `serve.py`."""

    def __init__(self, name, command):
        self.name = name
        self.process = subprocess.Popen(
            command, cwd=HERE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def measure(self, name):
        """Does the work. Returns its wall time and its CPU time in microseconds."""
        before = self.cpu()
        self.process.stdin.write(f"{name}\n")
        self.process.stdin.flush()
        wall = self.process.stdout.readline()
        if not wall:
            raise SystemExit(f"{self.name} failed at {name}")
        return float(wall), (self.cpu() - before) * 1e6

    def end(self):
        self.process.stdin.close()
        self.process.wait()

    def cpu(self):
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tool", default="wasmysql")
    parser.add_argument("--runtime", required=True, type=Path)
    parser.add_argument("--oldest-python", help="an interpreter with aiomysql and SQLAlchemy 1.3")
    parser.add_argument("--oldest-runtime", type=Path, help="the runtime with SQLAlchemy 1.3")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("works", nargs="*", default=[FIRST, *WORKS])
    arguments = parser.parse_args()
    with server.running(work.SCHEMA) as port:
        commands = programs(arguments, port)
        for name in arguments.works:
            if name == FIRST:
                report_first(commands, arguments.rounds)
                continue
            running = [
                Program(program, commands[program]) for program in WORKS[name].programs
                if program in commands
            ]  # fmt: skip
            for program in running:
                program.measure(FIRST)
            report(name, running, arguments.rounds)
            for program in running:
                program.end()


def programs(arguments, port):
    """Returns the commands by the names of the programs."""
    options = ["--max-memory", "1024", "--max-cpu-time", "0", "--grant", "main=ddl"]
    options += ["--database", f"main=mysql://bench:bench@127.0.0.1:{port}/bench"]
    guest = [arguments.tool, "run", *options, "--dir", f"{HERE}::/app"]

    def sandbox(runtime, file):
        return [*guest, str(runtime.resolve()), "--", file]

    def native(python, file):
        return [python, file, str(port)]

    found = {
        "wasmysql.aio": sandbox(arguments.runtime, "guest_aio.py"),
        "wasmysql.dbapi": sandbox(arguments.runtime, "guest_dbapi.py"),
        "wasmysql.sa": sandbox(arguments.runtime, "guest_core.py"),
        "PyMySQL": native(sys.executable, "native_pymysql.py"),
        "aiomysql": native(sys.executable, "native_aiomysql.py"),
    }
    if arguments.oldest_runtime:
        found["wasmysql.sa 1.3"] = sandbox(arguments.oldest_runtime, "guest_core.py")
    if arguments.oldest_python:
        found["aiomysql.sa"] = native(arguments.oldest_python, "native_core.py")
    return found


def report_first(commands, rounds):
    """Measures the first query, with its connection, of a program that has just started."""
    print("first: microseconds of the first query with its connection, wall and CPU")
    for name, command in commands.items():
        times = []
        for _ in range(rounds):
            program = Program(name, command)
            times.append(program.measure(FIRST))
            program.end()
        wall, cpu = (statistics.median(values) for values in zip(*times, strict=True))
        print(f"  {name:16} {wall:9.0f} {cpu:9.0f}", flush=True)


def report(name, running, rounds):
    """Measures one work, alternating between the programs."""
    for program in running:
        program.measure(name)
    times = {program.name: [] for program in running}
    for _ in range(rounds):
        for program in running:
            times[program.name].append(program.measure(name))
    count = WORKS[name].count
    medians = {
        name: [statistics.median(part) / count for part in zip(*values, strict=True)]
        for name, values in times.items()
    }
    native = [name for name in medians if not name.startswith("wasmysql")]
    print(f"{name}: microseconds of each of {count}, wall and CPU, and their ratios")
    for name, (wall, cpu) in medians.items():
        ratios = [
            f"{wall / medians[other][0]:.2f} {cpu / medians[other][1]:.2f} of {other}"
            for other in native
            if name.startswith("wasmysql") and medians[other][1]
        ]
        print(f"  {name:16} {wall:9.2f} {cpu:9.2f}   {', '.join(ratios)}", flush=True)


if __name__ == "__main__":
    main()
