// The exports of the world `batches` in JavaScript.

import { createEngine } from "wasmysql:mysql/blocking-engine@0.1.0";

import { encode, read as columnsOf } from "./batch.js";

// Small, so that results consist of several batches.
const ROWS = 2;

export function read(batch) {
  return withMessages(() => columnsOf(batch).map((column) => texts(column.kind, [...column])));
}

export function query(sql) {
  return withMessages(() => allRows(connection(), sql).map(({ kind, values }) => texts(kind, values)));
}

export function copy(query, statement) {
  return withMessages(() => {
    const conn = connection();
    const rows = encode(allRows(conn, query));
    return conn.executeMany(statement, rows, {}).affectedRows;
  });
}

/** Returns errors of a batch and of the database as text. */
function withMessages(work) {
  try {
    return work();
  } catch (error) {
    throw error.payload?.message ?? error.message ?? error;
  }
}

function connection() {
  return createEngine("main", { readOnly: false }).acquire();
}

/** Executes a query and returns the kind and the values of each column. */
function allRows(conn, sql) {
  const outcome = conn.execute(sql, [], { firstRows: ROWS });
  const columns = outcome.columns.map(({ kind }) => ({ kind, values: [] }));
  let { rows } = outcome;
  while (rows) {
    columnsOf(rows).forEach((column, index) => columns[index].values.push(...column));
    rows = outcome.cursor?.fetch(ROWS);
  }
  return columns;
}

/** Returns the values of a column in the form of wit/vectors/README.md. */
function texts(kind, values) {
  return { kind, values: values.map((value) => (value === null ? undefined : text(kind, value))) };
}

function text(kind, value) {
  const digits = (number, count) => String(number).padStart(count, "0");
  const date = ({ year, month, day }) => `${digits(year, 4)}-${digits(month, 2)}-${digits(day, 2)}`;
  const clock = (...parts) => parts.map((part) => digits(part, 2)).join(":");
  switch (kind) {
    case "bytes":
    case "raw":
      return Array.from(value, (byte) => byte.toString(16).padStart(2, "0")).join("");
    case "date":
      return date(value);
    case "datetime":
      return `${date(value)} ${clock(value.hour, value.minute, value.second)}.${digits(value.microsecond, 6)}`;
    case "time": {
      const sign = value.negative ? "-" : "";
      return `${sign}${clock(value.hours, value.minutes, value.seconds)}.${digits(value.microseconds, 6)}`;
    }
    default:
      return Object.is(value, -0) ? "-0" : String(value);
  }
}
