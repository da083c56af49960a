// The test vectors of row batches: see wit/vectors/README.md.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { KINDS } from "../../src/batch/kinds.js";
import { readBatch } from "../../src/batch/read.js";
import { writeBatch } from "../../src/batch/write.js";
import { cells, DEFAULT_FORMAT } from "../../src/values/cells.js";

function vectors(name) {
  const cases = JSON.parse(readFileSync(new URL(`../../../../wit/vectors/${name}.json`, import.meta.url)));
  return cases.map((vector) => ({ ...vector, batch: { rows: vector.rows, data: bytesOf(vector.data) } }));
}

function bytesOf(hex) {
  // A copy begins at a multiple of 8, as the bindings return it.
  return Uint8Array.from(Buffer.from(hex, "hex"));
}

/** Returns a value in the form of the vectors. */
function text(kind, value) {
  if (value === null) return null;
  if (kind === "bytes" || kind === "raw") return Buffer.from(value).toString("hex");
  return Object.is(value, -0) ? "-0" : String(value);
}

function readTexts(batch) {
  return readBatch(batch).map((column) => ({
    kind: column.kind,
    values: cells(column, undefined, DEFAULT_FORMAT).map((value) => text(column.kind, value)),
  }));
}

for (const { name, batch, columns } of vectors("values")) {
  test(`values: ${name}`, () => {
    const expected = columns.map(({ kind, values }) => ({
      kind,
      values: values.map((value) => normalized(kind, value)),
    }));
    assert.deepEqual(readTexts(batch), expected);
  });

  test(`values are written as they were read: ${name}`, () => {
    const read = readBatch(batch);
    assert.deepEqual(readTexts(writeBatch(batch.rows, read)), readTexts(batch));
  });
}

/** Returns a number as JavaScript prints it. */
function normalized(kind, value) {
  const isNumber = kind === "float" || kind === "double";
  return value !== null && isNumber ? text(kind, Number(value)) : value;
}

for (const { name, batch, column, defect } of vectors("malformed")) {
  test(`malformed: ${name}`, () => {
    assert.throws(() => readTexts(batch), { name: "Malformed", rule: defect, column: column ?? undefined });
  });
}

test("every kind of the vectors is known", () => {
  const kinds = new Set(vectors("values").flatMap(({ columns }) => columns.map(({ kind }) => kind)));
  assert.deepEqual([...kinds].sort(), KINDS.map(({ name }) => name).sort());
});
