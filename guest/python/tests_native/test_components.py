"""Components that contain the program."""

from pathlib import Path

import pytest

from wasmysql.build import builtins, component


def test_component_runs_its_program(build, start, tmp_path):
    app = tmp_path / "app"
    (app / "parts").mkdir(parents=True)
    (app / "parts" / "__init__.py").write_text("from .inner import VALUE")
    (app / "parts" / "inner.py").write_text("VALUE = 5")
    (app / "main.py").write_text(
        "import asyncio, sys\nfrom parts import VALUE\nfrom wasmysql import aio\n\n\n"
        "async def main():\n"
        "    async with aio.connect('main') as engine:\n"
        "        print(sys.argv[1:], (await engine.execute('SELECT %s', (VALUE,))).scalar())\n"
        "        raise ValueError('end')\n\n\n"
        "asyncio.run(main())\n"
    )
    plugin = tmp_path / "plugin.wasm"
    done = build("--output", plugin, "--app", app, "--main", "main")
    assert done.returncode == 0, done.stderr
    ran = start(plugin, "a", "b")
    assert (ran.code, ran.stdout) == (1, "['a', 'b'] 5\n")
    # The tool has announced the compilation of the component.
    assert 'Traceback (most recent call last):\n  File "main.py", line 12' in ran.stderr
    assert "raise ValueError('end')" in ran.stderr


def test_syntax_error_is_named(build, tmp_path):
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "wrong.py").write_text("x = 1\ny = = 2\n")
    done = build("--output", tmp_path / "x.wasm", "--app", tmp_path, "--main", "main")
    assert (done.returncode, done.stderr) == (1, "parts/wrong.py:2: invalid syntax\n")


def test_main_needs_a_directory(build, tmp_path):
    done = build("--output", tmp_path / "x.wasm", "--main", "app")
    assert done.returncode == 2
    assert "--main and --app belong together" in done.stderr


@pytest.mark.parametrize("data", [b"", b"\0asm\x01\0\0\0", b"\0asm\x0d\0\x01\0"])
def test_other_files_are_refused(data):
    with pytest.raises(builtins.UnexpectedComponent):
        builtins.replace(data)


def test_package_contains_the_contract():
    """A link would be missing in a wheel. After a change of the contract, copy `wit/*.wit`."""
    contract = Path(__file__).resolve().parents[3] / "wit"
    copy = component.WIT / "deps" / "wasmysql-mysql"
    assert {file.name for file in copy.iterdir()} == {file.name for file in contract.glob("*.wit")}
    for file in copy.iterdir():
        assert file.read_text() == (contract / file.name).read_text(), file.name
