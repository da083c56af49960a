// Results as columns: typed arrays without a value per cell.

import { KINDS } from "./batch/kinds.js";
import { argument, unsupported } from "./errors.js";
import { cells, numbers } from "./values/cells.js";
import { millisecondsOf } from "./values/dates.js";

/** The columns of a result. */
export class Columns {
  #parts;
  #format;

  /** `batches` has the columns of each batch. */
  constructor(fields, batches, format) {
    this.fields = fields;
    this.length = batches.reduce((rows, batch) => rows + (batch[0]?.rows ?? 0), 0);
    this.#parts = batches;
    this.#format = format;
  }

  /** Returns a column by its name or its number. */
  get(column) {
    const index = typeof column === "number" ? column : this.#indexOf(column);
    const field = this.fields[index];
    if (field === undefined)
      throw argument(`the result has ${this.fields.length} columns, and no column ${column}`);
    return new Column(
      field,
      this.#parts.map((batch) => batch[index]),
      this.length,
      this.#format,
    );
  }

  #indexOf(name) {
    const index = this.fields.findIndex((field) => field.name === name);
    if (index >= 0) return index;
    throw argument(
      `the result has no column "${name}"; it has ${this.fields.map((field) => field.name).join(", ")}`,
    );
  }

  *[Symbol.iterator]() {
    for (let index = 0; index < this.fields.length; index++) yield this.get(index);
  }
}

/** A column of a result. */
export class Column {
  #parts;
  #format;

  constructor(field, parts, length, format) {
    this.field = field;
    this.length = length;
    this.#parts = parts;
    this.#format = format;
  }

  /**
   * The values as a typed array: of integers, fractions, or packed dates. For text, decimals and
   * bytes it has the offsets of the values in `data`, and one more.
   */
  get values() {
    const kind = KINDS.find(({ name }) => name === this.field.kind);
    if (kind.array === undefined)
      throw unsupported(`column "${this.field.name}" is NULL in each row and has no values`);
    if (kind.variable) return joinOffsets(this.#parts);
    const arrays = this.#parts.map(({ values }) => values);
    if (kind.elements === 1) return join(kind.array, arrays);
    const words = join(Uint32Array, arrays);
    return new BigUint64Array(words.buffer, words.byteOffset, words.length / 2);
  }

  /** The bytes of all values of text, decimals and bytes. */
  get data() {
    return join(
      Uint8Array,
      this.#parts.map(({ data }) => data ?? new Uint8Array()),
    );
  }

  /** One byte for each row: 1 for NULL. `undefined` if no row is NULL. */
  get nulls() {
    if (this.#parts.every(({ kind, validity }) => kind !== "null" && validity === undefined))
      return undefined;
    const nulls = new Uint8Array(this.length);
    let at = 0;
    for (const part of this.#parts) {
      for (let row = 0; row < part.rows; row++) nulls[at++] = part.isNull(row) ? 1 : 0;
    }
    return nulls;
  }

  /** Returns the values as an array, with null for NULL. */
  toArray() {
    return [].concat(...this.#parts.map((part) => cells(part, this.field, this.#format)));
  }

  /**
   * Returns the values as a Float64Array, with NaN for NULL: integers, fractions, and dates as
   * milliseconds since 1970 in UTC. Fails if a number can't hold an integer.
   */
  toNumbers() {
    const result = new Float64Array(this.length);
    let at = 0;
    for (const part of this.#parts) {
      result.set(numbersOf(part, this.field), at);
      if (part.validity) {
        for (let row = 0; row < part.rows; row++) if (part.isNull(row)) result[at + row] = NaN;
      }
      at += part.rows;
    }
    return result;
  }
}

function numbersOf(part, field) {
  switch (part.kind) {
    case "null":
      return new Float64Array(part.rows).fill(NaN);
    case "signed":
    case "unsigned":
      return numbers(part, field, "use toArray() or values");
    case "float":
    case "double":
      return part.values;
    case "date":
    case "datetime": {
      const words = part.values;
      return Float64Array.from({ length: part.rows }, (_, row) =>
        millisecondsOf(words[2 * row], words[2 * row + 1]),
      );
    }
    default:
      throw unsupported(`column "${field.name}" is ${part.kind}, which has no exact numbers; use toArray()`);
  }
}

function join(type, arrays) {
  if (arrays.length === 1) return arrays[0];
  const joined = new type(arrays.reduce((length, array) => length + array.length, 0));
  let at = 0;
  for (const array of arrays) {
    joined.set(array, at);
    at += array.length;
  }
  return joined;
}

function joinOffsets(parts) {
  if (parts.length === 1) return parts[0].values;
  const joined = new Uint32Array(parts.reduce((rows, part) => rows + part.rows, 1));
  let at = 0;
  let base = 0;
  for (const { values, rows } of parts) {
    for (let row = 1; row <= rows; row++) joined[at + row] = base + values[row];
    at += rows;
    base += values[rows];
  }
  return joined;
}
