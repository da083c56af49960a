import assert from "node:assert/strict";
import { test } from "node:test";

import { readBatch } from "../../src/batch/read.js";
import { cells, DEFAULT_FORMAT } from "../../src/values/cells.js";
import { batchesOf, encodeRows } from "../../src/values/parameter_rows.js";
import { decimal, json, parameters } from "../../src/values/parameters.js";

const date = new Date("2024-02-29T13:05:09.070Z");
const values = [
  [null, { tag: "null" }],
  [7, { tag: "signed", val: 7n }],
  [true, { tag: "signed", val: 1n }],
  [-0, { tag: "double", val: -0 }],
  [1.5, { tag: "double", val: 1.5 }],
  [2 ** 60, { tag: "double", val: 2 ** 60 }],
  [-(2n ** 63n), { tag: "signed", val: -(2n ** 63n) }],
  [2n ** 63n, { tag: "unsigned", val: 2n ** 63n }],
  ["é", { tag: "text", val: "é" }],
  [decimal("1.50"), { tag: "decimal", val: "1.50" }],
  [json([1]), { tag: "text", val: "[1]" }],
  [new Uint8Array([1, 2]), { tag: "bytes", val: new Uint8Array([1, 2]) }],
  [new Uint16Array([1]), { tag: "bytes", val: new Uint8Array([1, 0]) }],
  [
    date,
    {
      tag: "datetime",
      val: { year: 2024, month: 2, day: 29, hour: 13, minute: 5, second: 9, microsecond: 70000 },
    },
  ],
];

for (const [value, expected] of values) {
  test(`${typeof value} ${String(value)} becomes ${expected.tag}`, () =>
    assert.deepEqual(parameters([value]), [expected]));
}

const refused = [
  [undefined, /parameter 1 is undefined; pass null/],
  [{ a: 1 }, /use json/],
  [Symbol("s"), /is a symbol/],
  [() => 1, /is a function/],
  ["\ud800", /lone surrogate/],
  [2n ** 64n, /-2\^63 to 2\^64 - 1/],
  [new Date(NaN), /year NaN/],
  [new Date("+010000-01-01"), /year 10000/],
];

for (const [value, message] of refused) {
  test(`${typeof value} is refused: ${message.source}`, () => {
    assert.throws(() => parameters([value]), { kind: "argument", message });
    assert.throws(() => encodeRows([[value]]), { kind: "argument" });
  });
}

test("a hole of an array is refused", () => {
  assert.throws(() => parameters([, 1]), { kind: "argument", message: /undefined/ });
});

function roundTrip(rows) {
  return readBatch(encodeRows(rows)).map((column) => [column.kind, cells(column, undefined, DEFAULT_FORMAT)]);
}

test("rows are encoded by column", () => {
  const rows = [
    [1, 1, 2n ** 64n - 1n, "é", null, new Uint8Array([255]), date, decimal("1.5"), true],
    [null, 1.5, 1, "", null, new Uint8Array(), null, null, 2],
    [-(2n ** 63n), null, null, "ab", null, null, date, decimal("-2"), null],
  ];
  assert.deepEqual(roundTrip(rows), [
    ["signed", [1n, null, -(2n ** 63n)]],
    ["double", [1, 1.5, null]],
    ["unsigned", [2n ** 64n - 1n, 1n, null]],
    ["text", ["é", "", "ab"]],
    ["null", [null, null, null]],
    ["bytes", [new Uint8Array([255]), new Uint8Array(), null]],
    ["datetime", ["2024-02-29 13:05:09.070000", null, "2024-02-29 13:05:09.070000"]],
    ["decimal", ["1.5", null, "-2"]],
    ["signed", [1n, 2n, null]],
  ]);
});

test("dates of every time are encoded", () => {
  const dates = [
    "1969-12-31T23:59:59.999Z",
    "0000-01-01T00:00:00.000Z",
    "9999-12-31T23:59:59.999Z",
    "1900-03-01T12:34:56.001Z",
  ];
  const expected = dates.map((text) => text.replace("T", " ").replace("Z", "000"));
  assert.deepEqual(roundTrip(dates.map((text) => [new Date(text)])), [["datetime", expected]]);
});

const mixtures = [
  [[[1], ["a"]], /row 1, parameter 1: text can't go into a column of number/],
  [[["a"], [1n]], /row 1, parameter 1: signed can't go into a column of text/],
  [[[-1], [2n ** 63n]], /row 0, parameter 1 is negative/],
  [[[1], [1, 2]], /row 1 has 2 values, row 0 has 1/],
];

for (const [rows, message] of mixtures) {
  test(`rows are refused: ${message.source}`, () =>
    assert.throws(() => encodeRows(rows), { kind: "argument", message }));
}

test("many rows are split into batches of at most 4 MiB", () => {
  const rows = Array.from({ length: 300 }, () => ["x".repeat(1 << 16)]);
  const batches = [...batchesOf(rows)];
  assert.ok(batches.length > 4);
  assert.ok(batches.every(({ batch }) => batch.data.length <= 4 << 20));
  assert.deepEqual(
    batches.map(({ first }) => first),
    batches.map((_, index) => batches.slice(0, index).reduce((sum, { batch }) => sum + batch.rows, 0)),
  );
  assert.equal(
    batches.reduce((sum, { batch }) => sum + batch.rows, 0),
    300,
  );
});
