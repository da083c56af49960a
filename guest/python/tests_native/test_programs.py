"""Programs run as `python app.py` runs them."""

import pytest


def test_arguments_and_main_module(program):
    text = """
import sys
import helper
from package import inner
print(__name__, __file__, sys.argv, helper.VALUE, inner.VALUE, sys.path[0])
"""
    files = {"helper.py": "VALUE = 1", "package/__init__.py": "", "package/inner.py": "VALUE = 2"}
    done = program(text, "a", "b c", files=files)
    assert done == (0, "__main__ /app/app.py ['app.py', 'a', 'b c'] 1 2 /app\n", "")


@pytest.mark.parametrize(
    ("text", "code", "stderr"),
    [
        ("raise SystemExit", 0, ""),
        ("raise SystemExit(0)", 0, ""),
        ("raise SystemExit(3)", 3, ""),
        ("raise SystemExit('no rows')", 1, "no rows\n"),
        ("import sys; sys.exit(42)", 42, ""),
        ("import atexit; atexit.register(print, 'bye')", 0, ""),
    ],
)
def test_exit_codes(program, text, code, stderr):
    done = program(text)
    assert (done.code, done.stderr) == (code, stderr)


def test_exit_functions_run_and_output_is_flushed(program):
    done = program(
        "import atexit, sys\natexit.register(print, 'bye')\nsys.stdout.write('no newline')"
    )
    assert done.stdout == "no newlinebye\n"


def test_exception_prints_its_traceback(program):
    done = program("def fail():\n    raise ValueError('no')\n\nfail()\n")
    assert done.code == 1
    assert done.stderr == (
        "Traceback (most recent call last):\n"
        '  File "/app/app.py", line 4, in <module>\n'
        "    fail()\n"
        "    ~~~~^^\n"
        '  File "/app/app.py", line 2, in fail\n'
        "    raise ValueError('no')\n"
        "ValueError: no\n"
    )


def test_syntax_error_shows_the_line(program):
    done = program("x = = 1\n")
    assert done.code == 1
    assert 'File "/app/app.py", line 1' in done.stderr
    assert done.stderr.endswith("SyntaxError: invalid syntax\n")


def test_error_of_the_database_is_printed(program):
    done = program(
        "import asyncio\nfrom wasmysql import aio\n"
        "async def main():\n"
        "    async with aio.connect('main') as engine:\n"
        "        await engine.execute('SELECT * FROM missing')\n"
        "asyncio.run(main())\n"
    )
    assert done.code == 1
    assert "await engine.execute('SELECT * FROM missing')" in done.stderr
    assert "wasmysql.errors.ProgrammingError: (1146, " in done.stderr


def test_files_modules_and_statements(program, start):
    assert start(program.runtime, "missing.py") == (
        2,
        "",
        "can't open '/missing.py': No such file or directory\n",
    )
    done = start(program.runtime, "-c", "import sys; print(sys.argv)", "a")
    assert done == (0, "['-c', 'a']\n", "")
    done = start(program.runtime, "-m", "json.tool", stdin='{"a":1}')
    assert done == (0, '{\n    "a": 1\n}\n', "")
    done = start(program.runtime)
    assert done.code == 2
    assert done.stderr.startswith("usage: ")


def test_standard_input(program):
    done = program("import sys\nprint(sum(map(int, sys.stdin)))", stdin="1\n2\n3\n")
    assert done == (0, "6\n", "")


def test_packages_of_a_directory_replace_those_of_the_component(program):
    packages = program.directory / "packages"
    done = program(
        "import other, wasmysql.errors\nprint(other.X, wasmysql.errors)",
        files={
            "packages/other.py": "X = 1",
            "packages/wasmysql/__init__.py": "",
            "packages/wasmysql/errors.py": "",
        },
        options=["--dir", f"{packages}::/packages", "--env", "PYTHONPATH=/packages"],
    )
    assert done.stdout == "1 <module 'wasmysql.errors' from '/packages/wasmysql/errors.py'>\n"


def test_whole_standard_library_can_be_imported(program):
    """Modules of other systems, and those that need threads or libraries of C, are missing."""
    done = program(
        "import importlib, sys\n"
        "OTHERS = ('idlelib', 'this', 'wasmysql', 'sqlalchemy')\n"
        "for name in sorted(sys.meta_path[-1].modules):\n"
        "    if '__main__' in name or name.startswith(OTHERS): continue\n"
        "    try: importlib.import_module(name)\n"
        "    except ImportError: print('missing', name)\n",
        options=["--max-cpu-time", "100"],
    )
    assert done.code == 0, done
    missing = {line.split()[1] for line in done.stdout.splitlines() if line.startswith("missing ")}
    expected = {
        "asyncio.tools", "asyncio.windows_events", "asyncio.windows_utils", "bz2", "compression.bz2",
        "compression.lzma", "compression.zstd", "compression.zstd._zstdfile",
        "concurrent.futures.interpreter", "concurrent.futures.process", "concurrent.interpreters",
        "concurrent.interpreters._crossinterp", "concurrent.interpreters._queues",
        "encodings.bz2_codec", "encodings.mbcs", "encodings.oem", "lzma", "pty", "tty",
    }  # fmt: skip
    assert {name for name in missing if not name.startswith(("ctypes", "_pyrepl"))} == expected


def test_random_numbers_differ_between_runs(program):
    text = (
        "import random, uuid, secrets; print(random.random(), uuid.uuid4(), secrets.token_hex(8))"
    )
    assert program(text).stdout != program(text).stdout
