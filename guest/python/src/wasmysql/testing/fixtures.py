"""Fixtures: values that tests take as arguments."""

import inspect
from collections.abc import Callable
from contextlib import AsyncExitStack, ExitStack
from typing import Any


def fixture(function: Callable[..., Any]) -> Callable[..., Any]:
    """Makes the function a fixture of its name. It returns a value, or yields one and cleans up
    afterwards. It can be `async`, and can take other fixtures as arguments."""
    function.wasmysql_fixture = True
    return function


def of_module(namespace: dict[str, Any]) -> dict[str, Callable[..., Any]]:
    """Returns the fixtures of a module by name."""
    return {
        name: value
        for name, value in namespace.items()
        if getattr(value, "wasmysql_fixture", False)
    }


def needed(function: Callable[..., Any], available: dict[str, Callable[..., Any]]) -> list[str]:
    """Returns the names of the fixtures of a function and of their fixtures, dependencies first."""
    names: list[str] = []
    for name in inspect.signature(function).parameters:
        if name in available and name not in names:
            names += [other for other in needed(available[name], available) if other not in names]
            names.append(name)
    return names


def is_async(function: Callable[..., Any]) -> bool:
    return inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function)


async def enter(
    stack: AsyncExitStack, function: Callable[..., Any], arguments: dict[str, Any]
) -> Any:
    """Returns the value of a fixture. The stack cleans up."""
    if inspect.isasyncgenfunction(function):
        generator = function(**arguments)
        value = await anext(generator)
        stack.push_async_callback(_finish, generator)
        return value
    if inspect.iscoroutinefunction(function):
        return await function(**arguments)
    return enter_blocking(stack, function, arguments)


def enter_blocking(
    stack: AsyncExitStack | ExitStack, function: Callable[..., Any], arguments: dict[str, Any]
) -> Any:
    """Returns the value of a fixture that is not `async`."""
    if inspect.isgeneratorfunction(function):
        generator = function(**arguments)
        value = next(generator)
        stack.callback(_finish_blocking, generator)
        return value
    return function(**arguments)


# A fixture cleans up also after a failed test. So it does not receive the exception, as in pytest.


async def _finish(generator: Any) -> None:
    async for _ in generator:
        raise RuntimeError("the fixture yielded more than once")


def _finish_blocking(generator: Any) -> None:
    for _ in generator:
        raise RuntimeError("the fixture yielded more than once")


@fixture
async def engine():
    """An engine of `wasmysql.aio` for the database `main`."""
    from wasmysql import aio

    async with aio.connect("main") as engine:
        yield engine


@fixture
async def conn(engine):
    """A connection of `wasmysql.aio`."""
    async with engine.acquire() as conn:
        yield conn


BUILT_IN = {"engine": engine, "conn": conn}
