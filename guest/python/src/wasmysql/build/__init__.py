"""Builds components: the runtime, which runs files, and self-contained plugins."""

from .component import Recipe, build

__all__ = ["Recipe", "build"]
