"""The exceptions of aiomysql.sa, in its hierarchy. Each is also an exception of `wasmysql.errors`.

Errors of the server are those of `wasmysql.errors`, such as `IntegrityError`.
"""

from collections.abc import Awaitable
from typing import TypeVar

from .. import errors

T = TypeVar("T")


class Error(errors.Error):
    """The base class of the errors of this package. The server's errors are not among them."""


class ArgumentError(Error, errors.ArgumentError):
    """A call has wrong arguments. Nothing was executed."""


class InvalidRequestError(ArgumentError, errors.InvalidRequestError):
    """A call is valid, but not in this state."""

    kind = "invalid-request"


class NoSuchColumnError(InvalidRequestError, errors.NoSuchColumnError):
    """A row has no such column."""

    kind = "no-such-column"


class ResourceClosedError(InvalidRequestError, errors.ResourceClosedError):
    """The connection, the transaction or the result is closed."""

    kind = "resource-closed"


class EngineClosedError(ResourceClosedError, RuntimeError):
    """The engine is closed. aiomysql raises a RuntimeError."""

    kind = "pool-closed"


#: The class of this package for each class of `wasmysql.errors`.
CLASSES: dict[type[errors.Error], type[Error]] = {
    errors.ArgumentError: ArgumentError,
    errors.InvalidRequestError: InvalidRequestError,
    errors.NoSuchColumnError: NoSuchColumnError,
    errors.ResourceClosedError: ResourceClosedError,
}


async def converted(call: Awaitable[T]) -> T:
    """Awaits a call of `wasmysql.aio`. Its errors become those of this package."""
    try:
        return await call
    except errors.Error as error:
        cls = CLASSES.get(type(error))
        if cls is None:
            raise
        raise with_details(cls(error.message), error) from None


def with_details(made: Error, error: errors.Error) -> Error:
    """Copies the details of the host's error, such as `kind` and `retry`."""
    made.__dict__.update(error.__dict__)
    return made
