// The works with mysql2. Usage: node native.js URL WORK

import mysql from "mysql2/promise";
import * as work from "./work.js";

const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);

const WORKS = {
  async rows(conn) {
    const [rows] = await conn.query(work.SCAN);
    work.check(rows.length, work.SCAN_ROWS);
    work.checkLast(Object.values(rows.at(-1)));
  },
  async arrays(conn) {
    const [rows] = await conn.query({ sql: work.SCAN, rowsAsArray: true });
    work.check(rows.length, work.SCAN_ROWS);
    work.checkLast(rows.at(-1));
  },
  async stream(conn) {
    let total = 0;
    for await (const { price } of conn.connection.query(work.SCAN).stream()) total += price;
    work.check(total, work.PRICES);
  },
  async columns(conn) {
    const [rows] = await conn.query({ sql: work.SCAN, rowsAsArray: true });
    work.check(sum(rows.map((row) => row[0])), 4 * work.PRICES);
    work.check(sum(rows.map((row) => row[3])), work.PRICES);
  },
  async point(conn) {
    for (let id = 1; id <= work.POINTS; id++) work.check((await conn.execute(work.POINT, [id]))[0][0].id, id);
  },
  async insert(conn) {
    await conn.query(work.EMPTY);
    const [{ affectedRows }] = await conn.query("INSERT INTO target (id, name, price, at) VALUES ?", [rows]);
    work.check(affectedRows, work.INSERTS);
  },
};

const rows = work.insertRows();
const [url, name] = process.argv.slice(2);
const conn = await mysql.createConnection({ uri: url, dateStrings: true, timezone: "Z" });
const run = WORKS[name];
await run(conn);
console.log("begin");
const begin = performance.now();
await run(conn);
console.log(performance.now() - begin);
// The process lives until its CPU time was read.
await conn.query("SELECT SLEEP(0.3)");
await conn.end();
