// Converts values of JavaScript into parameters of a statement: the variant `value` of wit/types.wit.
//
// The bindings trap if a parameter has the wrong type. So every value is checked here.

import { argument } from "../errors.js";

/** A DECIMAL parameter: `decimal("12.50")`. */
export class Decimal {
  constructor(text) {
    this.text = text;
  }
}

/** A JSON parameter: `json({ a: 1 })`. */
export class Json {
  constructor(text) {
    this.text = text;
  }
}

/** Marks the digits of a string as a DECIMAL. A string itself is text. */
export function decimal(digits) {
  if (typeof digits !== "string") throw argument(`decimal() takes a string, not a ${typeof digits}`);
  if (!digits.isWellFormed()) throw argument("the text of decimal() has a lone surrogate");
  return new Decimal(digits);
}

/** Marks a value as JSON. */
export function json(value) {
  const text = JSON.stringify(value);
  if (text === undefined) throw argument(`json() can't represent a ${typeof value}`);
  return new Json(text);
}

/** QuickJS: its bindings take numbers for 64-bit integers, and trap for BigInts. */
const takesNumbers = globalThis.__cqjs !== undefined;

const NULL = { tag: "null" };
const SIGNED_MIN = -(2n ** 63n);
const SIGNED_MAX = 2n ** 63n - 1n;
const UNSIGNED_MAX = 2n ** 64n - 1n;

/** Returns the parameters of a statement. */
export function parameters(values) {
  // `map` would skip the holes of an array.
  return Array.from(values, parameter);
}

function parameter(value, index) {
  switch (typeof value) {
    case "string":
      return { tag: "text", val: wellFormed(value, index) };
    case "number":
      return Number.isSafeInteger(value) && !Object.is(value, -0)
        ? integer(value)
        : { tag: "double", val: value };
    case "bigint":
      return bigint(value, index);
    case "boolean":
      return integer(value ? 1 : 0);
    case "object":
      return value === null ? NULL : object(value, index);
    default:
      throw argument(refusal(value, placeOf(index)));
  }
}

/** Names a parameter in errors, which count from 1, as the host does. */
export function placeOf(index) {
  return `parameter ${index + 1}`;
}

function integer(value) {
  return { tag: "signed", val: takesNumbers ? value : BigInt(value) };
}

function bigint(value, index) {
  checkRange(value, placeOf, index);
  if (!takesNumbers) return { tag: value > SIGNED_MAX ? "unsigned" : "signed", val: value };
  const number = Number(value);
  // A DECIMAL is exact too, in comparisons and when it is stored.
  return Number.isSafeInteger(number) ? integer(number) : { tag: "decimal", val: value.toString() };
}

function object(value, index) {
  if (value instanceof Date) return { tag: "datetime", val: datetime(value, placeOf(index)) };
  if (value instanceof Decimal) return { tag: "decimal", val: value.text };
  if (value instanceof Json) return { tag: "text", val: wellFormed(value.text, index) };
  const bytes = bytesOf(value);
  if (bytes !== undefined) return { tag: "bytes", val: bytes };
  throw argument(refusal(value, placeOf(index)));
}

function wellFormed(text, index) {
  if (!text.isWellFormed())
    throw argument(`${placeOf(index)} has a lone surrogate, which UTF-8 can't represent`);
  return text;
}

/** Checks that 64 bits can hold an integer. `place` names a row or a parameter. */
export function checkRange(value, place, row) {
  if (value < SIGNED_MIN || value > UNSIGNED_MAX) {
    throw argument(
      `${place(row)} is ${value}; MySQL's integers go from -2^63 to 2^64 - 1; use decimal("...")`,
    );
  }
}

/** Returns the bytes of a buffer; `undefined` for another object. */
export function bytesOf(value) {
  if (value instanceof Uint8Array) return value;
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  return undefined;
}

/** Returns the record `datetime` of a Date, in UTC. */
function datetime(date, place) {
  const year = date.getUTCFullYear();
  if (!(year >= 0 && year <= 9999)) refuseDate(date, place);
  return {
    year,
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
    microsecond: date.getUTCMilliseconds() * 1000,
  };
}

/** Fails because of a Date that MySQL does not have. */
export function refuseDate(date, place) {
  throw argument(`${place} is a Date of the year ${date.getUTCFullYear()}; MySQL has 0 to 9999`);
}

/** Returns the message about a value that is no parameter. */
export function refusal(value, place) {
  if (value === undefined) return `${place} is undefined; pass null for NULL`;
  if (Array.isArray(value)) return `${place} is a list; use json(value) for JSON`;
  if (typeof value === "object") return `${place} is an object; use json(value) for JSON`;
  return `${place} is a ${typeof value}, which MySQL can't store`;
}
