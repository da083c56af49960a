// The works in the sandbox. The arguments are the works to run; each is run twice and measured once.

import { connect } from "../src/index.js";
import * as work from "./work.js";

const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);

const WORKS = {
  rows(conn) {
    const rows = conn.query(work.SCAN);
    work.check(rows.length, work.SCAN_ROWS);
    work.checkLast(Object.values(rows.at(-1)));
  },
  arrays(conn) {
    const rows = conn.query(work.SCAN, [], { rows: "arrays" });
    work.check(rows.length, work.SCAN_ROWS);
    work.checkLast(rows.at(-1));
  },
  stream(conn) {
    let total = 0;
    for (const { price } of conn.stream(work.SCAN)) total += price;
    work.check(total, work.PRICES);
  },
  columns(conn) {
    const columns = conn.columns(work.SCAN);
    work.check(sum(columns.get("id").toNumbers()), 4 * work.PRICES);
    work.check(sum(columns.get("price").toNumbers()), work.PRICES);
  },
  point(conn) {
    for (let id = 1; id <= work.POINTS; id++) work.check(conn.query(work.POINT, [id])[0].id, id);
  },
  insert(conn) {
    conn.execute(work.EMPTY);
    const sql = "INSERT INTO target (id, name, price, at) VALUES (?, ?, ?, ?)";
    work.check(conn.executeMany(sql, rows).rowsAffected, work.INSERTS);
  },
};

let rows;

export default function main([name]) {
  using engine = connect();
  using conn = engine.acquire();
  rows = work.insertRows();
  const run = WORKS[name];
  run(conn);
  console.log("begin");
  const begin = performance.now();
  run(conn);
  console.log(performance.now() - begin);
  // The process lives until its CPU time was read.
  conn.query("SELECT SLEEP(0.3)");
}
