// Results whose rows are read while they are used.

import { readBatch } from "./batch/read.js";
import { Columns } from "./columns.js";
import { Cursor } from "./cursor.js";
import { closed } from "./errors.js";
import { appendRows, fieldsOf } from "./result.js";

/** The rows of a result, read in batches. Iterate once, and close it if you stop early. */
export class Stream {
  #cursor;
  #format;
  #isClosed = false;

  constructor(outcome, owned, format, batchRows) {
    this.fields = fieldsOf(outcome.columns);
    this.#cursor = new Cursor(outcome, owned, batchRows);
    this.#format = format;
  }

  *[Symbol.iterator]() {
    for (const batch of this.#batches()) {
      const rows = [];
      appendRows(rows, batch, this.fields, this.#format);
      yield* rows;
    }
  }

  /** Yields the columns of one batch after the other. */
  *batches() {
    for (const batch of this.#batches()) {
      yield new Columns(this.fields, [readBatch(batch)], this.#format);
    }
  }

  *#batches() {
    if (this.#isClosed) throw closed("stream");
    try {
      for (let batch = this.#cursor.next(); batch !== undefined; batch = this.#cursor.next()) yield batch;
    } finally {
      this.close();
    }
  }

  /** Discards the remaining rows. The connection can then execute its next statement. */
  close() {
    this.#isClosed = true;
    this.#cursor.close();
  }

  [Symbol.dispose]() {
    this.close();
  }
}
