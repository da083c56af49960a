// Checked by tsc: correct uses compile, and wrong ones are errors.

import { connect, decimal, json, MysqlError, type Connection, type Row } from "wasmysql";
import { assert, test } from "wasmysql/testing";

interface Person {
  id: number;
  name: string;
}

export function main(): void {
  using engine = connect("main", { bigint: "number", statementTimeout: 1000 });
  using conn: Connection = engine.acquire();
  const people: Person[] = conn.query<Person>("SELECT id, name FROM people WHERE id IN (?)", [[1, 2n]]);
  const rows: Row[] = conn.query("SELECT :a", { a: null }, { timeout: 5 });
  const id: number | bigint = conn.execute("INSERT INTO t VALUES (?)", [decimal("1.5")]).lastInsertId;
  const count: number = conn.transaction((tx) => tx.query("SELECT 1").length, {
    attempts: 3,
    isolation: "serializable",
  });
  conn.executeMany(
    "INSERT INTO t VALUES (?, ?)",
    new Set([
      [1, json({})],
      [null, new Date()],
    ]),
  );
  for (const [name] of conn.stream<[string]>("SELECT name FROM people", [], {
    rows: "arrays",
    batchRows: 100,
  }))
    name.length;
  const prices: Float64Array = conn.columns("SELECT price FROM t").get("price").toNumbers();
  const xid: string = conn.beginTwoPhase().xid;
  try {
    conn.ping();
  } catch (error) {
    if (error instanceof MysqlError && error.kind === "server" && error.code === 1062) error.sqlstate?.length;
  }
  console(people, rows, id, count, prices, xid);
}

declare function console(...values: unknown[]): void;

test("a test", (conn, engine) => {
  const error = assert.throws(() => engine.query("SELECT"), { code: 1064 });
  assert.equal(error.code, conn.query("SELECT 1")[0]!.one);
  assert.throws(() => conn.ping(), MysqlError);
});

export function wrong(conn: Connection): void {
  // @ts-expect-error: undefined is no parameter
  conn.query("SELECT ?", [undefined]);
  // @ts-expect-error: an object needs json()
  conn.query("SELECT ?", [{ a: 1 }]);
  // @ts-expect-error: the calls are blocking
  conn.query("SELECT 1").then(() => 1);
  // @ts-expect-error: an unknown option
  conn.query("SELECT 1", [], { timeOut: 5 });
  // @ts-expect-error: an unknown level
  conn.begin({ isolation: "none" });
  // @ts-expect-error: no such kind
  if (new Error() instanceof MysqlError && ({} as MysqlError).kind === "duplicate") return;
  // @ts-expect-error: engines come from connect()
  new MysqlError("no");
}
