"""Temporary files in memory, where no directory for them exists.

Frameworks keep large uploads in temporary files. The host need not grant a directory for them: the
limit of the memory applies.
"""

import io
import tempfile
from typing import Any

_create = tempfile.TemporaryFile


def create(mode: str = "w+b", *arguments: Any, encoding: Any = None, **options: Any) -> Any:
    """Creates a file without a name, as `tempfile.TemporaryFile` does."""
    try:
        return _create(mode, *arguments, encoding=encoding, **options)
    except FileNotFoundError:
        buffer = io.BytesIO()
        if "b" in mode:
            return buffer
        newline, errors = options.get("newline"), options.get("errors")
        return io.TextIOWrapper(buffer, encoding=encoding, errors=errors, newline=newline)


def install() -> None:
    """Replaces `tempfile.TemporaryFile`, which `SpooledTemporaryFile` uses too."""
    tempfile.TemporaryFile = create
