// Executing statements: the part that connections, engines and prepared statements share.

import { readBatch } from "./batch/read.js";
import { Columns } from "./columns.js";
import { Cursor } from "./cursor.js";
import { argument, call } from "./errors.js";
import { count } from "./memory.js";
import * as options from "./options.js";
import { isNamed, parseNames, valuesOf } from "./placeholders.js";
import { fieldsOf, readResult, Result } from "./result.js";
import { Stream } from "./stream.js";
import { formatOf } from "./values/cells.js";
import { batchesOf } from "./values/parameter_rows.js";

const OPTIONS = ["timeout"];

/**
 * Methods that execute a statement. `target` has the resource, the open handles, the format of
 * values, and `exactId()`.
 */
export class Execution {
  #target;
  #send;
  #options;

  /** `send(resource, options)` executes the statement. */
  constructor(target, given, send, names = OPTIONS) {
    options.checkNames(given, names);
    this.#target = target;
    this.#options = given;
    this.#send = send;
  }

  #outcome(firstRows) {
    const execution = options.execution(this.#options, firstRows);
    const resource = this.#target.handle.get();
    return call(() => this.#send(resource, execution));
  }

  get #format() {
    return formatOf(this.#options, this.#target.format);
  }

  /** Returns the first result, with all rows. */
  result() {
    const format = this.#format;
    const outcome = this.#outcome();
    if (outcome.rows == null && outcome.cursor == null) {
      count(0, 0, 0);
      return readResult(outcome, NO_ROWS, format, this.#target.exactId);
    }
    const cursor = new Cursor(outcome, this.#target.owned);
    try {
      return readResult(outcome, cursor, format, this.#target.exactId);
    } finally {
      cursor.close();
    }
  }

  /** Returns all results of a CALL. */
  results() {
    const format = this.#format;
    const results = [];
    for (let outcome = this.#outcome(); outcome !== undefined;) {
      const cursor = new Cursor(outcome, this.#target.owned);
      try {
        results.push(readResult(outcome, cursor, format));
        outcome = cursor.nextOutcome();
      } finally {
        cursor.close();
      }
    }
    return results;
  }

  /** Returns the result as columns. */
  columns() {
    const format = this.#format;
    const outcome = this.#outcome();
    const cursor = new Cursor(outcome, this.#target.owned);
    const batches = [];
    try {
      for (let batch = cursor.next(); batch !== undefined; batch = cursor.next()) {
        batches.push(readBatch(batch));
        count(0, 0, batch.data.length);
      }
    } finally {
      cursor.close();
    }
    return new Columns(fieldsOf(outcome.columns), batches, format);
  }

  /** Returns the result as a stream. */
  stream() {
    const batchRows = options.count(this.#options, "batchRows");
    return new Stream(this.#outcome(batchRows), this.#target.owned, this.#format, batchRows);
  }
}

/** The cursor of a statement that returns no rows. */
const NO_ROWS = { next: () => undefined };

/**
 * Executes a statement once for each row of parameters.
 *
 * `send(resource, sql, batch, options)` executes a batch.
 */
export function executeMany(target, sql, rows, given, send) {
  options.checkNames(given, OPTIONS);
  if (typeof rows?.[Symbol.iterator] !== "function" || typeof rows === "string") {
    throw argument("the rows are not iterable; pass an array of rows");
  }
  const statement = positional(sql, [...rows]);
  const execution = options.execution(given);
  const resource = target.handle.get();
  let [rowsAffected, warningCount, lastInsertId, info] = [0, 0, 0, ""];
  for (const { first, batch } of batchesOf(statement.rows)) {
    const outcome = sendBatch(() => send(resource, statement.sql, batch, execution), first);
    const result = readResult(outcome, NO_ROWS, target.format, target.exactId);
    rowsAffected += result.rowsAffected;
    warningCount += result.warningCount;
    lastInsertId ||= result.lastInsertId;
    info = result.info;
    count(0, 0, batch.data.length);
  }
  return new Result({ rows: [], fields: [], rowsAffected, warningCount, lastInsertId, info });
}

function sendBatch(send, first) {
  try {
    return call(send);
  } catch (error) {
    if (first > 0) error.message += ` (the rows in this message are counted from row ${first} of the call)`;
    throw error;
  }
}

/** Returns a statement with `?`, and its rows as arrays. */
function positional(sql, rows) {
  if (rows.length > 0 && isNamed(rows[0])) {
    const statement = parseNames(sql);
    return { sql: statement.sql, rows: rows.map((row) => valuesOf(statement.names, row)) };
  }
  const wrong = rows.findIndex((row) => !Array.isArray(row));
  if (wrong >= 0) throw argument(`row ${wrong} is not an array; pass arrays, or objects for :name`);
  return { sql, rows };
}
