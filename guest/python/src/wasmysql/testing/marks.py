"""Decorators of tests."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

Test = TypeVar("Test", bound=Callable[..., Any])


class Skipped(Exception):
    """The test does not apply."""


def skip(reason: str) -> None:
    """Ends the test. It counts as skipped."""
    raise Skipped(reason)


def parametrize(names: str, values: Iterable[Any]) -> Callable[[Test], Test]:
    """Runs the test once for each value. `names` are the arguments, separated by commas; with
    several names, each value is a tuple."""
    arguments = [name.strip() for name in names.split(",")]

    def mark(test: Test) -> Test:
        cases = [
            dict(zip(arguments, value if len(arguments) > 1 else (value,))) for value in values
        ]
        others = getattr(test, "wasmysql_cases", [{}])
        test.wasmysql_cases = [{**case, **other} for case in cases for other in others]
        return test

    return mark
