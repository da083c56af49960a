"""Compares components that run the same work, each with a private server.

    python3 compare.py ../go/bench.wasm ../c/bench.wasm

Prints the median of the wall time and of the CPU time of the tool, in microseconds of each row,
point query or insert. `--tool` is the tool, which should be a release build.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "python" / "bench"))
import work  # noqa: E402

TICKS = os.sysconf("SC_CLK_TCK")

#: The works, with the number of operations of each.
WORKS = {
    "scan": work.SCAN_ROWS,
    "stream": work.SCAN_ROWS,
    "columns": work.SCAN_ROWS,
    "point": work.POINTS,
    "insert": work.INSERTS,
}


class Program:
    """A component that runs a work for each line of its standard input."""

    def __init__(self, tool, component, schema):
        command = [tool, "run", component, "--schema", schema, "--max-memory", "1024", "--max-cpu-time", "0"]
        self.name = component
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def measure(self, name):
        """Returns the wall time and the CPU time in microseconds."""
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

    def end(self):
        self.process.stdin.close()
        self.process.wait()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tool", default="wasmysql")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--works", nargs="*", default=list(WORKS))
    parser.add_argument("components", nargs="+")
    arguments = parser.parse_args()
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as schema:
        schema.write(work.SCHEMA)
        schema.flush()
        programs = [Program(arguments.tool, component, schema.name) for component in arguments.components]
        for name in arguments.works:
            report(name, programs, arguments.rounds)
        for program in programs:
            program.end()


def report(name, programs, rounds):
    """Measures one work, alternating between the programs."""
    times = {program: [] for program in programs}
    for program in programs:
        program.measure(name)  # fills caches
    for _ in range(rounds):
        for program in programs:
            times[program].append(program.measure(name))
    print(f"{name}: microseconds of each of {WORKS[name]}, wall and CPU")
    for program in programs:
        wall, cpu = (statistics.median(values) / WORKS[name] for values in zip(*times[program], strict=True))
        print(f"  {program.name:30} {wall:9.2f} {cpu:9.2f}", flush=True)


if __name__ == "__main__":
    main()
