import assert from "node:assert/strict";
import { test } from "node:test";

import { bind } from "../../src/placeholders.js";

const cases = [
  ["SELECT ?", [1], "SELECT ?", [1]],
  ["SELECT 1", undefined, "SELECT 1", []],
  ["SELECT :a, :b, :a", { a: 1, b: 2 }, "SELECT ?, ?, ?", [1, 2, 1]],
  [
    "SELECT ':a', \":a\", `:a`, 'it''s :a', 'x\\':a', :a",
    { a: 1 },
    "SELECT ':a', \":a\", `:a`, 'it''s :a', 'x\\':a', ?",
    [1],
  ],
  ["SELECT :a -- :a\n, 1--:a", { a: 1 }, "SELECT ? -- :a\n, 1--?", [1, 1]],
  ["SELECT :a /* :a */ # :a", { a: 1 }, "SELECT ? /* :a */ # :a", [1]],
  ["SELECT @x:=:a, a::b", { a: 1 }, "SELECT @x:=?, a::b", [1]],
  ["SELECT x IN (?) AND y = ?", [[1, 2, 3], 4], "SELECT x IN (?, ?, ?) AND y = ?", [1, 2, 3, 4]],
  ["SELECT '?' IN (?)", [["a", "b"]], "SELECT '?' IN (?, ?)", ["a", "b"]],
  ["SELECT x IN (:ids)", { ids: [1, 2] }, "SELECT x IN (?, ?)", [1, 2]],
];

for (const [sql, params, text, values] of cases) {
  test(`${sql.replaceAll("\n", " ")} is translated`, () =>
    assert.deepEqual(bind(sql, params), { sql: text, values }));
}

const refused = [
  ["SELECT :a", { b: 1 }, /the parameter :a of the statement is missing/],
  ["SELECT x IN (?)", [[]], /parameter 1 is an empty list/],
  ["INSERT INTO t VALUES ?", [[[1, 2]]], /use executeMany/],
  ["SELECT ?", 5, /pass \[value\]/],
  ["SELECT ?", "x", /pass \[value\]/],
  [5, [], /the statement is a number/],
  ["SELECT '\ud800'", [], /lone surrogate/],
];

for (const [sql, params, message] of refused) {
  test(`${JSON.stringify(sql)} with ${JSON.stringify(params)} is refused`, () => {
    assert.throws(() => bind(sql, params), { name: "MysqlError", kind: "argument", message });
  });
}

test("a name of Object.prototype is no parameter", () => {
  assert.throws(() => bind("SELECT :toString", {}), { kind: "argument" });
});
