"""Copies installed distributions. Only their Python files can run in the sandbox."""

import importlib.metadata
import shutil
from collections.abc import Iterable
from pathlib import Path

#: Files that the component uses.
SUFFIXES = (".py",)
METADATA = ("METADATA", "entry_points.txt", "top_level.txt")


def copy(names: Iterable[str], target: Path) -> None:
    """Copies the distributions of these names into a directory."""
    for name in names:
        distribution = importlib.metadata.distribution(name)
        for file in distribution.files or ():
            is_metadata = file.parent.suffix == ".dist-info" and file.name in METADATA
            if ".." in file.parts or not (file.suffix in SUFFIXES or is_metadata):
                continue
            path = target / file
            path.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(distribution.locate_file(file), path)
