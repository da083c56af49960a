"""Transactions that are repeated if the server or the connection has aborted them."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from .. import errors
from .transactions import Transaction

T = TypeVar("T")

#: The advice for errors after which the whole transaction should be repeated.
NEW_TRANSACTION = "new-transaction"


async def run(engine: Any, work: Callable[[Any], Awaitable[T]], attempts: int, options: Any) -> T:
    """Awaits `work(conn)` in a transaction and commits it, in at most `attempts` attempts."""
    if attempts < 1:
        raise errors.argument(f"attempts is {attempts}; pass a number from 1 on")
    attempt = 1
    while True:
        async with engine.acquire() as conn:
            transaction = await conn.begin(**options)
            try:
                value = await work(conn)
                await transaction.commit()
                return value
            except BaseException as error:
                if attempt == attempts or not await _is_repeatable(error, transaction):
                    await _end(transaction, error)
                    raise
        # The connection is released during the pause, so that other tasks can use it.
        await asyncio.sleep(random.uniform(0.005, 0.01) * 2**attempt)
        attempt += 1


async def _is_repeatable(error: BaseException, transaction: Transaction) -> bool:
    """Returns whether the transaction has been aborted by the server or by a lost connection.

    The error can be of any class, so the transaction gives the reason: the commit of an aborted
    transaction fails with it, and sends nothing. The error of a real commit has the advice itself.
    """
    if not isinstance(error, Exception):
        return False
    if transaction.has_ended:
        return isinstance(error, errors.Error) and error.retry == NEW_TRANSACTION
    if transaction.is_active:
        return False
    try:
        await transaction.commit()
    except errors.Error as reason:
        return reason.retry == NEW_TRANSACTION
    return False


async def _end(transaction: Transaction, error: BaseException) -> None:
    """Rolls back the transaction, unless it has ended."""
    await transaction.__aexit__(type(error), error, error.__traceback__)
