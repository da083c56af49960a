"""Faster constructors of the enums that every result has, two for each column.

componentize-py looks the constructors up after the program has been imported. Calling the class of
an enum takes ten times as long as finding the member.
"""

from enum import Flag
from typing import Any

from .._contract import types


class _Members(dict):
    """The members of a class of flags by their bits."""

    def __init__(self, cls: type[Flag]):
        self._class = cls

    def __missing__(self, bits: int) -> Any:
        member = self[bits] = self._class(bits)
        return member


def install() -> None:
    """Replaces the constructors."""
    types.ColumnKind = tuple(types.ColumnKind).__getitem__
    types.ColumnFlags = _Members(types.ColumnFlags).__getitem__
