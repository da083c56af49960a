"""The forms in which parameters are passed to `execute`."""

from collections.abc import Mapping, Sequence
from typing import Any

#: One set of parameters: by position, or by name.
Set = Sequence[Any] | Mapping[str, Any]


def distill(multiparams: Sequence[Any] | None, params: Mapping[str, Any] | None) -> Sequence[Set]:
    """Returns the sets of parameters: none, one, or many for many executions.

    | call | sets |
    |---|---|
    | `execute(q)` | none |
    | `execute(q, a=1)`, `execute(q, {"a": 1})` | `{"a": 1}` |
    | `execute(q, 1)` | `[1]` |
    | `execute(q, 1, 2)`, `execute(q, (1, 2))`, `execute(q, [1, 2])` | `(1, 2)` |
    | `execute(q, {..}, {..})`, `execute(q, [{..}, {..}])` | both |
    | `execute(q, (..), (..))`, `execute(q, [(..), (..)])` | both |
    """
    if not multiparams:
        return [params] if params else []
    first = multiparams[0]
    if len(multiparams) > 1:
        return multiparams if _is_set(first) else [multiparams]
    if isinstance(first, (list, tuple)):
        if not first:
            return []
        return first if _is_set(first[0]) else [first]
    return [first] if hasattr(first, "keys") else [[first]]


def _is_set(value: Any) -> bool:
    """Whether a value is a set of parameters itself. Text is not, although it can be iterated."""
    return hasattr(value, "__iter__") and not hasattr(value, "strip")
