"""The response for an exception: no detail for the client, the traceback for the log."""

import contextlib
import json
import sys
import traceback

from .. import errors
from .exchange import Disconnected, Exchange
from .response import Response

FAILED = "the request failed"
BUSY = "the database is busy or unreachable; retry later"


async def respond(error: BaseException, exchange: Exchange, response: Response) -> None:
    """Prints the exception, and ends the response: with an error, or, if the client has already
    received a part of it, as incomplete."""
    report(error, exchange.request.id)
    # The client can have gone meanwhile.
    with contextlib.suppress(Disconnected):
        await _replace(error, exchange, response)


async def _replace(error: BaseException, exchange: Exchange, response: Response) -> None:
    if response.is_started:
        await response.finish(False)
        return
    is_busy = _is_without_connection(error)
    content = {"error": BUSY if is_busy else FAILED}
    if exchange.request.id is not None:
        content["request"] = exchange.request.id
    headers = [(b"content-type", b"application/json")]
    if is_busy:
        headers.append((b"retry-after", b"1"))
    response.set_head(503 if is_busy else 500, headers)
    await response.send(json.dumps(content).encode(), True)


async def end(error: BaseException, exchange: Exchange) -> None:
    """Ends an exchange outside of the application: it can't be loaded, or it has ended the event
    loop."""
    if exchange.is_started:
        report(error, exchange.request.id)
    else:
        await respond(error, exchange, Response(exchange))


def report(error: BaseException, request: str | None) -> None:
    """Prints an exception to stderr."""
    of = "" if request is None else f" of request {request}"
    print(f"Error{of}:", file=sys.stderr)
    traceback.print_exception(error)


def _is_without_connection(error: BaseException | None) -> bool:
    """Returns whether the cause is a database that supplied no connection."""
    while error is not None:
        if isinstance(error, errors.Error) and (
            error.kind == "unreachable"
            or (error.kind == "timeout" and error.step in ("acquire", "connect"))
            or error.limit in ("connections", "waiters")
        ):
            return True
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return False
