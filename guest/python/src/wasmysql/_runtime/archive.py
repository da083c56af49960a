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
    "config-3.14-wasm32-wasi", "curses", "dbm", "ensurepip", "idlelib", "lib-dynload", "multiprocessing",
    "pydoc_data", "site-packages", "sqlite3", "ssl", "test", "tkinter", "turtle", "turtledemo", "venv",
    "_pyrepl", "_sysconfigdata__wasi_wasm32-wasi", "antigravity", "lib", "lib2to3",
}  # fmt: skip


class Module(NamedTuple):
    """A module of the archive."""

    path: str
    is_package: bool
    #: The code object, marshalled and compressed.
    code: bytes


class Archive:
    """A finder of modules for `sys.meta_path`, and their loader."""

    def __init__(self) -> None:
        self.modules: dict[str, Module] = {}
        #: The texts of the files of a `.dist-info` directory.
        self.distributions: list[dict[str, str]] = []

    def add(self, directory: str, prefix: str = "") -> None:
        """Adds all modules of a directory, and of its packages."""
        for name in sorted(os.listdir(directory)):
            path = f"{directory}/{name}"
            if name.endswith(".dist-info"):
                self._add_distribution(path)
            elif name.endswith(".py") and name[:-3] not in UNUSABLE:
                self._add_module(path, prefix + name[:-3])
            elif (
                name.isidentifier()
                and name not in UNUSABLE
                and os.path.isfile(f"{path}/__init__.py")
            ):
                self.add(path, f"{prefix}{name}.")

    def _add_module(self, path: str, name: str) -> None:
        is_package = name.endswith(".__init__")
        name = name.removesuffix(".__init__")
        if name in self.modules:
            return
        with open(path, "rb") as file:
            source = file.read()
        try:
            code = compile(source, path, "exec", dont_inherit=True)
        except (SyntaxError, ValueError):
            # A template, or a module for another version of Python.
            return
        self.modules[name] = Module(path, is_package, zlib.compress(marshal.dumps(code), 6))

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

    def get_source(self, name: str) -> None:
        return None

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


def install(directories: list[str]) -> Archive:
    """Archives the directories, and makes imports look for them after the files of the author."""
    archive = Archive()
    for directory in directories:
        archive.add(directory)
    sys.meta_path.append(archive)
    return archive
