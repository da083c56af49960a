"""Fixtures of the tests that run outside of the sandbox.

`WASMYSQL_TOOL` is the program `wasmysql`, and `WASMYSQL_RUNTIME` the runtime component.
"""

import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

SOURCES = Path(__file__).resolve().parents[1] / "src"
sys.path.insert(0, str(SOURCES))


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


@pytest.fixture
def program(start, tmp_path):
    """Runs the text of a program with the runtime."""
    runtime = os.environ["WASMYSQL_RUNTIME"]

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
def build():
    """Builds a component."""

    def run(*arguments):
        environment = {**os.environ, "PYTHONPATH": str(SOURCES)}
        command = [sys.executable, "-m", "wasmysql.build", *map(str, arguments)]
        return subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=300, check=False
        )

    return run
