"""The context manager that expects an exception."""

import re
from types import TracebackType
from typing import Any


class raises:  # the name is that of pytest
    """Expects that the block raises an exception of this class.

    `match` is a regular expression that its text contains. Other arguments are attributes that it
    has. The exception is then in `value`.
    """

    def __init__(
        self, expected: type[BaseException] | tuple, match: str | None = None, **attributes: Any
    ):
        self.expected, self.match, self.attributes = expected, match, attributes
        self.value: Any = None

    def __enter__(self) -> "raises":
        return self

    def __exit__(
        self, kind: Any, value: BaseException | None, traceback: TracebackType | None
    ) -> bool:
        if value is None:
            raise AssertionError(f"{self.expected} was not raised")
        if not isinstance(value, self.expected):
            return False
        self.value = value
        if self.match is not None and not re.search(self.match, str(value)):
            raise AssertionError(f"{str(value)!r} does not contain {self.match!r}") from value
        for name, wanted in self.attributes.items():
            found = getattr(value, name)
            if found != wanted:
                raise AssertionError(f"{name} is {found!r}, not {wanted!r}: {value}") from value
        return True
