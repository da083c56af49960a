// Assertions for tests: the strict ones of node:assert that tests use most.

import { inspect } from "../runtime/inspect.js";

/** A failed assertion. */
export class AssertionError extends Error {
  constructor(message) {
    super(message);
    this.name = "AssertionError";
  }
}

function fail(message, reason) {
  throw new AssertionError(message === undefined ? reason : `${message}: ${reason}`);
}

/** Fails unless a value is truthy. */
export function ok(value, message) {
  if (!value) fail(message, `${inspect(value)} is not truthy`);
}

/** Fails unless two values are the same, as `Object.is` compares them. */
export function equal(actual, expected, message) {
  if (!Object.is(actual, expected)) fail(message, difference(actual, expected));
}

/** Fails unless two values have the same structure: objects, arrays, dates, bytes, maps and sets. */
export function deepEqual(actual, expected, message) {
  if (!isDeepEqual(actual, expected)) fail(message, difference(actual, expected));
}

/** Fails unless a text matches a pattern. */
export function match(text, pattern, message) {
  if (!pattern.test(text)) fail(message, `${inspect(text, 1)} does not match ${pattern}`);
}

/**
 * Fails unless `work` throws an error, and returns the error.
 *
 * `expected` is a class, a pattern of the message, or an object with properties of the error.
 */
export function throws(work, expected, message) {
  let error;
  try {
    work();
  } catch (thrown) {
    error = thrown;
  }
  if (error === undefined) fail(message, "no error was thrown");
  if (!isExpected(error, expected)) {
    fail(message, `the error is not ${inspect(expected, 1)}: ${inspect(error)}`);
  }
  return error;
}

function isExpected(error, expected) {
  if (expected === undefined) return true;
  if (typeof expected === "function") return error instanceof expected;
  if (expected instanceof RegExp) return expected.test(error.message);
  return Object.entries(expected).every(([name, value]) =>
    value instanceof RegExp ? value.test(error[name]) : isDeepEqual(error[name], value),
  );
}

function difference(actual, expected) {
  return `${inspect(actual, 1)} is not ${inspect(expected, 1)}`;
}

function isDeepEqual(left, right) {
  if (Object.is(left, right)) return true;
  if (left === null || right === null || typeof left !== "object" || typeof right !== "object") return false;
  if (Object.getPrototypeOf(left) !== Object.getPrototypeOf(right)) return false;
  if (left instanceof Date) return left.getTime() === right.getTime();
  if (left instanceof Map || left instanceof Set) return isDeepEqual([...left], [...right]);
  const keys = Object.keys(left);
  return (
    keys.length === Object.keys(right).length &&
    keys.every((key) => Object.hasOwn(right, key) && isDeepEqual(left[key], right[key]))
  );
}
