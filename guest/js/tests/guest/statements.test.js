// Statements, results and their options.

import { assert, test } from "wasmysql/testing";

function people(conn) {
  conn.execute("CREATE TABLE people (id INT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(20) UNIQUE, age INT)");
  return conn.executeMany("INSERT INTO people (name, age) VALUES (?, ?)", [
    ["Ada", 36],
    ["Grace", 85],
    ["Edith", null],
  ]);
}

test("query returns rows as objects or arrays", (conn) => {
  people(conn);
  const sql = "SELECT id, name FROM people WHERE age > :age ORDER BY id";
  assert.deepEqual(conn.query(sql, { age: 40 }), [{ id: 2, name: "Grace" }]);
  assert.deepEqual(conn.query(sql, { age: 40 }, { rows: "arrays" }), [[2, "Grace"]]);
  assert.deepEqual(
    conn.query("SELECT id FROM people WHERE name IN (:names) ORDER BY id", { names: ["Ada", "Edith"] }),
    [{ id: 1 }, { id: 3 }],
  );
  assert.deepEqual(conn.query("SELECT id FROM people WHERE 1 = 0"), []);
});

test("execute returns the outcome", (conn) => {
  const many = people(conn);
  assert.deepEqual([many.rowsAffected, many.lastInsertId], [3, 1]);
  const one = conn.execute("INSERT INTO people (name) VALUES (?)", ["Barbara"]);
  assert.deepEqual([one.rowsAffected, one.lastInsertId, one.rows, one.warningCount], [1, 4, [], 0]);
  assert.equal(conn.execute("UPDATE people SET age = 1").rowsAffected, 4);
  const result = conn.execute("SELECT id, name AS who FROM people p ORDER BY id");
  assert.deepEqual(
    result.fields.map(({ name, table, kind }) => [name, table, kind]),
    [
      ["id", "p", "signed"],
      ["who", "p", "text"],
    ],
  );
  assert.ok(result.fields[0].flags.primaryKey);
  assert.equal(result.rows.length, 4);
});

test("lastInsertId beyond 2^53 is an exact BigInt", (conn, engine) => {
  // The bindings of QuickJS return such an id as a negative number.
  conn.execute(
    "CREATE TABLE large (id BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY, x INT) AUTO_INCREMENT = 18446744073709551601",
  );
  assert.equal(conn.execute("INSERT INTO large (x) VALUES (1)").lastInsertId, 18446744073709551601n);
  assert.equal(
    conn.executeMany("INSERT INTO large (x) VALUES (?)", [[1], [2]]).lastInsertId,
    18446744073709551602n,
  );
  conn.execute(
    "CREATE TABLE odd (id BIGINT AUTO_INCREMENT PRIMARY KEY, x INT) AUTO_INCREMENT = 9007199254740993",
  );
  assert.equal(conn.execute("INSERT INTO odd (x) VALUES (1)").lastInsertId, 9007199254740993n);
  assert.equal(
    conn.executeMany("INSERT INTO odd (x) VALUES (?)", [[1], [2]]).lastInsertId,
    9007199254740994n,
  );
});

test("columns with one name need aliases or arrays", (conn) => {
  assert.throws(() => conn.query("SELECT 1 AS a, 2 AS a"), { kind: "argument", message: /two columns "a"/ });
  assert.deepEqual(conn.query("SELECT 1 AS a, 2 AS a", [], { rows: "arrays" }), [[1, 2]]);
});

test("large results are read completely", (conn) => {
  conn.execute("CREATE TABLE numbers (i INT PRIMARY KEY)");
  conn.executeMany(
    "INSERT INTO numbers VALUES (?)",
    Array.from({ length: 20000 }, (_, i) => [i + 1]),
  );
  const sql = "SELECT i, CONCAT('text ', i) AS t FROM numbers ORDER BY i";
  const rows = conn.query(sql);
  assert.equal(rows.length, 20000);
  assert.deepEqual(Object.values(rows[19999]).map(String), ["20000", "text 20000"]);
  const columns = conn.columns(sql);
  assert.equal(columns.length, 20000);
  assert.equal(
    columns
      .get("i")
      .toNumbers()
      .reduce((sum, i) => sum + i),
    200010000,
  );
  const { values, data } = columns.get("t");
  assert.equal(values.length, 20001);
  assert.equal(values[20000], data.length);
  assert.equal(new TextDecoder().decode(data.subarray(values[19999])), "text 20000");
});

test("columns are typed arrays", (conn) => {
  conn.execute(
    "CREATE TABLE kinds (b BIGINT, u BIGINT UNSIGNED, d DOUBLE, f FLOAT, t TEXT, w DATETIME, n DECIMAL(4,2))",
  );
  conn.execute(
    "INSERT INTO kinds VALUES (-1, 18446744073709551615, 0.5, 0.25, 'é', '1970-01-01 00:00:01', 1.50)",
  );
  const columns = conn.columns("SELECT * FROM kinds");
  assert.deepEqual(columns.get("b").values, new BigInt64Array([-1n]));
  assert.deepEqual(columns.get(1).values, new BigUint64Array([2n ** 64n - 1n]));
  assert.deepEqual(columns.get("d").values, new Float64Array([0.5]));
  assert.deepEqual(columns.get("f").values, new Float32Array([0.25]));
  assert.equal(columns.get("t").data.length, 2);
  assert.ok(columns.get("w").values instanceof BigUint64Array);
  assert.deepEqual(columns.get("w").toNumbers(), new Float64Array([1000]));
  assert.equal(columns.get("b").nulls, undefined);
  assert.throws(() => columns.get("u").toNumbers(), { kind: "value-unsupported" });
  assert.throws(() => columns.get("n").toNumbers(), { kind: "value-unsupported", message: /toArray/ });
  assert.throws(() => columns.get("x"), { kind: "argument", message: /no column "x"; it has b, u/ });
  assert.equal(conn.columns("SELECT * FROM kinds WHERE 1 = 0").get("b").values.length, 0);
});

test("streams read batches and release the connection", (conn) => {
  people(conn);
  const options = { batchRows: 1 };
  const sql = "SELECT name FROM people ORDER BY id";
  assert.deepEqual(
    [...conn.stream(sql, [], options)].map(({ name }) => name),
    ["Ada", "Grace", "Edith"],
  );
  const stream = conn.stream(sql, [], options);
  assert.throws(() => conn.query("SELECT 1"), { kind: "busy" });
  for (const { name } of stream) {
    assert.equal(name, "Ada");
    break;
  }
  assert.equal(conn.query("SELECT 1 AS one")[0].one, 1);
  assert.throws(() => [...stream], { kind: "resource-closed" });
  {
    using open = conn.stream(sql, [], options);
    assert.equal(open.fields[0].name, "name");
  }
  assert.throws(() => {
    for (const row of conn.stream(sql, [], options)) throw new RangeError(row.name);
  }, RangeError);
  const sizes = [...conn.stream(sql, [], { batchRows: 2 }).batches()].map((columns) =>
    columns.get("name").toArray(),
  );
  assert.deepEqual(sizes, [["Ada", "Grace"], ["Edith"]]);
});

test("prepared statements are executed again", (conn) => {
  people(conn);
  const statement = conn.prepare("SELECT name FROM people WHERE id = :id");
  assert.equal(statement.parameterCount, 1);
  assert.equal(statement.fields[0].name, "name");
  assert.deepEqual(statement.query({ id: 2 }), [{ name: "Grace" }]);
  assert.deepEqual(statement.query([3n]), [{ name: "Edith" }]);
  assert.deepEqual([...statement.stream([1])], [{ name: "Ada" }]);
  assert.deepEqual(statement.columns([1]).get(0).toArray(), ["Ada"]);
  assert.throws(() => statement.query([[1]]), { kind: "argument" });
  statement.close();
  assert.throws(() => statement.query([1]), { kind: "resource-closed" });
  using insert = conn.prepare("INSERT INTO people (name, age) VALUES (?, ?)");
  assert.equal(
    insert.executeMany([
      ["x", 1],
      ["y", 2],
    ]).rowsAffected,
    2,
  );
  assert.ok(insert.execute(["z", 3]).lastInsertId > 5);
});

test("all results of a CALL are returned", (conn) => {
  const results = conn.results("CALL two_results()");
  assert.deepEqual(
    results.slice(0, 2).map(({ rows }) => rows),
    [[{ a: 1 }], [{ b: 2 }, { b: 3 }]],
  );
  assert.deepEqual(conn.query("CALL two_results()"), [{ a: 1 }]);
  assert.deepEqual(conn.query("SELECT 4 AS c"), [{ c: 4 }]);
});

test("executeMany takes names, many rows and no rows", (conn) => {
  people(conn);
  const insert = "INSERT INTO people (name, age) VALUES (:name, :age)";
  assert.equal(
    conn.executeMany(insert, [
      { name: "a", age: 1 },
      { age: 2, name: "b" },
    ]).rowsAffected,
    2,
  );
  assert.equal(conn.executeMany(insert, []).rowsAffected, 0);
  const rows = Array.from({ length: 20000 }, (_, row) => [`n${row}`, row]);
  assert.equal(conn.executeMany("INSERT INTO people (name, age) VALUES (?, ?)", rows).rowsAffected, 20000);
  assert.equal(conn.query("SELECT SUM(age) AS s FROM people WHERE name LIKE 'n%'")[0].s, "199990000");
  const failing = () =>
    conn.executeMany("INSERT INTO people (name, age) VALUES (?, ?)", [
      ["new", 1],
      ["Ada", 1],
    ]);
  assert.throws(failing, { code: 1062 });
  assert.throws(() => conn.executeMany("INSERT INTO people (name) VALUES (?)", "abc"), { kind: "argument" });
  assert.throws(() => conn.executeMany("INSERT INTO people (name) VALUES (?)", ["abc"]), {
    kind: "argument",
    message: /row 0/,
  });
});

test("options are checked", (conn, engine) => {
  assert.throws(() => conn.query("SELECT 1", [], { timeOut: 5 }), {
    kind: "argument",
    message: /unknown option timeOut/,
  });
  assert.throws(() => conn.query("SELECT 1", [], { timeout: -1 }), { kind: "argument" });
  assert.throws(() => conn.query("SELECT 1", [], { rows: "object" }), {
    kind: "argument",
    message: /pass "objects" or "arrays"/,
  });
  assert.throws(() => conn.begin({ isolation: "none" }), { kind: "argument" });
  assert.throws(() => conn.query("SELECT SLEEP(5)", [], { timeout: 100 }), {
    kind: "timeout",
    step: "execute",
  });
  assert.deepEqual(engine.query("SELECT 1 AS one"), [{ one: 1 }]);
});

test("an engine describes its database", (conn, engine) => {
  assert.ok(["mysql", "mariadb"].includes(engine.info.serverFlavour));
  assert.ok(engine.info.maxAllowedPacket > 1000);
  assert.ok(engine.status.inUse >= 1);
});

test("warnings are listed", (conn) => {
  conn.execute("CREATE TABLE IF NOT EXISTS w (x INT)");
  const result = conn.execute("CREATE TABLE IF NOT EXISTS w (x INT)");
  assert.equal(result.warningCount, 1);
  assert.equal(conn.warnings()[0].code, 1050);
});
