"""Compares the sandbox with native drivers. See README.md."""

import argparse
import contextlib
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pymysql
import work

HERE = Path(__file__).resolve().parent
TICKS = os.sysconf("SC_CLK_TCK")

#: The works, with the number of operations of each.
WORKS = {
    "scan": work.SCAN_ROWS,
    "columns": work.SCAN_ROWS,
    "point": work.POINTS,
    "insert": work.INSERTS,
    "concurrent": work.CONCURRENT,
}


class Program:
    """A program of `serve.py`."""

    def __init__(self, name, command):
        self.name = name
        self.process = subprocess.Popen(
            command, cwd=HERE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def measure(self, name):
        """Returns the wall time and the CPU time in microseconds; None if it has no such work."""
        before = self.cpu()
        self.process.stdin.write(f"{name}\n")
        self.process.stdin.flush()
        wall = self.process.stdout.readline()
        if not wall:
            raise SystemExit(f"{self.name} failed at {name}")
        return float(wall), (self.cpu() - before) * 1e6

    def cpu(self):
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS


@contextlib.contextmanager
def server():
    """Runs MariaDB with the data, and returns its port."""
    program = shutil.which("mariadbd") or shutil.which("mysqld")
    with tempfile.TemporaryDirectory() as directory, socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        install = [
            "mariadb-install-db",
            f"--datadir={directory}/data",
            "--auth-root-authentication-method=normal",
        ]
        subprocess.run([*install, "--user=root"], check=True, capture_output=True)
        arguments = [f"--datadir={directory}/data", f"--socket={directory}/s", f"--port={port}"]
        arguments += ["--bind-address=127.0.0.1", "--user=root", "--skip-log-bin"]
        arguments += ["--innodb-buffer-pool-size=256M", "--innodb-flush-log-at-trx-commit=0"]
        with open(f"{directory}/log", "w") as log:
            process = subprocess.Popen(
                [program, "--no-defaults", *arguments], stdout=log, stderr=log
            )
        try:
            prepare(f"{directory}/s")
            yield port
        finally:
            process.terminate()
            process.wait()


def prepare(path):
    deadline = time.monotonic() + 60
    while True:
        try:
            conn = pymysql.connect(unix_socket=path, user="root", autocommit=True)
            break
        except pymysql.err.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
    with conn, conn.cursor() as cursor:
        cursor.execute("CREATE DATABASE bench")
        cursor.execute("CREATE USER bench@'127.0.0.1' IDENTIFIED BY 'bench'")
        cursor.execute("GRANT ALL ON bench.* TO bench@'127.0.0.1'")
        cursor.execute("USE bench")
        for statement in work.SCHEMA.split(";"):
            if statement.strip():
                cursor.execute(statement)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tool", default="wasmysql")
    parser.add_argument("--runtime", required=True, type=Path)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("works", nargs="*", default=list(WORKS))
    arguments = parser.parse_args()
    with server() as port:
        guest = [arguments.tool, "run", "--max-memory", "1024", "--max-cpu-time", "0"]
        guest += [
            "--database",
            f"main=mysql://bench:bench@127.0.0.1:{port}/bench",
            "--grant",
            "main=ddl",
        ]
        guest += ["--dir", f"{HERE}::/app", str(arguments.runtime.resolve()), "--", "guest_aio.py"]
        programs = [
            Program("wasmysql.aio", guest),
            Program("PyMySQL", [sys.executable, "native_pymysql.py", str(port)]),
            Program("aiomysql", [sys.executable, "native_aiomysql.py", str(port)]),
        ]
        for name in arguments.works:
            report(
                name,
                [
                    program
                    for program in programs
                    if name != "concurrent" or program.name != "PyMySQL"
                ],
                arguments.rounds,
            )
        for program in programs:
            program.process.stdin.close()
            program.process.wait()


def report(name, programs, rounds):
    """Measures one work, alternating between the programs."""
    for program in programs:
        program.measure(name)
    times = {program.name: [] for program in programs}
    for _ in range(rounds):
        for program in programs:
            times[program.name].append(program.measure(name))
    print(f"{name}: microseconds of each of {WORKS[name]}, wall and CPU")
    first = None
    for program in programs:
        wall, cpu = (
            statistics.median(values) / WORKS[name]
            for values in zip(*times[program.name], strict=True)
        )
        first = first or (wall, cpu)
        ratios = f"{first[0] / wall:.2f} {first[1] / cpu:.2f}" if cpu else ""
        print(
            f"  {program.name:14} {wall:9.2f} {cpu:9.2f}   ratio of wasmysql {ratios}", flush=True
        )


if __name__ == "__main__":
    main()
