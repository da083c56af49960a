// The types of the tests.

import type { Connection, Engine } from "../index.js";

type Run = (connection: Connection, engine: Engine) => void;

/** Registers a test. It runs alone, with a connection of the database `main` in a new schema. */
export function test(name: string, run: Run): void;
export namespace test {
  /** Registers a test that runs only with --include-ignored or --ignored. */
  function skip(name: string, run: Run): void;
}

/** A class of errors, a pattern of the message, or properties of the error. */
type Expected = Function | RegExp | { readonly [property: string]: unknown };

/** Assertions, as the strict ones of node:assert. */
export namespace assert {
  class AssertionError extends Error {}
  function ok(value: unknown, message?: string): asserts value;
  function equal<T>(actual: unknown, expected: T, message?: string): asserts actual is T;
  function deepEqual<T>(actual: unknown, expected: T, message?: string): asserts actual is T;
  function match(text: string, pattern: RegExp, message?: string): void;
  /** Returns the error. */
  function throws(work: () => unknown, expected?: Expected, message?: string): any;
}
