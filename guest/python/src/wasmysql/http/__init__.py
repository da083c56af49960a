"""HTTP for applications of ASGI and WSGI.

`wasmysql serve app.py` serves the object `app` of the file, or `application`: an ASGI application,
such as one of Starlette, or a WSGI application, such as one of Flask or Bottle.

This package contains no framework. It connects an application with an `Exchange`, which the
component and the client of tests implement.
"""

from .application import Application
from .exchange import Disconnected, Exchange, Request

__all__ = ["Application", "Disconnected", "Exchange", "Request"]
