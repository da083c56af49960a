// Values in both directions.

import { decimal, json } from "wasmysql";
import { assert, test } from "wasmysql/testing";

const SIGNED_MIN = -(2n ** 63n);
const UNSIGNED_MAX = 2n ** 64n - 1n;

/** Returns the value of a table's column after it was inserted as a parameter. */
function stored(conn, type, value, options) {
  conn.execute("DROP TABLE IF EXISTS stored");
  conn.execute(`CREATE TABLE stored (value ${type})`);
  conn.execute("INSERT INTO stored VALUES (?)", [value]);
  return conn.query("SELECT value FROM stored", [], options)[0].value;
}

/** The same through `executeMany`. */
function storedMany(conn, type, value, options) {
  conn.execute("DROP TABLE IF EXISTS stored");
  conn.execute(`CREATE TABLE stored (value ${type})`);
  conn.executeMany("INSERT INTO stored VALUES (?)", [[value]]);
  return conn.query("SELECT value FROM stored", [], options)[0].value;
}

const cases = [
  ["INT", -2147483648],
  ["INT UNSIGNED", 4294967295],
  ["TINYINT", -128],
  ["SMALLINT UNSIGNED", 65535],
  ["YEAR", 2024],
  ["BIGINT", SIGNED_MIN],
  ["BIGINT", 2n ** 53n + 1n],
  ["BIGINT", -(2n ** 53n) - 1n],
  ["BIGINT", 0n],
  ["BIGINT UNSIGNED", UNSIGNED_MAX],
  ["BIGINT UNSIGNED", 2n ** 63n],
  ["DOUBLE", -1.5],
  ["DOUBLE", 1e300],
  ["FLOAT", 0.5],
  ["VARCHAR(40)", "é \u{1f600} a'b\\c"],
  ["VARCHAR(40)", ""],
  ["VARCHAR(40)", "\u0000x"],
  ["VARBINARY(9)", new Uint8Array([0, 255, 128])],
  ["BLOB", new Uint8Array()],
  ["INT", null],
  ["TIME(6)", "-838:59:59.000001"],
  ["TIME", "00:00:07"],
  ["DATE", "2024-02-29"],
  ["DATETIME", "2024-02-29 13:05:09"],
  ["DATETIME(3)", "2024-02-29 13:05:09.070"],
  ["DATETIME(6)", "9999-12-31 23:59:59.999999"],
];

for (const [type, value] of cases) {
  test(`${type} ${typeof value === "string" ? JSON.stringify(value) : value} is stored and read`, (conn) => {
    assert.deepEqual(stored(conn, type, value), value);
    assert.deepEqual(storedMany(conn, type, value), value);
  });
}

test("DECIMAL is a string with all digits", (conn) => {
  const digits = "-12345678901234567890.123456789012345678";
  assert.equal(stored(conn, "DECIMAL(40,18)", decimal(digits)), digits);
  assert.equal(storedMany(conn, "DECIMAL(40,18)", decimal(digits)), digits);
});

test("Date is stored in UTC, and read as Date by choice", (conn) => {
  const date = new Date("2024-02-29T13:05:09.070Z");
  assert.equal(stored(conn, "DATETIME(3)", date), "2024-02-29 13:05:09.070");
  assert.deepEqual(stored(conn, "DATETIME(3)", date, { dates: "date" }), date);
  assert.deepEqual(storedMany(conn, "TIMESTAMP(3)", date, { dates: "date" }), date);
  assert.deepEqual(
    conn.query("SELECT DATE '0050-03-01' AS d", [], { dates: "date" })[0].d,
    new Date("0050-03-01"),
  );
});

test("zero and partial dates are strings, and no Date", (conn) => {
  conn.execute("CREATE TABLE days (day DATE)");
  conn.execute("INSERT INTO days VALUES ('0000-00-00'), ('2024-02-00')");
  assert.deepEqual(conn.query("SELECT day FROM days ORDER BY day"), [
    { day: "0000-00-00" },
    { day: "2024-02-00" },
  ]);
  assert.throws(() => conn.query("SELECT day FROM days", [], { dates: "date" }), {
    kind: "value-unsupported",
    message: /column "day": a Date can't hold/,
  });
});

test("BIGINT is a number by choice, if it is exact", (conn) => {
  const sql = "SELECT CAST(? AS SIGNED) AS n, CAST(? AS UNSIGNED) AS u, COUNT(*) AS c";
  const [row] = conn.query(sql, [-(2 ** 53) + 1, 7], { bigint: "number" });
  assert.deepEqual(row, { n: -(2 ** 53) + 1, u: 7, c: 1 });
  for (const text of ["9007199254740992", "-9223372036854775808"]) {
    const read = () => conn.query("SELECT CAST(? AS SIGNED) AS n", [text], { bigint: "number" });
    assert.throws(read, { kind: "value-unsupported", message: /a number can't hold/ });
  }
  const large = () => conn.query("SELECT 18446744073709551615 AS n", [], { bigint: "number" });
  assert.throws(large, { kind: "value-unsupported" });
  const column = conn.columns("SELECT 18446744073709551615 AS n").get("n");
  assert.throws(() => column.toNumbers(), { kind: "value-unsupported", message: /use toArray\(\)/ });
  assert.deepEqual(column.toArray(), [2n ** 64n - 1n]);
});

test("BigInt parameters are exact in comparisons", (conn) => {
  conn.execute("CREATE TABLE ids (id BIGINT UNSIGNED PRIMARY KEY)");
  conn.executeMany("INSERT INTO ids VALUES (?)", [
    [2n ** 53n],
    [2n ** 53n + 1n],
    [UNSIGNED_MAX - 1n],
    [UNSIGNED_MAX],
  ]);
  for (const id of [2n ** 53n, 2n ** 53n + 1n, UNSIGNED_MAX - 1n, UNSIGNED_MAX]) {
    assert.deepEqual(conn.query("SELECT id FROM ids WHERE id = ?", [id]), [{ id }]);
    assert.deepEqual(conn.query("SELECT id FROM ids WHERE id IN (?)", [[id, 5n]]), [{ id }]);
  }
});

test("booleans, numbers and LIMIT are integers", (conn) => {
  assert.deepEqual(conn.query("SELECT ? AS t, ? AS n LIMIT ?", [true, 5, 1]), [{ t: 1n, n: 5n }]);
});

test("JSON is parsed on MySQL, and by name everywhere", (conn) => {
  conn.execute("CREATE TABLE documents (id INT, body JSON)");
  conn.execute("INSERT INTO documents VALUES (1, ?), (2, NULL)", [json({ a: [1, "é", null] })]);
  const bodies = (format) =>
    conn.query("SELECT body FROM documents ORDER BY id", [], format).map(({ body }) => body);
  assert.deepEqual(bodies({ json: ["body"] }), [{ a: [1, "é", null] }, null]);
  assert.equal(typeof bodies({ json: false })[0], "string");
});

test("BIT and GEOMETRY are bytes", (conn) => {
  assert.deepEqual(stored(conn, "BIT(12)", 5), new Uint8Array([0, 5]));
  assert.ok(conn.query("SELECT POINT(1, 2) AS p")[0].p instanceof Uint8Array);
});

test("NULL is null in every kind, and in columns", (conn) => {
  conn.execute(
    "CREATE TABLE sparse (i INT, b BIGINT, d DOUBLE, t TEXT, x BLOB, w DATETIME, z DECIMAL(4,1), y DATE, h TIME)",
  );
  const values = [
    1,
    2n,
    0.5,
    "é",
    new Uint8Array([1]),
    "2024-01-02 03:04:05",
    "1.5",
    "2024-01-02",
    "01:02:03",
  ];
  const rows = Array.from({ length: 40 }, (_, row) =>
    values.map((value, column) => ((row + column) % 3 ? value : null)),
  );
  conn.executeMany("INSERT INTO sparse VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows);
  assert.deepEqual(conn.query("SELECT * FROM sparse", [], { rows: "arrays" }), rows);
  for (const format of [{ dates: "date" }, { bigint: "number" }]) {
    const read = conn.query("SELECT * FROM sparse", [], { rows: "arrays", ...format });
    assert.deepEqual(
      read.map((row) => row.map((cell) => cell === null)),
      rows.map((row) => row.map((cell) => cell === null)),
    );
  }
  const columns = conn.columns("SELECT * FROM sparse");
  [...columns].forEach((column, index) => {
    assert.deepEqual(
      column.toArray(),
      rows.map((row) => row[index]),
    );
    assert.deepEqual(
      [...column.nulls],
      rows.map((row) => (row[index] === null ? 1 : 0)),
    );
  });
  assert.deepEqual(conn.query("SELECT NULL AS n, ? AS p", [null]), [{ n: null, p: null }]);
});

test("text of every length and character is decoded", (conn) => {
  const texts = [
    "",
    "a",
    "é",
    "\u20ac",
    "\u{1f600}",
    "x".repeat(5000),
    "é".repeat(5000),
    "mixed é \u{1f600}",
  ];
  conn.execute("CREATE TABLE texts (id INT, t TEXT)");
  conn.executeMany(
    "INSERT INTO texts VALUES (?, ?)",
    texts.map((text, id) => [id, text]),
  );
  assert.deepEqual(
    conn.query("SELECT t FROM texts ORDER BY id").map(({ t }) => t),
    texts,
  );
});

test("wrong parameters are refused before anything is sent", (conn) => {
  for (const value of [undefined, {}, () => 1, "\ud800", 2n ** 64n, Symbol("x")]) {
    assert.throws(() => conn.query("SELECT ?", [value]), { kind: "argument" });
  }
  assert.throws(() => conn.query("SELECT ?", [NaN]), { kind: "argument" });
  assert.throws(() => conn.query("SELECT ?", []), { kind: "argument" });
  assert.throws(() => conn.query("SELECT :x", []), { kind: "argument" });
});

test("columns with the names of Object.prototype are properties", (conn) => {
  const [row] = conn.query('SELECT 1 AS `__proto__`, 2 AS `constructor`, 3 AS `a"b`');
  assert.deepEqual(Object.entries(row), [
    ["__proto__", 1],
    ["constructor", 2],
    ['a"b', 3],
  ]);
});
