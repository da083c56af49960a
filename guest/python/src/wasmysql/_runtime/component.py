"""The contents of the component's memory, which the build stores."""

import contextlib
import gc
import importlib
import sys
from collections.abc import Iterable
from importlib.machinery import ModuleSpec

from . import calls, greenlet, hooks, loop, records, ssl, temporary
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
main: ModuleSpec | None = None


def initialize(modules: Archive, preload: Iterable[str], main_name: str | None) -> None:
    """Prepares the memory of the component. `main_name` is the module that it runs."""
    global main
    calls.install()
    loop.install()
    records.install()
    hooks.install()
    temporary.install()
    # The interpreter has no OpenSSL.
    sys.modules["ssl"] = ssl
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
    if main_name is not None:
        main = modules.find_spec(main_name)
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
