"""The component: what the build stores in its memory, and its export."""

import contextlib
import gc
import importlib
import sys
from collections.abc import Iterable
from importlib.machinery import ModuleSpec

import wit_world.exports
from componentize_py_types import Err

from .. import _contract
from . import calls, dialects, greenlet, loop, program, records
from .archive import Archive

#: Modules of the standard library that many programs import.
PRELOADED = (
    "argparse", "asyncio", "base64", "bisect", "calendar", "collections.abc", "concurrent.futures",
    "configparser", "contextlib", "copy", "csv", "dataclasses", "datetime", "decimal", "difflib",
    "enum", "fractions", "functools", "hashlib", "heapq", "hmac", "importlib.metadata", "inspect",
    "io", "itertools", "json", "logging", "math", "operator", "os", "pathlib", "pickle", "pprint",
    "queue", "random", "re", "runpy", "secrets", "statistics", "string", "struct", "subprocess",
    "tempfile", "textwrap", "threading", "time", "traceback", "types", "typing", "unicodedata",
    "unittest.mock", "urllib.parse", "uuid", "warnings", "weakref", "zoneinfo", "wasmysql",
    "wasmysql.aio", "wasmysql.dbapi", "wasmysql.sa",
)  # fmt: skip

#: The program inside the component. None: the arguments name a file.
_main: ModuleSpec | None = None


def initialize(modules: Archive, preload: Iterable[str], main: str | None) -> None:
    """Prepares the memory of the component. `main` is the name of the module that it runs."""
    global _main
    calls.install()
    loop.install()
    records.install()
    dialects.install()
    if not _has_greenlet():
        sys.modules["greenlet"] = greenlet
    # `wasmysql.sa` needs SQLAlchemy, which a component may lack.
    missing = set() if "sqlalchemy" in modules.modules else {"wasmysql.sa"}
    for name in PRELOADED:
        if name in modules.modules and name not in missing:
            importlib.import_module(name)
    for name in preload:
        # A package that can't be imported is reported if the program imports it.
        with contextlib.suppress(Exception):
            importlib.import_module(name)
    if main is not None:
        _main = modules.find_spec(main)
    # At run time, the files of the author come first.
    sys.meta_path.remove(modules)
    sys.meta_path.append(modules)
    # Objects of the build live forever: the collector need not visit them.
    gc.collect()
    gc.freeze()


def _has_greenlet() -> bool:
    try:
        importlib.import_module("greenlet")
    except ImportError:
        return False
    return True


class Run(wit_world.exports.Run):
    """The export `wasi:cli/run`."""

    async def run(self) -> None:
        status = program.run(_main)
        if status > 1:
            _contract.exit.exit_with_code(status)
        if status:
            raise Err(None)
