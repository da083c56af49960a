// Converts a column of a batch into an array of values, one kind at a time.
//
// Each loop does as much as possible in one call of the engine, because the interpreters in a
// component are slow: a column of text is decoded once and then sliced.

import { Malformed } from "../batch/kinds.js";
import { argument, unsupported } from "../errors.js";
import { datesAsText, datetimesAsText, millisecondsOf, STRAY_BITS, timesAsText } from "./dates.js";
import { decode, decodeBinary, sliceable } from "./utf8.js";

/** The code of BIGINT. The other types of integers fit a number. */
const BIGINT = 8;
/** The code of JSON. MariaDB returns JSON as text. */
const JSON_TYPE = 245;
const ALL_DIGITS = 6;

/** The choices how values are returned. */
export const DEFAULT_FORMAT = { rows: "objects", bigint: "bigint", dates: "string", json: true };

const CHOICES = {
  rows: ["objects", "arrays"],
  bigint: ["bigint", "number"],
  dates: ["string", "date"],
};

/** Returns a format that has the choices of `options`, and otherwise those of `base`. */
export function formatOf(options, base) {
  if (options === undefined) return base;
  const format = { ...base };
  for (const [name, accepted] of Object.entries(CHOICES)) {
    const chosen = options[name];
    if (chosen === undefined) continue;
    if (!accepted.includes(chosen)) {
      throw argument(`the option ${name} is ${JSON.stringify(chosen)}; pass "${accepted.join('" or "')}"`);
    }
    format[name] = chosen;
  }
  if (options.json !== undefined) format.json = options.json;
  return format;
}

/**
 * Returns the values of a column as an array, with null for NULL.
 *
 * `field` describes the column. It is absent for a batch that is not a result: integers are then
 * BigInts, and times have all digits.
 */
export function cells(column, field, format) {
  let values;
  try {
    values = READERS[column.kind](column, field, format);
  } catch (error) {
    if (error === STRAY_BITS) throw new Malformed(STRAY_BITS, column.index);
    throw error;
  }
  return column.validity === undefined ? values : withNulls(values, column.validity);
}

/** Replaces the values of NULL rows. */
function withNulls(values, validity) {
  for (let byte = 0; byte < validity.length; byte++) {
    const bits = validity[byte];
    if (bits === 255) continue;
    const end = Math.min(8 * byte + 8, values.length);
    for (let row = 8 * byte; row < end; row++) if (!((bits >> (row & 7)) & 1)) values[row] = null;
  }
  return values;
}

const READERS = {
  null: ({ rows }) => new Array(rows).fill(null),
  signed: integers,
  unsigned: integers,
  float: ({ values }) => arrayOf(values),
  double: ({ values }) => arrayOf(values),
  decimal: texts,
  text(column, field, format) {
    const values = texts(column);
    return isJson(field, format)
      ? values.map((text, row) => (column.isNull(row) ? null : JSON.parse(text)))
      : values;
  },
  bytes: byteArrays,
  raw: byteArrays,
  date: (column, field, format) =>
    format.dates === "date" ? asDates(column, field) : datesAsText(clean(column)),
  time: (column, field) => timesAsText(clean(column), digitsOf(field)),
  datetime(column, field, format) {
    return format.dates === "date" ? asDates(column, field) : datetimesAsText(clean(column), digitsOf(field));
  },
};

/** Returns the elements of a typed array. In StarlingMonkey, Array.from is slower than a loop. */
function arrayOf(values) {
  if (globalThis.__cqjs) return Array.from(values);
  const result = [];
  for (let row = 0; row < values.length; row++) result.push(values[row]);
  return result;
}

function integers(column, field, format) {
  const isBigint = field === undefined || field.typeCode === BIGINT;
  if (isBigint && format.bigint === "bigint") return arrayOf(column.values);
  return isBigint ? numbers(column, field) : smallIntegers(column);
}

/** Returns integers of at most 32 bits: the low halves of the words. */
function smallIntegers({ kind, values }) {
  const type = kind === "signed" ? Int32Array : Uint32Array;
  const halves = new type(values.buffer, values.byteOffset, 2 * values.length);
  const result = [];
  for (let at = 0; at < halves.length; at += 2) result.push(halves[at]);
  return result;
}

/** Returns 64-bit integers as numbers. Fails with `advice` if a number can't hold a value. */
export function numbers(column, field, advice = 'use the option bigint: "bigint"') {
  const { kind, values } = column;
  const lows = new Uint32Array(values.buffer, values.byteOffset, 2 * values.length);
  const type = kind === "signed" ? Int32Array : Uint32Array;
  const highs = new type(values.buffer, values.byteOffset, 2 * values.length);
  const result = [];
  for (let at = 0; at < lows.length; at += 2) {
    const high = highs[at + 1];
    const value = high * 4294967296 + lows[at];
    // The product and the sum are exact below 2^53. NULL rows have any value.
    if ((high > 0x1fffff || high < -0x200000) && !column.isNull(at >> 1)) {
      throw unsupported(
        `column ${JSON.stringify(field?.name ?? column.index)}: a number can't hold ${values[at >> 1]}; ${advice}`,
      );
    }
    result.push(value);
  }
  return result;
}

/** Returns texts. Bytes that are all ASCII are decoded in one step. */
function texts(column) {
  const { index, values: offsets, data, rows, validity } = column;
  const whole = decoded(sliceable, data, index);
  if (whole === undefined) return byteArrays(column).map((bytes) => decoded(decode, bytes, index));
  const { text, isDecoded } = whole;
  const result = [];
  let start = 0;
  for (let row = 1; row <= rows; row++) {
    const end = offsets[row];
    if (end < start) throw new Malformed("offsets-decrease", index);
    result.push(text.slice(start, end));
    start = end;
  }
  if (validity) checkNulls(column);
  return isDecoded ? result : result.map((part) => decoded(decodeBinary, part, index));
}

function decoded(decoder, value, index) {
  try {
    return decoder(value);
  } catch (error) {
    // decodeURIComponent and TextDecoder throw these. Another error is a lack of memory.
    if (error instanceof URIError || error instanceof TypeError) throw new Malformed("not-utf8", index);
    throw error;
  }
}

function byteArrays(column) {
  const { index, values: offsets, data, rows, validity } = column;
  const result = [];
  let start = 0;
  for (let row = 1; row <= rows; row++) {
    const end = offsets[row];
    if (end < start) throw new Malformed("offsets-decrease", index);
    // A copy: a view would keep the whole batch in memory.
    result.push(data.slice(start, end));
    start = end;
  }
  if (validity) checkNulls(column);
  return result;
}

function checkNulls(column) {
  for (let row = 0; row < column.rows; row++) {
    if (column.isNull(row) && column.values[row] !== column.values[row + 1]) {
      throw new Malformed("null-with-data", column.index);
    }
  }
}

/** Returns the words of a column of dates. The words of NULL rows have no meaning and become 0. */
function clean(column) {
  if (column.validity === undefined) return column.values;
  const words = column.values.slice();
  for (let row = 0; row < column.rows; row++) if (column.isNull(row)) words[2 * row] = words[2 * row + 1] = 0;
  return words;
}

function asDates(column, field) {
  const { values: words, rows } = column;
  const dates = [];
  for (let row = 0; row < rows; row++) {
    const time = column.isNull(row) ? 0 : millisecondsOf(words[2 * row], words[2 * row + 1]);
    if (Number.isNaN(time)) {
      throw unsupported(
        `column ${JSON.stringify(field?.name ?? column.index)}: a Date can't hold a zero or partial date; ` +
          'use the option dates: "string"',
      );
    }
    dates.push(new Date(time));
  }
  return dates;
}

/** Returns the number of digits of the fraction of a second. Expressions have the code 31. */
function digitsOf(field) {
  return field === undefined || field.decimals > ALL_DIGITS ? ALL_DIGITS : field.decimals;
}

function isJson(field, { json }) {
  if (field === undefined || !json) return false;
  return Array.isArray(json) ? json.includes(field.name) : field.typeCode === JSON_TYPE;
}
