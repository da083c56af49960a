"""The marker of JSON parameters."""

import json
from typing import Any


class Json:
    """A parameter that is sent as JSON text.

    A `dict` or a `list` is not accepted as a parameter itself, because a list can also be meant for
    `IN (...)`.
    """

    __slots__ = ("value",)

    def __init__(self, value: Any):
        self.value = value

    def __str__(self) -> str:
        return json.dumps(self.value, ensure_ascii=False, allow_nan=False)

    def __repr__(self) -> str:
        return f"Json({self.value!r})"
