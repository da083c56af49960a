"""Compares the reader and the writer of batches with wit/vectors. Its argument is the program of
convert.c."""

import json
import struct
import subprocess
import sys
from pathlib import Path

VECTORS = Path(__file__).resolve().parents[4] / "wit" / "vectors"
KINDS = "null signed unsigned float double decimal text bytes date time datetime raw".split()


def convert(cases):
    """Returns the line of the program for each case."""
    lines = "".join(f"{case['rows']} {case['data']}\n" for case in cases)
    output = subprocess.run([sys.argv[1]], input=lines, capture_output=True, text=True, check=True).stdout
    assert len(output.splitlines()) == len(cases), output
    return output.splitlines()


def canonical(kind, value):
    """Returns a value of the vectors in the form that the program prints."""
    if value is None:
        return "~"
    if kind in ("decimal", "text"):
        return value.encode().hex()
    return value.replace(" ", "T")


def same(kind, printed, expected):
    if kind in ("float", "double") and printed != "~" != expected:
        code = "f" if kind == "float" else "d"
        return struct.pack(code, float(printed)) == struct.pack(code, float(expected))
    return printed == expected


def check_columns(case, columns):
    assert len(columns) == len(case["columns"]), case["name"]
    for column, expected in zip(columns, case["columns"], strict=True):
        code, *values = column.split(",")
        kind = expected["kind"]
        # The program writes raw values as bytes.
        assert KINDS[int(code)] in (kind, "bytes" if kind == "raw" else kind), (case["name"], code)
        wanted = [canonical(kind, value) for value in expected["values"]]
        assert len(values) == len(wanted), (case["name"], values)
        assert all(map(lambda *pair: same(kind, *pair), values, wanted)), (case["name"], values, wanted)


def main():
    values = json.loads((VECTORS / "values.json").read_text())
    written = []
    for case, line in zip(values, convert(values), strict=True):
        status, *columns, data = line.split()
        assert status == "ok", (case["name"], line)
        check_columns(case, columns)
        written.append({"rows": case["rows"], "data": data})
        # The host writes the same bytes, unless bytes without a meaning differ.
        has_null = any(None in column["values"] for column in case["columns"])
        has_raw = any(column["kind"] == "raw" for column in case["columns"])
        if not (has_null or has_raw or "no meaning" in case["name"]):
            assert data == case["data"], (case["name"], data)
    for case, line in zip(values, convert(written), strict=True):
        check_columns(case, line.split()[1:-1])

    malformed = json.loads((VECTORS / "malformed.json").read_text())
    for case, line in zip(malformed, convert(malformed), strict=True):
        column = -1 if case["column"] is None else case["column"]
        assert line == f"defect {column} {case['defect']}", (case["name"], line)
    assert values and malformed
    print(f"{2 * len(values) + len(malformed)} passed, 0 failed")


main()
