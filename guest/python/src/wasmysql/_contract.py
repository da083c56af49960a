"""The bindings of the contract, which componentize-py generates for the component.

Outside of a component, for example where SQLAlchemy only loads a dialect or an editor imports the
package, the names are missing, and their use raises ImportError.
"""

from typing import Any

NAMES = (
    "blocking_connection",
    "blocking_engine",
    "builtins",
    "connection",
    "engine",
    "exit",
    "monotonic_clock",
    "options",
    "types",
)

try:
    from componentize_py_types import Err
    from wit_world.imports import (  # noqa: F401
        blocking_connection,
        blocking_engine,
        builtins,
        connection,
        engine,
        exit,
        monotonic_clock,
        options,
    )

    try:
        from wit_world.imports import types  # noqa: F401
    except ImportError:
        # Its name in a world with other interfaces of that name.
        from wit_world.imports import wasmysql_mysql_types as types  # noqa: F401
except ImportError:

    class Err(Exception):
        """A failed call. Outside of a component, no call fails in this way."""

        value: Any

    def __getattr__(name: str) -> Any:
        if name in NAMES:
            raise ImportError("plugins run in the sandbox: start this program with `wasmysql run`")
        raise AttributeError(name)
