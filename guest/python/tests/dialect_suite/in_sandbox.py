"""Runs pytest in the sandbox."""

import asyncio
import os
import sys
import types

import wasmysql

# An SDK in a directory takes the place of the one in the runtime.
if os.path.isdir("/sdk"):
    wasmysql.__path__.insert(0, "/sdk/wasmysql")
    for name in [name for name in sys.modules if name.startswith("wasmysql.")]:
        if not name.startswith(("wasmysql._contract", "wasmysql._runtime")):
            del sys.modules[name]
            vars(wasmysql).pop(name.split(".")[1], None)

# SQLAlchemy 1.4 expects that the main thread has an event loop.
asyncio.set_event_loop(asyncio.new_event_loop())

# The sandbox has no terminal, and no debugger; pytest only imports it.
debugger = types.ModuleType("pdb")
debugger.set_trace, debugger.Pdb = None, object
sys.modules["pdb"] = debugger

import pytest  # noqa: E402

sys.exit(pytest.main(["-c", "/app/setup.cfg", "--rootdir", "/app", "/app", *sys.argv[1:]]))
