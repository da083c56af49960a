"""The guest of the benchmark `python_columns`: it reads a result as arrays."""

import wit_world
from componentize_py_types import Err
from wit_world.imports import blocking_engine
from wit_world.imports.options import EngineOptions, ExecuteOptions

import batch

#: More than a batch has.
ROWS = 1_000_000

#: The columns of each batch of the last result.
batches = []


class WitWorld(wit_world.WitWorld):
    def fetch(self, sql):
        try:
            engine = blocking_engine.create_engine("main", EngineOptions(None, None, None, None, False))
            outcome = engine.execute(sql, [], ExecuteOptions(None, None))
            rows, cursor = outcome.rows, outcome.cursor
            while rows is not None:
                batches.append(batch.read(rows.rows, rows.data))
                rows = cursor.fetch(ROWS) if cursor else None
        except Err as error:
            raise Err(error.value.message) from None

    def sums(self):
        totals = [0] * 6
        for id, quantity, name, price, at in batches:
            parts = len(id), sum(id.values), sum(quantity.values), len(name.data), sum(price.values), seconds(at)
            totals = [total + part for total, part in zip(totals, parts, strict=True)]
        batches.clear()
        return " ".join(map(str, totals))


def seconds(column):
    return sum(word >> 20 & 63 for word in column.values)
