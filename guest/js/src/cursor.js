// The batches of a result, from the outcome of its statement and from its cursor.

import { call } from "./errors.js";
import { Handle } from "./handle.js";

/** The largest number that the bindings of QuickJS accept for a u32. A batch has fewer rows. */
const ALL_ROWS = 0x7fffffff;

/** Reads the batches of a result, in their order. */
export class Cursor {
  #first;
  #handle;
  #rows;

  /** `owned` is the set of the open handles of the connection or engine. */
  constructor(outcome, owned, batchRows = ALL_ROWS) {
    this.#first = outcome.rows ?? undefined;
    this.#handle = outcome.cursor ? new Handle(outcome.cursor, "result", owned) : undefined;
    this.#rows = batchRows;
  }

  /** Returns the next batch; `undefined` at the end of the result. */
  next() {
    const first = this.#first;
    if (first !== undefined) {
      this.#first = undefined;
      return first;
    }
    if (this.#handle === undefined) return undefined;
    try {
      return call(() => this.#handle.get().fetch(this.#rows)) ?? undefined;
    } catch (error) {
      this.#handle.drop();
      throw error;
    }
  }

  /** Returns the outcome of the next result of a CALL; `undefined` if there is none. */
  nextOutcome() {
    if (this.#handle === undefined || this.#handle.isDropped) return undefined;
    const handle = this.#handle;
    try {
      return call(() => handle.get().nextResult()) ?? undefined;
    } finally {
      handle.drop();
    }
  }

  /** Discards the remaining rows. */
  close() {
    this.#first = undefined;
    this.#handle?.end((cursor) => cursor.close());
  }
}
