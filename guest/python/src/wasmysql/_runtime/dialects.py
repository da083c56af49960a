"""Registers the dialects of SQLAlchemy when a program imports it.

Entry points would need the metadata of installed packages, which a component need not have.
SQLAlchemy 1.3 reads them only with setuptools.
"""

import sys
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

MODULE = "sqlalchemy.dialects"

#: The dialects by name: the module and the class.
DIALECTS = {
    "mysql.wasmysql": ("wasmysql.dbapi.dialect", "Dialect"),
    "mysql.wasmysql_async": ("wasmysql.dbapi.async_dialect", "AsyncDialect"),
    "mariadb.wasmysql": ("wasmysql.dbapi.mariadb_dialect", "MariaDialect"),
    "mariadb.wasmysql_async": ("wasmysql.dbapi.mariadb_dialect", "AsyncMariaDialect"),
}


class Finder:
    """A finder of `sys.meta_path` for one module, which another finder really finds. It stays,
    because a directory of the program can have another SQLAlchemy than the component."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        if name != MODULE:
            return None
        for finder in sys.meta_path:
            spec = None if finder is self else finder.find_spec(name, path, target)
            if spec is not None:
                spec.loader = Loader(spec.loader)
                return spec
        return None


class Loader:
    """A loader that registers the dialects after another loader has run the module."""

    def __init__(self, loader: Any):
        self._loader = loader

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        module.__spec__.loader = module.__loader__ = self._loader
        self._loader.exec_module(module)
        for name, (target, cls) in DIALECTS.items():
            module.registry.register(name, target, cls)


def install() -> None:
    """Makes the import of SQLAlchemy register the dialects."""
    sys.meta_path.insert(0, Finder())
