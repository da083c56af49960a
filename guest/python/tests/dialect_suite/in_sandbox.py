"""Runs pytest in the sandbox."""

import asyncio
import sys
import types

# SQLAlchemy 1.4 expects that the main thread has an event loop.
asyncio.set_event_loop(asyncio.new_event_loop())

# The sandbox has no terminal, and no debugger; pytest only imports it.
debugger = types.ModuleType("pdb")
debugger.set_trace, debugger.Pdb = None, object
sys.modules["pdb"] = debugger

import pytest  # noqa: E402

sys.exit(pytest.main(["-c", "/app/setup.cfg", "--rootdir", "/app", "/app", *sys.argv[1:]]))
