"""Changes modules of other packages when a program imports them."""

import sys
from collections.abc import Callable
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

#: The dialects of SQLAlchemy by name: the module and the class.
DIALECTS = {
    "mysql.wasmysql": ("wasmysql.dbapi.dialect", "Dialect"),
    "mysql.wasmysql_async": ("wasmysql.dbapi.async_dialect", "AsyncDialect"),
    "mariadb.wasmysql": ("wasmysql.dbapi.mariadb_dialect", "MariaDialect"),
    "mariadb.wasmysql_async": ("wasmysql.dbapi.mariadb_dialect", "AsyncMariaDialect"),
}


def register_dialects(module: Any) -> None:
    """Registers the dialects in `sqlalchemy.dialects`.

    Entry points would need the metadata of installed packages, which a component need not have.
    SQLAlchemy 1.3 reads them only with setuptools.
    """
    for name, (target, cls) in DIALECTS.items():
        module.registry.register(name, target, cls)


def call_in_place(module: Any) -> None:
    """Makes anyio's asyncio backend call functions in place: there are no threads."""

    async def run_sync_in_worker_thread(
        cls: Any, func: Callable[..., Any], args: Any, *others: Any, **options: Any
    ) -> Any:
        return func(*args)

    module.AsyncIOBackend.run_sync_in_worker_thread = classmethod(run_sync_in_worker_thread)


#: The changes by module.
CHANGES: dict[str, Callable[[Any], None]] = {
    "sqlalchemy.dialects": register_dialects,
    "anyio._backends._asyncio": call_in_place,
}


class Finder:
    """A finder of `sys.meta_path` for these modules, which another finder really finds. It stays,
    because a directory of the program can have another version than the component."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        if name not in CHANGES:
            return None
        for finder in sys.meta_path:
            spec = None if finder is self else finder.find_spec(name, path, target)
            if spec is not None:
                spec.loader = Loader(spec.loader)
                return spec
        return None


class Loader:
    """A loader that changes a module after another loader has run it."""

    def __init__(self, loader: Any):
        self._loader = loader

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        module.__spec__.loader = module.__loader__ = self._loader
        self._loader.exec_module(module)
        CHANGES[module.__name__](module)


def install() -> None:
    """Makes imports change the modules."""
    sys.meta_path.insert(0, Finder())
