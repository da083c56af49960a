"""Runs the author's program, as `python app.py` does."""

import atexit
import importlib
import io
import os
import sys
import traceback
from importlib.machinery import ModuleSpec
from types import CodeType, ModuleType
from typing import Any

#: The directory of the author's files, from which relative paths start.
DIRECTORY = "/app"

#: The variable with the directories of installed packages. They replace no package of the build.
PACKAGES = "WASMYSQL_PACKAGES"

#: Modules of the component itself, which no directory replaces.
KEPT = ("wasmysql._contract", "wasmysql._runtime")

USAGE = "usage: app.py [arguments], -m module [arguments], or -c statements [arguments]"


def run(main: ModuleSpec | None) -> int:
    """Runs the program that the arguments name, or the module `main` of the archive. Returns the
    exit code."""
    _find_modules()
    _buffer_output()
    try:
        status = _execute(main)
    except SystemExit as exit:
        status = _status(exit.code)
    except BaseException as error:
        _report(error)
        status = 1
    return _finish() or status


def _find_modules() -> None:
    """Makes imports read the directories of this run instead of those of the build."""
    sys.path[:] = [path for path in os.environ.get("PYTHONPATH", "").split(":") if path]
    sys.path_importer_cache.clear()
    sys.pycache_prefix = os.environ.get("PYTHONPYCACHEPREFIX")
    sys.dont_write_bytecode = sys.pycache_prefix is None
    for path in sys.path:
        _forget_modules(path)
    sys.path += [path for path in os.environ.get(PACKAGES, "").split(":") if path]
    if os.path.isdir(DIRECTORY):
        os.chdir(DIRECTORY)


def _forget_modules(directory: str) -> None:
    """Makes packages of a directory replace those that the build imported."""
    if not os.path.isdir(directory):
        return
    names = {name.removesuffix(".py") for name in os.listdir(directory)}
    names -= sys.stdlib_module_names
    for name, module in list(sys.modules.items()):
        # The runtime's greenlet has another name there than its own.
        own_name = getattr(module, "__name__", name)
        if name.partition(".")[0] in names and not own_name.startswith(KEPT):
            del sys.modules[name]


def _buffer_output() -> None:
    """Buffers the standard output, as Python does; componentize-py writes each part of a line."""
    raw = io.FileIO(1, "w", closefd=False)
    stream = io.TextIOWrapper(io.BufferedWriter(raw), encoding="utf-8", line_buffering=raw.isatty())
    sys.stdout = sys.__stdout__ = stream


def _execute(main: ModuleSpec | None) -> int:
    if main is not None:
        _run_code(main.loader.get_code(main.name), main.origin, main)
        return 0
    del sys.argv[:1]
    match sys.argv:
        case []:
            print(USAGE, file=sys.stderr)
            return 2
        case ["-c", statements, *arguments]:
            sys.path.insert(0, os.getcwd())
            sys.argv[:] = ["-c", *arguments]
            _run_code(compile(statements, "<string>", "exec"), None)
        case ["-m", module, *arguments]:
            sys.path.insert(0, os.getcwd())
            sys.argv[:] = [module, *arguments]
            importlib.import_module("runpy").run_module(module, run_name="__main__", alter_sys=True)
        case [path, *_]:
            return _run_file(path)
    return 0


def _run_file(path: str) -> int:
    path = os.path.abspath(path)
    try:
        with open(path, "rb") as file:
            source = file.read()
    except OSError as error:
        print(f"can't open {path!r}: {error.strerror}", file=sys.stderr)
        return 2
    sys.path.insert(0, os.path.dirname(path))
    _run_code(compile(source, path, "exec"), path)
    return 0


def _run_code(code: CodeType, path: str | None, spec: ModuleSpec | None = None) -> None:
    module: Any = ModuleType("__main__")
    if path is not None:
        module.__file__ = path
    # With it, tracebacks find the source of a module of the archive.
    module.__spec__ = spec
    sys.modules["__main__"] = module
    exec(code, module.__dict__)


def _status(code: Any) -> int:
    """Returns the exit code of SystemExit. Any other value than an integer is a message."""
    if code is None:
        return 0
    if isinstance(code, int):
        return code & 0xFF
    print(code, file=sys.stderr)
    return 1


def _report(error: BaseException) -> None:
    """Prints a traceback without the frames of this module."""
    frames = error.__traceback__
    while frames is not None and frames.tb_frame.f_code.co_filename == __file__:
        frames = frames.tb_next
    if sys.excepthook is sys.__excepthook__:
        traceback.print_exception(type(error), error, frames)
    else:
        sys.excepthook(type(error), error, frames)


def _finish() -> int:
    """Calls the functions of `atexit` and flushes the output. Returns the exit code."""
    try:
        atexit._run_exitfuncs()
        for stream in (sys.stdout, sys.stderr):
            if stream is not None and not stream.closed:
                stream.flush()
    except BaseException as error:
        _report(error)
        return 1
    return 0
