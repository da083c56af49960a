"""Fixtures of the tests that run outside of the sandbox.

`WASMYSQL_TOOL` is the program `wasmysql`, and `WASMYSQL_RUNTIME` the runtime component.
"""

import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

PACKAGE = Path(__file__).resolve().parents[1]
SOURCES = PACKAGE / "src"
sys.path[:0] = [str(SOURCES), str(PACKAGE / "bench")]

import server  # noqa: E402


class Outcome(NamedTuple):
    """How a program ended."""

    code: int
    stdout: str
    stderr: str


@pytest.fixture(scope="session")
def tool():
    return os.environ.get("WASMYSQL_TOOL", "wasmysql")


@pytest.fixture
def start(tool):
    """Runs a component with arguments of the tool and of the program."""

    def run(component, *arguments, options=(), stdin=""):
        command = [tool, "run", "--max-memory", "256", *options, str(component), "--", *arguments]
        done = subprocess.run(
            command, input=stdin, capture_output=True, text=True, timeout=120, check=False
        )
        return Outcome(done.returncode, done.stdout, done.stderr)

    return run


@pytest.fixture(scope="session")
def runtime(tool):
    """The runtime component. The tool has compiled it, so that it prints no notice later."""
    path = os.environ["WASMYSQL_RUNTIME"]
    command = [tool, "run", "--max-memory", "256", path, "--", "-c", "pass"]
    subprocess.run(command, capture_output=True, timeout=300, check=True)
    return path


@pytest.fixture
def program(start, runtime, tmp_path):
    """Runs the text of a program with the runtime."""

    def run(text, *arguments, files=None, **others):
        for name, content in {"app.py": text, **(files or {})}.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content)
        options = ["--dir", f"{tmp_path}::/app", *others.pop("options", ())]
        return start(runtime, "app.py", *arguments, options=options, **others)

    run.runtime, run.directory = runtime, tmp_path
    return run


@pytest.fixture(scope="session")
def account():
    """The options for a server on which a program may execute any statement."""
    with server.running("CREATE TABLE names (name VARCHAR(20) PRIMARY KEY)") as port:
        url = f"mysql://bench:bench@127.0.0.1:{port}/bench"
        yield ["--database", f"main={url}", "--grant", "main=any"]


@pytest.fixture(scope="session")
def build():
    """Builds a component."""

    def run(*arguments):
        environment = {**os.environ, "PYTHONPATH": str(SOURCES)}
        command = [sys.executable, "-m", "wasmysql.build", *map(str, arguments)]
        return subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=300, check=False
        )

    return run
