"""An application of ASGI or WSGI."""

import asyncio
import inspect
from collections.abc import Callable
from typing import Any

from . import asgi, failures, wsgi
from .exchange import Exchange
from .lifespan import Lifespan
from .response import Response

#: The names that a module can give its application, the first one found counts.
NAMES = ("app", "application")


class Application:
    """An application that handles exchanges, one after the other."""

    def __init__(self, app: Callable[..., Any]):
        if not callable(app):
            raise TypeError(f"an application of ASGI or WSGI is callable, {app!r} is not")
        self._app = app
        self.is_asgi = _is_asgi(app)
        self._lifespan = Lifespan(app)

    @classmethod
    def of_module(cls, module: Any) -> "Application":
        """Returns the application of a module."""
        for name in NAMES:
            if hasattr(module, name):
                return cls(getattr(module, name))
        file = getattr(module, "__file__", module.__name__)
        raise LookupError(
            f"{file} has no application of ASGI or WSGI; give it the name `app`, "
            "for example `app = Starlette(...)` or `app = Flask(__name__)`"
        )

    async def handle_async(self, exchange: Exchange) -> None:
        """Handles a request with an application of ASGI. Never raises an exception of it."""
        response = Response(exchange)
        try:
            await self._lifespan.start()
            await asgi.run(self._app, exchange, response, self._lifespan.state)
            await response.give_up()
        except (Exception, asyncio.CancelledError) as error:
            await failures.respond(error, exchange, response)

    def handle(self, exchange: Exchange, wait: wsgi.Wait) -> None:
        """Handles a request with an application of WSGI. Never raises an exception of it."""
        response = Response(exchange)
        try:
            wsgi.run(self._app, exchange, response, wait)
            wait(response.give_up())
        except (Exception, asyncio.CancelledError) as error:
            wait(failures.respond(error, exchange, response))


def _is_asgi(app: Callable[..., Any]) -> bool:
    call = app if inspect.isroutine(app) else type(app).__call__
    return inspect.iscoroutinefunction(app) or inspect.iscoroutinefunction(call)
