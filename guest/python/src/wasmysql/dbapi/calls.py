"""Calls of the contract's blocking API."""

from collections.abc import Callable
from typing import Any

from .._contract import Err
from .._error_codes import exception


def call(function: Callable[..., Any], *arguments: Any) -> Any:
    """Calls a function of the contract. Its errors become exceptions."""
    try:
        return function(*arguments)
    except Err as error:
        record = error.value
    raise exception(record)


def drop(resource: Any) -> None:
    """Drops the handle of a resource. It must not be used afterwards."""
    resource.__exit__(None, None, None)
