"""Batches, with the vectors of `wit/vectors`."""

import json
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from wasmysql.values import ParameterRows, decode

VECTORS = Path(__file__).resolve().parents[3] / "wit" / "vectors"
CASES = json.loads((VECTORS / "values.json").read_text())


def text(kind, value):
    """Returns a value in the form of the vectors."""
    match value:
        case datetime():
            return value.strftime("%Y-%m-%d %H:%M:%S.%f").rjust(26, "0")
        case date():
            return value.isoformat()
        case timedelta():
            size = abs(value)
            hours, seconds = divmod(size.days * 86400 + size.seconds, 3600)
            sign = "-" if value < timedelta(0) else ""
            return f"{sign}{hours:02}:{seconds // 60:02}:{seconds % 60:02}.{size.microseconds:06}"
        case Decimal():
            return format(value, "f")
        case bytes():
            return value.hex()
    return value if value is None or kind in ("float", "double") else str(value)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_vectors_are_read(case):
    batch = decode(case["rows"], bytes.fromhex(case["data"]), [6] * len(case["columns"]))
    assert batch.rows == case["rows"]
    for column, expected in zip(batch.columns, case["columns"], strict=True):
        kind = expected["kind"]
        assert column.kind == kind
        values = [text(kind, value) for value in column.to_list()]
        if kind == "float":
            # Other shortest digits of the same number.
            assert values == [
                None if v is None else pytest.approx(float(v), rel=1e-6) for v in expected["values"]
            ]
        elif kind == "double":
            assert values == [
                None if value is None else float(value) for value in expected["values"]
            ]
        elif kind == "decimal":
            assert column.to_list() == [
                None if v is None else Decimal(v) for v in expected["values"]
            ]
        else:
            assert values == expected["values"]
    rows = list(batch.to_rows())
    assert len(rows) == case["rows"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_values_are_written_and_read_again(case):
    batch = decode(case["rows"], bytes.fromhex(case["data"]))
    rows = list(batch.to_rows())
    kinds = {column.kind for column in batch.columns}
    if "raw" in kinds or not rows or not rows[0]:
        pytest.skip("no parameters")
    parts = list(ParameterRows.batches(rows))
    again = [row for part in parts for row in decode(part.rows, part.data).to_rows()]
    assert [part.first for part in parts][0] == 0
    assert sum(part.rows for part in parts) == len(rows)
    assert again == rows
