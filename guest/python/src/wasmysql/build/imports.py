"""Finds the installed distributions that Python files import."""

import ast
import importlib.metadata
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

#: Modules of packages that programs import by themselves, and that take long.
INNER = {"sqlalchemy": ("sqlalchemy.orm", "sqlalchemy.ext.asyncio")}

#: Distributions that every component contains, or that only build components.
EXCLUDED = {"wasmysql", "componentize-py", "pip", "setuptools", "wheel"}


def distributions(directories: Iterable[Path], named: Iterable[str]) -> list[str]:
    """Returns the distributions that the files of directories import, the named ones, and their
    requirements."""
    owners = importlib.metadata.packages_distributions()
    waiting = [*named]
    for directory in directories:
        for module in _modules(directory):
            waiting += owners.get(module, ())
    found: set[str] = set()
    while waiting:
        name = _normal(waiting.pop())
        if name not in found and name not in EXCLUDED:
            found.add(name)
            waiting += _requirements(name)
    return sorted(found)


def modules(names: Iterable[str]) -> list[str]:
    """Returns the modules of distributions that the build imports."""
    names = {*names}
    owners = importlib.metadata.packages_distributions().items()
    found = [
        module
        for module, owned in owners
        if not module.startswith("_") and names & {_normal(name) for name in owned}
    ]
    return sorted(found) + [inner for module in found for inner in INNER.get(module, ())]


def _modules(directory: Path) -> Iterator[str]:
    """Yields the top-level names that files import."""
    for path in directory.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_bytes(), str(path.relative_to(directory)))):
            match node:
                case ast.Import(names=names):
                    yield from (alias.name.partition(".")[0] for alias in names)
                case ast.ImportFrom(module=str(module), level=0):
                    yield module.partition(".")[0]


def _requirements(name: str) -> Iterator[str]:
    """Yields the installed requirements of a distribution, without those of extras."""
    for requirement in importlib.metadata.requires(name) or ():
        required = re.match(r"[A-Za-z0-9._-]+", requirement)
        if required and "extra ==" not in requirement and _is_installed(required[0]):
            yield required[0]


def _is_installed(name: str) -> bool:
    try:
        importlib.metadata.distribution(name)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
