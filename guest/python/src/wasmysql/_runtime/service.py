"""The export `wasi:http/handler`: an application of ASGI or WSGI.

An instance handles one request after the other. The event loop and the application stay.
"""

import asyncio
import importlib
import os
import sys
from collections.abc import Coroutine
from typing import Any

import wit_world.exports

from .._contract import builtins
from ..dbapi import keeping
from ..http import Application, failures
from . import calls, component, process
from .exchange import Exchange
from .loop import Loop


class Service:
    """The application of this instance. It is loaded for the first request."""

    def __init__(self) -> None:
        self._loop: Loop | None = None
        self._application: Application | None = None
        self._is_prepared = False

    def handle(self, request: Any) -> None:
        # Until the end of the response, this export occupies the instance.
        builtins.hold()
        try:
            loop = self._loop = self._loop or Loop()
            exchange = Exchange(request, loop)
            self._respond(exchange, loop)
            _settle(loop)
            for stream in (sys.stdout, sys.stderr):
                stream.flush()
        finally:
            builtins.release()

    def _respond(self, exchange: Exchange, loop: Loop) -> None:
        try:
            application = self._load()
            if application.is_asgi:
                _run(application.handle_async(exchange), loop)
            else:
                application.handle(exchange, loop.run_until_complete)
        except BaseException as error:
            loop.run_until_complete(failures.end(error, exchange))

    def _load(self) -> Application:
        """Returns the application. After an error, the next request loads the file again."""
        if not self._is_prepared:
            self._is_prepared = True
            keeping.forbid()
            process.find_modules()
            process.buffer_output()
        if self._application is None:
            if component.main is not None:
                name = component.main.name
            else:
                path = os.path.abspath(sys.argv[1])
                name = os.path.basename(path).removesuffix(".py")
                if os.path.dirname(path) not in sys.path:
                    sys.path.insert(0, os.path.dirname(path))
            self._application = Application.of_module(importlib.import_module(name))
        return self._application


def _run(handling: Coroutine[Any, Any, None], loop: Loop) -> None:
    """Runs the application until it has handled the request."""
    task = loop.create_task(handling)
    try:
        loop.run_until_complete(task)
    except BaseException:
        # SystemExit in another task, for example, ends the event loop. The application must not
        # continue in the next request.
        task.cancel()
        loop.run_until_complete(asyncio.wait([task]))
        raise


def _settle(loop: Loop) -> None:
    """Ends the calls of the tasks that the request has left, before the next request."""
    while True:
        try:
            loop.settle()
            return
        except BaseException as error:
            failures.report(error, None)


_service = Service()


class Handler(wit_world.exports.Handler):
    """The entry point."""

    async def handle(self, request: Any) -> Any:
        _service.handle(request)
        return calls.ANSWERED
