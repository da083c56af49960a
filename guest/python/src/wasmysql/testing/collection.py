"""Finds the tests of files."""

import inspect
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

from . import assertions, fixtures


@dataclass
class Test:
    """A test with its case."""

    #: `file::name` or `file::name[case]`.
    id: str
    function: Callable[..., Any]
    case: dict[str, Any]
    fixtures: dict[str, Callable[..., Any]] = field(default_factory=dict)


def collect(paths: Iterable[str]) -> Iterator[Test]:
    """Returns the tests of files and directories, in the order of the files."""
    for path in paths:
        for file in _files(path):
            try:
                yield from _tests(file)
            except Exception as error:
                yield _failure(file, error)


def _failure(file: str, error: Exception) -> Test:
    """Returns a test that fails, for a file that can't be loaded."""

    def load() -> None:
        raise error

    return Test(file, load, {})


def _files(path: str) -> Iterator[str]:
    if not os.path.isdir(path):
        yield path
        return
    for name in sorted(os.listdir(path)):
        inner = os.path.normpath(os.path.join(path, name))
        if os.path.isdir(inner) and not name.startswith((".", "__")):
            yield from _files(inner)
        elif name.startswith("test_") and name.endswith(".py"):
            yield inner


def _tests(file: str) -> Iterator[Test]:
    available = dict(fixtures.BUILT_IN)
    directory = os.path.dirname(os.path.abspath(file))
    conftest = os.path.join(directory, "conftest.py")
    if os.path.isfile(conftest):
        available |= fixtures.of_module(vars(_load(conftest)))
    namespace = vars(_load(file))
    available |= fixtures.of_module(namespace)
    for name, value in list(namespace.items()):
        if name.startswith("test_") and inspect.isfunction(value):
            yield from _cases(f"{file}::{name}", value, available)
        elif name.startswith("Test") and inspect.isclass(value):
            for method in [method for method in vars(value) if method.startswith("test_")]:
                yield from _cases(f"{file}::{name}::{method}", getattr(value(), method), available)


def _cases(id: str, function: Callable[..., Any], available: dict[str, Any]) -> Iterator[Test]:
    for index, case in enumerate(getattr(function, "wasmysql_cases", [{}])):
        yield Test(f"{id}[{_case_name(index, case)}]" if case else id, function, case, available)


def _case_name(index: int, case: dict[str, Any]) -> str:
    """Returns the values if they are short, like pytest, or else the names with an index."""
    simple = (str, int, float, bool, type(None))
    parts = [
        str(value) if isinstance(value, simple) and _is_short(str(value)) else f"{name}{index}"
        for name, value in case.items()
    ]
    return "-".join(parts)


def _is_short(text: str) -> bool:
    return len(text) <= 40 and text.isprintable()


def _load(file: str) -> ModuleType:
    """Runs a file as a module of its name. Its directory is in the search path of imports."""
    path = os.path.abspath(file)
    name = os.path.basename(path).removesuffix(".py")
    loaded = sys.modules.get(name)
    if loaded is not None and getattr(loaded, "__file__", None) == path:
        return loaded
    if os.path.dirname(path) not in sys.path:
        sys.path.insert(0, os.path.dirname(path))
    with open(path, "rb") as source:
        code = assertions.compile_test(source.read(), path)
    module = ModuleType(name)
    module.__file__ = path
    setattr(module, assertions.HELPER, assertions.sides)
    sys.modules[name] = module
    exec(code, vars(module))
    return module
