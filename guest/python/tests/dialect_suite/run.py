"""Runs SQLAlchemy's dialect suite in the sandbox, against a server of its own.

    python run.py --runtime RUNTIME.wasm --sqlalchemy DIRECTORY [-- ARGUMENTS OF PYTEST]

DIRECTORY has SQLAlchemy, and pytest if `--pytest` does not name another one: `pip install --target
DIRECTORY sqlalchemy==2.0.* pytest`. The failures must be those of the file `failures-VERSION.txt`,
if it exists; each line has the id of a test, and the reason after a `#`.
"""

import argparse
import contextlib
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
#: The schemas that the suite expects.
SCHEMAS = ("test", "test_schema", "test_schema_2")
ACCOUNT, PASSWORD = "suite", "suite"
START_TIMEOUT = 60.0
#: The suite opens many engines, each with a pool.
CONFIGURATION = """
[database.main]
url = "{url}"
max_connections = 100

[[grant]]
guest = "*"
database = "main"
statements = "ddl"
max_connections = 100
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tool", default="wasmysql", help="the wasmysql program")
    parser.add_argument("--runtime", type=Path, required=True, help="the runtime component")
    parser.add_argument("--sqlalchemy", type=Path, required=True, help="its directory")
    parser.add_argument("--pytest", type=Path, help="the directory of pytest")
    parser.add_argument("--url", help="a server that runs; its account needs all rights")
    parser.add_argument("--sdk", type=Path, help="the directory of a newer SDK")
    parser.add_argument("--cache", type=Path, help="the directory for compiled modules")
    parser.add_argument("--db", default="default", help="the section of setup.cfg [default]")
    parser.add_argument("pytest_arguments", nargs="*", help="arguments of pytest, after --")
    arguments = parser.parse_args()
    with contextlib.ExitStack() as stack:
        url = arguments.url or stack.enter_context(_server())
        results = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        cache = arguments.cache or results
        output = _run(arguments, url, results, cache)
    return _compare(output, _version(arguments.sqlalchemy), bool(arguments.pytest_arguments))


@contextlib.contextmanager
def _server() -> Iterator[str]:
    """Starts MariaDB on a new data directory. Returns the URL of the schema `test`."""
    with tempfile.TemporaryDirectory(prefix="suite-") as directory:
        data, init = Path(directory, "data"), Path(directory, "init.sql")
        install = ["mariadb-install-db", "--no-defaults", f"--datadir={data}", "--skip-test-db"]
        subprocess.run(
            [*install, "--auth-root-authentication-method=normal"],
            check=True,
            stdout=subprocess.DEVNULL,
        )
        lines = [f"CREATE USER '{ACCOUNT}'@'127.0.0.1' IDENTIFIED BY '{PASSWORD}';"]
        lines.append(f"GRANT ALL ON *.* TO '{ACCOUNT}'@'127.0.0.1';")
        for schema in SCHEMAS:
            lines.append(f"CREATE DATABASE {schema} CHARACTER SET utf8mb4;")
        init.write_text("\n".join(lines) + "\n")
        port = _free_port()
        command = [
            shutil.which("mariadbd") or "/usr/sbin/mariadbd",
            "--no-defaults",
            f"--datadir={data}",
            f"--init-file={init}",
            f"--socket={directory}/socket",
            f"--port={port}",
            "--bind-address=127.0.0.1",
            "--skip-log-bin",
            "--innodb-flush-log-at-trx-commit=0",
        ]
        if os.getuid() == 0:
            command.append("--user=root")
        with open(Path(directory, "log"), "wb") as log:
            server = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            _wait_for(port, server)
            yield f"mysql://{ACCOUNT}:{PASSWORD}@127.0.0.1:{port}/{SCHEMAS[0]}"
        finally:
            server.terminate()
            server.wait()


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def _wait_for(port: int, server: subprocess.Popen) -> None:
    end = time.monotonic() + START_TIMEOUT
    while server.poll() is None and time.monotonic() < end:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.1)
    raise SystemExit("MariaDB did not start")


def _run(arguments: argparse.Namespace, url: str, results: Path, cache: Path) -> str:
    mounts = {"/app": HERE, "/packages": arguments.sqlalchemy, "/results": results, "/cache": cache}
    path = ["/packages"]
    if arguments.pytest:
        mounts["/pytest"] = arguments.pytest
        path.append("/pytest")
    if arguments.sdk:
        mounts["/sdk"] = arguments.sdk
        path.append("/sdk")
    configuration = results / "suite.toml"
    configuration.write_text(CONFIGURATION.format(url=url))
    command = [arguments.tool, "run", "--max-memory", "1024", "--max-cpu-time", "3600"]
    command += ["--max-handles", "4096", "--config", str(configuration)]
    for guest, host in mounts.items():
        command += ["--dir", f"{host.resolve()}::{guest}"]
    command += ["--env", f"PYTHONPATH={':'.join(path)}", "--env", "PYTHONPYCACHEPREFIX=/cache"]
    command += [str(arguments.runtime), "--", "in_sandbox.py", "--db", arguments.db]
    command += arguments.pytest_arguments
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        lines = []
        for line in process.stdout:
            lines.append(line)
            print(line, end="", flush=True)
    return "".join(lines)


def _version(directory: Path) -> str:
    text = (directory / "sqlalchemy" / "__init__.py").read_text()
    return re.search(r'__version__ = "(\d+\.\d+)', text)[1]


def _compare(output: str, version: str, is_selection: bool) -> int:
    """Compares the failures with the known ones. Returns the exit code."""
    if not re.search(r"^=+ .*\b(passed|failed)\b.* in ", output, re.MULTILINE):
        print("the suite did not run to its end", file=sys.stderr)
        return 2
    failed = set(re.findall(r"^(?:FAILED|ERROR) (\S+)", output, re.MULTILINE))
    # The names of classes end with the driver and the version of the server.
    failed = {re.sub(r"_(mysql|mariadb)\+[^:]*(?=::)", "", test) for test in failed}
    file = HERE / f"failures-{version}.txt"
    lines = file.read_text().splitlines() if file.exists() else []
    known = {line.split("#")[0].strip() for line in lines} - {""}
    new, fixed = sorted(failed - known), sorted(known - failed)
    for test in new:
        print(f"new failure: {test}", file=sys.stderr)
    if not is_selection:
        for test in fixed:
            print(f"no failure any more: {test}", file=sys.stderr)
    print(f"{len(failed & known)} known failures, {len(new)} new ones", file=sys.stderr)
    return 1 if new or (fixed and not is_selection) else 0


if __name__ == "__main__":
    sys.exit(main())
