"""The runtime component in the cache of the user. It is built once for each version of the SDK."""

import hashlib
import importlib.metadata
import os
import site
import sys
import tempfile
import time
from pathlib import Path

from .component import ROOT, Recipe, build

#: Distributions that the runtime contains if they are installed: importing them from files is slow.
INCLUDED = ("sqlalchemy",)

#: Seconds after which an unused runtime is removed.
UNUSED = 30 * 24 * 60 * 60


def runtime() -> Path:
    """Returns the path of the runtime component. Builds it unless it is in the cache."""
    directory = _directory()
    component = directory / f"python-{_key()}.wasm"
    if component.is_file():
        os.utime(component)
        return component
    print("building the Python runtime, once for each version ...", file=sys.stderr, flush=True)
    directory.mkdir(parents=True, exist_ok=True)
    _remove_unused(directory)
    included = [name for name in INCLUDED if _version(name)]
    # Another process can build the same runtime. Each file is complete.
    with tempfile.TemporaryDirectory(prefix="new-", dir=directory) as temporary:
        built = Path(temporary) / component.name
        build(Recipe(output=built, packages=included, world="runtime"))
        built.replace(component)
    return component


def packages() -> list[str]:
    """Returns the directories of installed packages."""
    directories = [*site.getsitepackages(), site.getusersitepackages()]
    return [path for path in directories if path in sys.path and os.path.isdir(path)]


def _directory() -> Path:
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "wasmysql"


def _key() -> str:
    """Returns a text that changes with everything that the runtime contains."""
    key = hashlib.sha256()
    for name in ("componentize-py", *INCLUDED):
        key.update(f"{name} {_version(name)}\n".encode())
    sources = ROOT / "wasmysql"
    for path in sorted(sources.rglob("*")):
        if path.suffix in (".py", ".wit"):
            key.update(f"{path.relative_to(sources)} ".encode() + path.read_bytes())
    return key.hexdigest()[:16]


def _version(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def _remove_unused(directory: Path) -> None:
    for path in directory.glob("python-*.wasm"):
        if time.time() - path.stat().st_mtime > UNUSED:
            path.unlink(missing_ok=True)
