"""Builds a component with componentize-py."""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from . import app, builtins, imports, packages

ROOT = Path(__file__).resolve().parents[2]
WIT = ROOT / "wasmysql" / "wit"

#: The module that componentize-py loads. The directories are its mounts, in the order of `-p`.
ENTRY = """\
import random  # componentize-py seeds it
from wasmysql._runtime import archive
modules = archive.install("/python", {directories!r})
from wasmysql._runtime.component import initialize
{exports}
initialize(modules, {preload!r}, {main!r})
"""

#: The worlds of components, with the imports of the classes of their exports.
WORLDS = {
    "plugin": "from wasmysql._runtime.command import Run",
    "service": "from wasmysql._runtime.service import Handler",
}
WORLDS["runtime"] = "\n".join(WORLDS.values())


@dataclass
class Recipe:
    """The contents of a component."""

    output: Path
    #: Names of installed distributions that are copied into the component, in addition to those
    #: that the author's files import.
    packages: Sequence[str] = ()
    #: The directory of the author's files, and the module among them that runs.
    app: Path | None = None
    main: str | None = None
    #: A key of WORLDS.
    world: str = "plugin"


def build(recipe: Recipe) -> None:
    """Writes the component."""
    with tempfile.TemporaryDirectory(prefix="wasmysql-") as temporary:
        directory = Path(temporary)
        paths = [directory / "entry", directory / "packages"]
        for path in paths:
            path.mkdir()
        shutil.copytree(
            ROOT / "wasmysql",
            paths[1] / "wasmysql",
            ignore=shutil.ignore_patterns("wit", "build", "__pycache__"),
        )
        if recipe.app is not None:
            paths.append(directory / "app")
            app.copy(recipe.app, paths[-1])
        included = imports.distributions(paths[2:], recipe.packages)
        packages.copy(included, paths[1])
        mounts = [f"/{index}" for index in range(1, len(paths))]
        entry = ENTRY.format(
            directories=mounts[::-1],
            exports=WORLDS[recipe.world],
            preload=imports.modules(included),
            main=recipe.main,
        )
        (paths[0] / "wasmysql_component.py").write_text(entry)
        made = directory / "component.wasm"
        _componentize(paths, recipe.world, made)
        recipe.output.parent.mkdir(parents=True, exist_ok=True)
        recipe.output.write_bytes(builtins.replace(made.read_bytes()))


def _componentize(paths: list[Path], world: str, output: Path) -> None:
    command = [sys.executable, "-c", "import componentize_py; componentize_py.script()"]
    command += ["--quiet", "--wit-path", str(WIT), "--world", world, "componentize"]
    for path in paths:
        command += ["--python-path", str(path)]
    subprocess.run([*command, "wasmysql_component", "--output", str(output)], check=True)
