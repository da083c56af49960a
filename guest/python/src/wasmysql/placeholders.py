"""Placeholders of statements: `?`, `%s`, `%(name)s` and `:name`, translated to `?`.

Placeholders are found only outside of strings, quoted names and comments. In a statement with `%s`
or `%(name)s`, `%%` is a percent sign everywhere, as for PyMySQL. In all other statements, and in
statements without parameters, a percent sign is itself.
"""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from . import errors

#: Text in which nothing is a placeholder. `--` begins a comment only before a space or an end.
QUOTED = r"""
    '(?:[^'\\]|\\.|'')*'?
  | "(?:[^"\\]|\\.|"")*"?
  | `[^`]*`?
  | \#[^\n]*
  | --(?=[\s\x00-\x1f]|$)[^\n]*
  | /\*.*?(?:\*/|$)
"""
TOKEN = re.compile(
    rf"""(?P<quoted>{QUOTED})
      | (?P<question>\?)
      | %\((?P<key>[^()]+)\)s
      | (?P<format>%s)
      | (?P<percent>%%)
      | (?<![:\w@]):(?P<name>[A-Za-z_]\w*)
    """,
    re.VERBOSE | re.DOTALL,
)


class Statement(NamedTuple):
    """A translated statement."""

    sql: str
    #: The names of the parameters in their order; None if they have no names.
    names: tuple[str, ...] | None


@lru_cache(maxsize=512)
def positional(sql: str) -> str:
    """Returns a statement with `?` or `%s`, with `?` only. `?` takes precedence: `%s` is then the
    operator % and a column s."""
    if "%" not in sql:
        return sql
    tokens = list(TOKEN.finditer(sql))
    if any(token["question"] for token in tokens) or not any(token["format"] for token in tokens):
        return sql
    return _replace(sql, tokens, percent=True, of=lambda token: "?" if token["format"] else None)


@lru_cache(maxsize=512)
def named(sql: str) -> Statement:
    """Translates a statement with `%(name)s`, or else with `:name`."""
    tokens = list(TOKEN.finditer(sql))
    has_keys = any(token["key"] for token in tokens)
    group = "key" if has_keys else "name"
    names = tuple(token[group] for token in tokens if token[group])
    return Statement(
        _replace(sql, tokens, has_keys, lambda token: "?" if token[group] else None), names
    )


def _replace(sql, tokens, percent, of) -> str:
    parts, end = [], 0
    for token in tokens:
        parts.append(sql[end : token.start()])
        end = token.end()
        replaced = of(token)
        if replaced is None:
            replaced = token[0].replace("%%", "%") if percent else token[0]
        parts.append(replaced)
    parts.append(sql[end:])
    return "".join(parts)


def bind(sql: str, params: Any) -> tuple[str, Sequence[Any]]:
    """Returns a statement with `?`, and the values in their order.

    `params` is None, a sequence, a mapping of names, or a single value.
    """
    if params is None:
        return sql, ()
    if isinstance(params, (tuple, list)):
        return positional(sql), params
    if isinstance(params, Mapping):
        if not params:
            return sql, ()
        statement = named(sql)
        return statement.sql, values_of(statement, params)
    return positional(sql), (params,)


def values_of(statement: Statement, params: Mapping[str, Any]) -> list[Any]:
    """Returns the values of a mapping in the order of the placeholders."""
    try:
        return [params[name] for name in statement.names or ()]
    except KeyError as error:
        raise errors.argument(
            f"the parameter {error.args[0]!r} of the statement is missing"
        ) from None
