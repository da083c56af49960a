"""Runs tests and prints their results, one line a test."""

import asyncio
import sys
import time
import traceback
from collections.abc import Iterable
from contextlib import AsyncExitStack, ExitStack
from typing import Any

from . import fixtures
from .collection import Test
from .marks import Skipped

#: The exit code of a test that skips itself.
SKIPPED = 77


def run(tests: Iterable[Test]) -> bool:
    """Runs the tests. Returns whether none failed."""
    counts = {"ok": 0, "FAILED": 0, "skipped": 0}
    failures = []
    for test in tests:
        print(f"test {test.id} ... ", end="", flush=True)
        begin = time.perf_counter()
        result, detail = _result(test)
        counts[result] += 1
        if result == "FAILED":
            failures.append((test.id, detail))
        suffix = f": {detail}" if result == "skipped" else ""
        print(f"{result} ({(time.perf_counter() - begin) * 1000:.0f} ms){suffix}", flush=True)
    for id, detail in failures:
        print(f"\n---- {id} ----\n{detail}", end="", file=sys.stderr)
    print(
        f"\n{counts['ok']} passed, {counts['FAILED']} failed, {counts['skipped']} skipped",
        flush=True,
    )
    return not failures


def run_alone(test: Test) -> int:
    """Runs a test, and prints its output and its failure. Returns the exit code."""
    result, detail = _result(test)
    if detail:
        print(detail, end="", file=sys.stderr)
    return {"ok": 0, "FAILED": 1, "skipped": SKIPPED}[result]


def _result(test: Test) -> tuple[str, str]:
    try:
        execute(test)
    except Skipped as skipped:
        return "skipped", str(skipped)
    except (KeyboardInterrupt, GeneratorExit):
        raise
    except BaseException as error:
        return "FAILED", "".join(traceback.format_exception(type(error), error, _own_frames(error)))
    return "ok", ""


def _own_frames(error: BaseException) -> Any:
    """Returns the traceback without the frames of the runner and of asyncio before the test."""
    frames = found = error.__traceback__
    while found is not None:
        path = found.tb_frame.f_code.co_filename
        if "wasmysql/testing/" not in path and not path.startswith("/python/"):
            return found
        found = found.tb_next
    return frames


def execute(test: Test) -> None:
    """Runs one test. Without anything `async`, no event loop runs, so the test can run one."""
    names = fixtures.needed(test.function, test.fixtures)
    functions = [test.function, *(test.fixtures[name] for name in names)]
    if any(map(fixtures.is_async, functions)):
        asyncio.run(_execute(test, names))
        return
    with ExitStack() as stack:
        values = dict(test.case)
        for name in names:
            function = test.fixtures[name]
            values[name] = fixtures.enter_blocking(stack, function, _arguments(function, values))
        test.function(**_arguments(test.function, values))


async def _execute(test: Test, names: list[str]) -> None:
    async with AsyncExitStack() as stack:
        values = dict(test.case)
        for name in names:
            function = test.fixtures[name]
            values[name] = await fixtures.enter(stack, function, _arguments(function, values))
        result = test.function(**_arguments(test.function, values))
        if fixtures.is_async(test.function):
            await result


def _arguments(function: Any, values: dict[str, Any]) -> dict[str, Any]:
    code = getattr(function, "__func__", function).__code__
    names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    return {name: values[name] for name in names if name in values}
