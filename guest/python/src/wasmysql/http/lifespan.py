"""The lifespan of an ASGI application: what it does before its first request."""

import asyncio
from collections.abc import Callable
from typing import Any

from .asgi import VERSION


class StartFailed(Exception):
    """The application reported that it can't start."""


class Lifespan:
    """The startup of an application. An instance of the plugin ends without notice, so there is no
    shutdown."""

    def __init__(self, app: Callable[..., Any]):
        self._app = app
        #: The state that requests get a copy of.
        self.state: dict[str, Any] = {}
        self._messages: asyncio.Queue[dict[str, Any]] | None = None
        self._task: asyncio.Task | None = None

    async def start(self) -> None:
        """Starts the application, once. An application without a lifespan raises at its start,
        which is no error."""
        if self._task is not None:
            return
        self._messages = asyncio.Queue()
        started = asyncio.get_running_loop().create_future()
        scope = {"type": "lifespan", "asgi": VERSION, "state": self.state}

        async def receive() -> dict[str, Any]:
            return await self._messages.get()

        async def send(message: dict[str, Any]) -> None:
            if started.done():
                return
            if message["type"] == "lifespan.startup.failed":
                started.set_exception(StartFailed(message.get("message", "")))
            else:
                started.set_result(None)

        async def live() -> None:
            try:
                await self._app(scope, receive, send)
            except Exception:
                self.state.clear()
            if not started.done():
                started.set_result(None)

        self._messages.put_nowait({"type": "lifespan.startup"})
        self._task = asyncio.create_task(live())
        try:
            await started
        except StartFailed:
            self._task = None
            raise
