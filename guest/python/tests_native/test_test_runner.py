"""The runner of tests in the sandbox."""

import pytest

TESTS = """
import asyncio
from wasmysql.testing import fixture, parametrize, raises, skip

@fixture
def base():
    print("(base)", end=" ")
    yield 40
    print("(end of base)", end=" ")

@fixture
async def value(base):
    await asyncio.sleep(0)
    yield base + 2
    print("(end of value)", end=" ")

def test_blocking(base):
    assert base == 40
    assert asyncio.run(asyncio.sleep(0, 5)) == 5

async def test_async(value):
    assert value == 42

@parametrize("a, b", [(1, 2), (3, 4)])
async def test_cases(a, b):
    assert a + 1 == b

def test_skipped():
    skip("not here")

async def test_comparison_fails(value):
    assert {"n": value} == {"n": 43}

def test_error():
    raise ValueError("broken")

class TestClass:
    def test_method(self, base):
        assert base

def helper_is_no_test():
    assert False

def test_raises():
    with raises(ValueError, match="x"):
        raise ValueError("x")
    for wrong in ({"match": "y"}, {"args": ("y",)}):
        try:
            with raises(ValueError, **wrong):
                raise ValueError("x")
        except AssertionError:
            continue
        raise ValueError("not refused")
"""

IDS = [
    "tests/test_a.py::test_blocking",
    "tests/test_a.py::test_async",
    "tests/test_a.py::test_cases[1-2]",
    "tests/test_a.py::test_cases[3-4]",
    "tests/test_a.py::test_skipped",
    "tests/test_a.py::test_comparison_fails",
    "tests/test_a.py::test_error",
    "tests/test_a.py::TestClass::test_method",
    "tests/test_a.py::test_raises",
]


@pytest.fixture
def tests(start, program):
    (program.directory / "tests").mkdir()
    (program.directory / "tests" / "test_a.py").write_text(TESTS)

    def run(*arguments):
        options = ["--dir", f"{program.directory}::/app"]
        return start(program.runtime, "-m", "wasmysql.testing", *arguments, options=options)

    run.directory = program.directory / "tests"
    return run


def lines(done):
    """Returns the result of each test by its name."""
    found = [
        line.rpartition(" (")[0] for line in done.stdout.splitlines() if line.startswith("test ")
    ]
    return {line.split()[1].rpartition("::")[2]: line.partition("... ")[2] for line in found}


def test_list_prints_ids(tests):
    done = tests("--list")
    assert done == (0, "".join(f"{id}\n" for id in IDS), "")


def test_results_and_fixtures(tests):
    done = tests()
    assert done.code == 1
    assert lines(done) == {
        "test_blocking": "(base) (end of base) ok",
        "test_async": "(base) (end of value) (end of base) ok",
        "test_cases[1-2]": "ok",
        "test_cases[3-4]": "ok",
        "test_skipped": "skipped",
        "test_comparison_fails": "(base) (end of value) (end of base) FAILED",
        "test_error": "FAILED",
        "test_method": "(base) (end of base) ok",
        "test_raises": "ok",
    }
    assert done.stdout.endswith("\n6 passed, 2 failed, 1 skipped\n")
    assert "  left:  {'n': 42}\n  right: {'n': 43}\n" in done.stderr
    assert 'File "/app/tests/test_a.py"' in done.stderr
    assert "ValueError: broken" in done.stderr
    assert "/asyncio/" not in done.stderr


def test_selection(tests):
    assert list(lines(tests("-k", "test_cases[3"))) == ["test_cases[3-4]"]
    assert list(lines(tests(IDS[0], IDS[7]))) == ["test_blocking", "test_method"]
    assert list(lines(tests("tests/test_a.py::test_cases"))) == [
        "test_cases[1-2]",
        "test_cases[3-4]",
    ]
    done = tests("tests/test_a.py::missing")
    assert done == (2, "", "there is no test 'tests/test_a.py::missing'\n")


def test_file_that_cannot_be_loaded_fails(tests):
    (tests.directory / "test_b.py").write_text("import missing_module\n")
    done = tests("-k", "test_b")
    assert done.code == 1
    assert "test tests/test_b.py ... FAILED" in done.stdout
    assert "No module named 'missing_module'" in done.stderr
