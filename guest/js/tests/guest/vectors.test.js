// The test vectors of row batches, in the engine.

import { assert, test } from "wasmysql/testing";

import malformed from "../../../../wit/vectors/malformed.json";
import values from "../../../../wit/vectors/values.json";
import { readBatch } from "../../src/batch/read.js";
import { cells, DEFAULT_FORMAT } from "../../src/values/cells.js";

function batchOf({ rows, data }) {
  return { rows, data: Uint8Array.from(data.match(/../g) ?? [], (hex) => parseInt(hex, 16)) };
}

function text(kind, value) {
  if (value === null) return null;
  if (kind === "bytes" || kind === "raw")
    return Array.from(value, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return Object.is(value, -0) ? "-0" : String(value);
}

function readTexts(batch) {
  return readBatch(batch).map((column) => ({
    kind: column.kind,
    values: cells(column, undefined, DEFAULT_FORMAT).map((value) => text(column.kind, value)),
  }));
}

test("every batch of values.json is read", () => {
  for (const vector of values) {
    const expected = vector.columns.map(({ kind, values: texts }) => ({
      kind,
      values: texts.map((value) =>
        value !== null && /float|double/.test(kind) ? text(kind, Number(value)) : value,
      ),
    }));
    assert.deepEqual(readTexts(batchOf(vector)), expected, vector.name);
  }
});

test("every batch of malformed.json is refused", () => {
  for (const vector of malformed) {
    const expected = { rule: vector.defect, column: vector.column ?? undefined };
    assert.throws(() => readTexts(batchOf(vector)), expected, vector.name);
  }
});
