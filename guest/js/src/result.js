// Results of statements: the outcome, and all rows.

import { readBatch } from "./batch/read.js";
import { unsupported } from "./errors.js";
import { count } from "./memory.js";
import { cells } from "./values/cells.js";
import { rowBuilder } from "./values/rows.js";

/** The outcome of a statement, with its rows. */
export class Result {
  #lastInsertId;

  constructor({ rows, fields, rowsAffected, lastInsertId, warningCount, info }) {
    this.rows = rows;
    this.fields = fields;
    this.rowsAffected = rowsAffected;
    this.warningCount = warningCount;
    this.info = info;
    this.#lastInsertId = lastInsertId;
  }

  get lastInsertId() {
    if (this.#lastInsertId !== undefined) return this.#lastInsertId;
    throw unsupported(
      "the generated id exceeds 2^53, and QuickJS received it rounded; execute SELECT LAST_INSERT_ID()",
    );
  }
}

/** Returns the descriptions of the columns of a result. */
export function fieldsOf(columns) {
  // The lists of StarlingMonkey belong to another realm: their prototype is another Array.prototype.
  return Array.from(columns, (column) => ({
    name: column.name,
    table: column.table,
    kind: column.kind,
    typeCode: column.typeCode,
    flags: column.columnFlags,
    charset: column.charset,
    // The bindings of QuickJS return a u32 from 2^31 on as a negative number.
    length: column.length >>> 0,
    decimals: column.decimals,
  }));
}

/** Appends the rows of a batch to `rows`. */
export function appendRows(rows, batch, fields, format) {
  const read = readBatch(batch);
  const arrays = read.map((column, index) => cells(column, fields[index], format));
  rowBuilder(fields, format.rows)(rows, batch.rows >>> 0, arrays);
  count(batch.rows >>> 0, fields.length, batch.data.length);
}

/** Reads all rows of the current result of a cursor. `exactId` looks up the last generated id. */
export function readResult(outcome, cursor, format, exactId) {
  const fields = fieldsOf(outcome.columns);
  const rows = [];
  for (let batch = cursor.next(); batch !== undefined; batch = cursor.next()) {
    appendRows(rows, batch, fields, format);
  }
  return new Result({
    rows,
    fields,
    rowsAffected: Number(outcome.affectedRows),
    lastInsertId: insertId(outcome.lastInsertId, exactId),
    warningCount: outcome.warnings,
    info: outcome.info,
  });
}

/**
 * Returns a generated id: a number, or a BigInt if a number can't hold it.
 *
 * The bindings of QuickJS round a u64, and return it as a negative number from 2^63 on. A rounded id
 * is looked up; `undefined` if that fails.
 */
function insertId(id, exactId) {
  if (Number.isSafeInteger(Number(id))) return id >= 0 ? Number(id) : BigInt.asUintN(64, BigInt(id));
  if (typeof id === "bigint") return id;
  const exact = exactId?.();
  return exact !== undefined && Number(BigInt.asIntN(64, exact)) === id ? exact : undefined;
}
