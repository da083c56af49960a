// Encodes rows of parameters as batches for `execute-many`.
//
// A batch has one kind for each column. The kind of a column is that of all its values: integers and
// fractions become doubles, other mixtures are refused.

import { validityOf, writeBatch } from "../batch/write.js";
import { argument } from "../errors.js";
import { clockBits, dayBits, hourOf } from "./dates.js";
import { bytesOf, checkRange, Decimal, Json, placeOf, refusal, refuseDate } from "./parameters.js";
import { bytesOfBinary, encodeBinary, isAscii } from "./utf8.js";

/** The most rows of a batch, and about the most bytes. */
const ROWS = 16384;
const BYTES = 4 << 20;
const SIGNED_MAX = 2n ** 63n - 1n;

/** Yields `{ first, batch }`: batches of rows, and the number of the first row of each. */
export function* batchesOf(rows) {
  for (let first = 0; first < rows.length; first += ROWS)
    yield* fitting(rows.slice(first, first + ROWS), first);
}

/** Splits rows until their batches are small enough. */
function* fitting(rows, first) {
  const batch = encodeRows(rows, first);
  if (batch.data.length <= BYTES || rows.length === 1) {
    yield { first, batch };
    return;
  }
  const half = rows.length >> 1;
  yield* fitting(rows.slice(0, half), first);
  yield* fitting(rows.slice(half), first + half);
}

/** Returns the batch of rows, which are arrays. `first` is the number of the first row in errors. */
export function encodeRows(rows, first = 0) {
  const width = rows[0].length;
  rows.forEach((row, index) => {
    if (row.length !== width) {
      throw argument(`row ${first + index} has ${row.length} values, row ${first} has ${width}`);
    }
  });
  const columns = [];
  for (let index = 0; index < width; index++) {
    columns.push(
      encodeColumn(
        rows.map((row) => row[index]),
        (row) => `row ${first + row}, ${placeOf(index)}`,
      ),
    );
  }
  return writeBatch(rows.length, columns);
}

/** Returns the encoded column of values. `place` names a row in errors. */
function encodeColumn(values, place) {
  const { kind, row } = kindOf(values, place);
  try {
    return ENCODERS[kind](values, place);
  } catch (error) {
    // encodeURIComponent throws it.
    if (error instanceof URIError) throw argument(`${place(row)}: a text has a lone surrogate`);
    throw error;
  }
}

/** Returns the kind of all values, and the first row that has it. */
function kindOf(values, place) {
  let kind = "null";
  let first = 0;
  for (let row = 0; row < values.length; row++) {
    const value = values[row];
    if (value === null) continue;
    const found = KINDS[typeof value]?.(value) ?? refuse(value, place(row));
    if (found === kind) continue;
    if (kind === "null") [kind, first] = [found, row];
    else kind = mixed(kind, found, place(row));
  }
  return { kind, row: first };
}

/** The kind of a value, by its type; `undefined` if it is no parameter. */
const KINDS = {
  string: () => "text",
  number: (value) => (Number.isSafeInteger(value) && !Object.is(value, -0) ? "number" : "double"),
  bigint: (value) => (value > SIGNED_MAX ? "unsigned" : "signed"),
  boolean: () => "number",
  object(value) {
    if (value instanceof Date) return "datetime";
    if (value instanceof Decimal) return "decimal";
    if (value instanceof Json) return "text";
    return bytesOf(value) && "bytes";
  },
};

function refuse(value, place) {
  throw argument(refusal(value, place));
}

/** The kind of columns with two kinds of numbers. `number` is an integer that is no BigInt. */
const MIXED = {
  "number double": "double",
  "number signed": "signed",
  "number unsigned": "unsigned",
  "signed unsigned": "unsigned",
};

function mixed(kind, found, place) {
  const both = MIXED[`${kind} ${found}`] ?? MIXED[`${found} ${kind}`];
  if (both === undefined)
    throw argument(`${place}: ${found} can't go into a column of ${kind}; convert the values`);
  return both;
}

const ENCODERS = {
  null: () => ({ kind: "null" }),
  number: (values) => encodeIntegers(integersOf(values), values, "signed"),
  signed(values, place) {
    const integers = integersOf(values);
    integers.forEach((value, row) => checkRange(value, place, row));
    return encodeIntegers(integers, values, "signed");
  },
  unsigned(values, place) {
    const integers = integersOf(values);
    integers.forEach((value, row) => checkRange(value, place, row));
    const negative = integers.findIndex((value) => value < 0n);
    if (negative >= 0) {
      throw argument(
        `${place(negative)} is negative, and another value exceeds 2^63 - 1; use decimal("...")`,
      );
    }
    return encodeIntegers(integers, values, "unsigned");
  },
  double: (values) => ({ kind: "double", validity: validityOf(values), values: Float64Array.from(values) }),
  decimal: (values) =>
    encodeTexts(
      values.map((value) => value?.text ?? ""),
      values,
      "decimal",
    ),
  text: (values) => encodeTexts(values.map(textOf), values, "text"),
  bytes: encodeBytes,
  datetime: encodeDates,
};

function integersOf(values) {
  return values.map((value) => BigInt(value ?? 0));
}

function textOf(value) {
  return typeof value === "string" ? value : (value?.text ?? "");
}

function encodeIntegers(integers, values, kind) {
  const array = kind === "signed" ? BigInt64Array : BigUint64Array;
  return { kind, validity: validityOf(values), values: array.from(integers) };
}

/** Encodes all texts in one step, if they are ASCII. */
function encodeTexts(texts, values, kind) {
  let joined = texts.join("");
  if (!isAscii(joined)) {
    texts = texts.map(encodeBinary);
    joined = texts.join("");
  }
  const offsets = new Uint32Array(texts.length + 1);
  let end = 0;
  texts.forEach((text, row) => (offsets[row + 1] = end += text.length));
  return { kind, validity: validityOf(values), values: offsets, data: bytesOfBinary(joined) };
}

function encodeBytes(values) {
  const parts = values.map((value) => (value === null ? new Uint8Array() : bytesOf(value)));
  const offsets = new Uint32Array(parts.length + 1);
  parts.forEach((part, row) => (offsets[row + 1] = offsets[row] + part.length));
  const data = new Uint8Array(offsets[parts.length]);
  parts.forEach((part, row) => data.set(part, offsets[row]));
  return { kind: "bytes", validity: validityOf(values), values: offsets, data };
}

function encodeDates(values, place) {
  const words = new Uint32Array(2 * values.length);
  for (let row = 0; row < values.length; row++) {
    const value = values[row];
    if (value === null) continue;
    const time = value.getTime();
    const day = dayBits(time) ?? refuseDate(value, place(row));
    words[2 * row] = clockBits(time);
    words[2 * row + 1] = day | hourOf(time);
  }
  return { kind: "datetime", validity: validityOf(values), values: words };
}
