"""Copies the author's files."""

import shutil
from pathlib import Path

#: Directories that are no part of a program.
LEFT_OUT = ("tests", "__pycache__", "node_modules", "target")


def copy(source: Path, target: Path) -> None:
    """Copies the files of a program, without its tests, hidden files and virtual environments."""
    shutil.copytree(source, target, ignore=_left_out)


def _left_out(directory: str, names: list[str]) -> list[str]:
    def is_left_out(name: str) -> bool:
        path = Path(directory) / name
        is_environment = (path / "pyvenv.cfg").is_file()
        return name.startswith(".") or name in LEFT_OUT or is_environment or path.suffix == ".wasm"

    return [name for name in names if is_left_out(name)]
