"""MySQL with `async` and `await`.

```python
async with aio.connect("main") as engine, engine.acquire() as conn:
    async with conn.begin():
        await conn.execute("UPDATE accounts SET balance = balance - %s WHERE id = %s", (10, 1))
        await conn.execute("UPDATE accounts SET balance = balance + %s WHERE id = %s", (10, 2))
    result = await conn.execute("SELECT id, balance FROM accounts WHERE id < :id", {"id": 3})
    for row in result:
        print(row.id, row.balance)
```

Autocommit is on: outside of a transaction, each statement is committed immediately.

Cancelling a task, also by `asyncio.timeout`, ends its call and its session at once, and the server
stops the statement. The connection is then closed, and an open transaction is rolled back.
"""

from .connection import Connection
from .engine import Engine, connect
from .prepared import Prepared
from .results import Columns, Result
from .streams import Stream
from .transactions import Transaction, TwoPhaseTransaction

__all__ = [
    "Columns",
    "Connection",
    "Engine",
    "Prepared",
    "Result",
    "Stream",
    "Transaction",
    "TwoPhaseTransaction",
    "connect",
]
