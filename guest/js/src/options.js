// Checks the options of calls. The bindings trap if an option has the wrong type.

import { argument } from "./errors.js";

/** The largest number that the bindings of QuickJS accept for a u32. */
const MOST = 0x7fffffff;
const ISOLATIONS = ["read-uncommitted", "read-committed", "repeatable-read", "serializable"];
const FORMAT = ["rows", "bigint", "dates", "json"];

/** Checks that an object has no other options than these and those of the format of values. */
export function checkNames(options, names) {
  if (options === undefined) return;
  if (options === null || typeof options !== "object")
    throw argument(`the options are ${options}; pass an object`);
  const unknown = Object.keys(options).find((name) => !names.includes(name) && !FORMAT.includes(name));
  if (unknown !== undefined) {
    throw argument(`unknown option ${unknown}; the options are ${[...names, ...FORMAT].join(", ")}`);
  }
}

/** Returns a positive integer, or `undefined`. */
export function count(options, name) {
  const value = options?.[name];
  if (value === undefined) return undefined;
  if (Number.isInteger(value) && value >= 1 && value <= MOST) return value;
  throw argument(`the option ${name} is ${value}; pass an integer from 1 to ${MOST}`);
}

/** Returns the options of an execution. */
export function execution(options, firstRows) {
  return { timeoutMs: count(options, "timeout"), firstRows };
}

function isolation(options) {
  const level = options?.isolation;
  if (level !== undefined && !ISOLATIONS.includes(level)) {
    throw argument(`the option isolation is ${level}; pass one of ${ISOLATIONS.join(", ")}`);
  }
  return level;
}

/** Returns the options of an engine. */
export function engine(options) {
  checkNames(options, ["maxConnections", "acquireTimeout", "statementTimeout", "isolation", "readOnly"]);
  return {
    maxConnections: count(options, "maxConnections"),
    acquireTimeoutMs: count(options, "acquireTimeout"),
    statementTimeoutMs: count(options, "statementTimeout"),
    isolation: isolation(options),
    readOnly: Boolean(options?.readOnly),
  };
}

/** Returns the options of a transaction. */
export function transaction(options) {
  return {
    isolation: isolation(options),
    readOnly: Boolean(options?.readOnly),
    consistentSnapshot: Boolean(options?.consistentSnapshot),
  };
}

/** Returns a text that the bindings accept. */
export function text(value, what) {
  if (typeof value === "string" && value.isWellFormed()) return value;
  throw argument(`${what} is ${typeof value === "string" ? "not valid text" : typeof value}; pass a string`);
}
