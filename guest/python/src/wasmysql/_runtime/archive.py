"""The modules inside the component: the standard library, this package, and those of the author.

A component has no files of its own. Modules that the build imports are part of the memory that it
stores. All others are compiled at the build, and imported from this archive when they are needed.
"""

import importlib.metadata
import importlib.util
import marshal
import os
import sys
import zlib
from importlib.machinery import ModuleSpec
from typing import Any, NamedTuple

#: Parts of the standard library that no program in the sandbox can use.
UNUSABLE = {
    "config-3.14-wasm32-wasi", "curses", "dbm", "ensurepip", "idlelib", "lib-dynload", "lib2to3",
    "multiprocessing", "pydoc_data", "site-packages", "sqlite3", "ssl", "test", "tkinter", "turtle",
    "turtledemo", "venv", "_sysconfigdata__wasi_wasm32-wasi", "antigravity", "lib",
}  # fmt: skip


class Module(NamedTuple):
    """A module of the archive."""

    #: The path in tracebacks.
    path: str
    is_package: bool
    #: The code object, marshalled and compressed.
    code: bytes
    #: The compressed source, for tracebacks; None for the standard library.
    source: bytes | None


class Archive:
    """A finder of modules for `sys.meta_path`, and their loader."""

    def __init__(self) -> None:
        self.modules: dict[str, Module] = {}
        #: The texts of the files of a `.dist-info` directory.
        self.distributions: list[dict[str, str]] = []

    def add(self, directory: str) -> None:
        """Adds all modules of a directory, and of its packages."""
        self._add_directory(directory, "", "", keep_source=True)

    def add_standard_library(self, directory: str) -> None:
        """Adds the modules of the standard library that can be used."""
        self._add_directory(directory, f"{directory}/", "", keep_source=False)

    def _add_directory(self, directory: str, shown: str, prefix: str, keep_source: bool) -> None:
        left_out = () if keep_source else UNUSABLE
        for name in sorted(os.listdir(directory)):
            path, shown_path = f"{directory}/{name}", f"{shown}{name}"
            if name.removesuffix(".py") in left_out:
                continue
            if name.endswith(".dist-info"):
                self._add_distribution(path)
            elif name.endswith(".py"):
                self._add_module(path, shown_path, prefix + name[:-3], keep_source)
            elif os.path.isfile(f"{path}/__init__.py"):
                self._add_directory(path, f"{shown_path}/", f"{prefix}{name}.", keep_source)
            elif keep_source and name.isidentifier() and os.path.isdir(path):
                self._add_namespace(path, f"{shown_path}/", prefix + name)

    def _add_namespace(self, path: str, shown: str, name: str) -> None:
        """Adds a package without a file of its own, if the directory has modules."""
        self._add_directory(path, shown, f"{name}.", keep_source=True)
        if name not in self.modules and any(known.startswith(f"{name}.") for known in self.modules):
            nothing = zlib.compress(marshal.dumps(compile("", f"{shown}__init__.py", "exec")))
            self.modules[name] = Module(f"{shown}__init__.py", True, nothing, zlib.compress(b""))

    def _add_module(self, path: str, shown: str, name: str, keep_source: bool) -> None:
        is_package = name.endswith(".__init__")
        name = name.removesuffix(".__init__")
        if name in self.modules:
            return
        with open(path, "rb") as file:
            source = file.read()
        try:
            code = compile(source, shown, "exec", dont_inherit=True)
        except (SyntaxError, ValueError):
            # A template, or a module for another version of Python.
            return
        self.modules[name] = Module(
            shown,
            is_package,
            zlib.compress(marshal.dumps(code), 6),
            zlib.compress(source, 6) if keep_source else None,
        )

    def _add_distribution(self, path: str) -> None:
        texts = {}
        for name in ("METADATA", "entry_points.txt", "top_level.txt"):
            if os.path.isfile(f"{path}/{name}"):
                with open(f"{path}/{name}", encoding="utf-8") as file:
                    texts[name] = file.read()
        self.distributions.append(texts)

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        module = self.modules.get(name)
        if module is None:
            return None
        spec = ModuleSpec(name, self, origin=module.path, is_package=module.is_package)
        spec.has_location = True
        if module.is_package:
            spec.submodule_search_locations = [os.path.dirname(module.path)]
        return spec

    def create_module(self, spec: ModuleSpec) -> None:
        return None

    def exec_module(self, module: Any) -> None:
        exec(self.get_code(module.__spec__.name), module.__dict__)

    def get_code(self, name: str) -> Any:
        return marshal.loads(zlib.decompress(self.modules[name].code))

    def get_source(self, name: str) -> str | None:
        source = self.modules[name].source
        return None if source is None else importlib.util.decode_source(zlib.decompress(source))

    def is_package(self, name: str) -> bool:
        return self.modules[name].is_package

    def find_distributions(self, context: Any) -> list[importlib.metadata.Distribution]:
        distributions = [Distribution(texts) for texts in self.distributions]
        if context.name is None:
            return distributions
        return [found for found in distributions if _normal(found.name) == _normal(context.name)]


def _normal(name: str) -> str:
    return name.lower().replace("_", "-")


class Distribution(importlib.metadata.Distribution):
    """An installed package of the archive, for `importlib.metadata`."""

    def __init__(self, texts: dict[str, str]):
        self._texts = texts

    def read_text(self, filename: str) -> str | None:
        return self._texts.get(filename)

    def locate_file(self, path: Any) -> Any:
        raise FileNotFoundError(f"{path} is inside the component")


def install(standard_library: str, directories: list[str]) -> Archive:
    """Archives the directories, and makes imports use the archive.

    The modules that were imported before are imported again, from the archive, so that their paths
    are not those of the build.
    """
    archive = Archive()
    for directory in directories:
        archive.add(directory)
    archive.add_standard_library(standard_library)
    sys.meta_path.insert(0, archive)
    for name in list(sys.modules):
        if name.partition(".")[0] == "wasmysql":
            del sys.modules[name]
    return archive
