"""Runs the author's program, as `python app.py` does."""

import atexit
import importlib
import os
import sys
import traceback
from importlib.machinery import ModuleSpec
from types import CodeType, ModuleType
from typing import Any

from . import process

USAGE = "usage: app.py [arguments], -m module [arguments], or -c statements [arguments]"


def run(main: ModuleSpec | None) -> int:
    """Runs the program that the arguments name, or the module `main` of the archive. Returns the
    exit code."""
    process.find_modules()
    process.buffer_output()
    try:
        status = _execute(main)
    except SystemExit as exit:
        status = _status(exit.code)
    except BaseException as error:
        _report(error)
        status = 1
    return _finish() or status


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
