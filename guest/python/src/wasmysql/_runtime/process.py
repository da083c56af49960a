"""The directories and the output of this run, instead of those of the build."""

import io
import os
import sys

#: The directory of the author's files, from which relative paths start.
DIRECTORY = "/app"

#: The variable with the directories of installed packages. They replace no package of the build.
PACKAGES = "WASMYSQL_PACKAGES"

#: Modules of the component itself, which no directory replaces.
KEPT = ("wasmysql._contract", "wasmysql._runtime")


def find_modules() -> None:
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


def buffer_output() -> None:
    """Buffers the standard output, as Python does; componentize-py writes each part of a line."""
    raw = io.FileIO(1, "w", closefd=False)
    stream = io.TextIOWrapper(io.BufferedWriter(raw), encoding="utf-8", line_buffering=raw.isatty())
    sys.stdout = sys.__stdout__ = stream
