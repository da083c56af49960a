// Placeholders of statements: `?` and `:name`, translated to `?`. A list in place of a value becomes
// one placeholder for each element.
//
// Placeholders are found only outside of strings, quoted names and comments.

import { argument } from "./errors.js";

/** Text in which nothing is a placeholder. `--` begins a comment only before a space or the end. */
const QUOTED = [
  String.raw`'(?:[^'\\]|\\.|'')*'?`,
  String.raw`"(?:[^"\\]|\\.|"")*"?`,
  "`[^`]*`?",
  String.raw`#[^\n]*`,
  String.raw`--(?=[\s\x00-\x1f]|$)[^\n]*`,
  String.raw`/\*[^]*?(?:\*/|$)`,
].join("|");
const TOKEN = new RegExp(String.raw`(${QUOTED})|(\?)|(?<![:\w@]):([A-Za-z_]\w*)`, "gs");

const named = new Map();
/** The most translated statements that are kept. */
const CACHED = 512;

/** Returns a statement with `?` for `:name`, and the names in their order. */
export function parseNames(sql) {
  let statement = named.get(sql);
  if (statement === undefined) {
    const names = [];
    const text = sql.replace(TOKEN, (token, quoted, question, name) => {
      if (name === undefined) return token;
      names.push(name);
      return "?";
    });
    statement = { sql: text, names };
    if (named.size >= CACHED) named.clear();
    named.set(sql, statement);
  }
  return statement;
}

/** Returns the values of an object in the order of the names. */
export function valuesOf(names, params) {
  return names.map((name) => {
    if (!Object.hasOwn(params, name)) throw argument(`the parameter :${name} of the statement is missing`);
    return params[name];
  });
}

/** Returns whether parameters have names: a plain object. */
export function isNamed(params) {
  return params !== null && typeof params === "object" && !Array.isArray(params);
}

/** Checks the text of a statement. The bindings trap if it is not text. */
export function checkText(sql) {
  if (typeof sql !== "string") throw argument(`the statement is a ${typeof sql}; pass a string`);
  if (!sql.isWellFormed()) throw argument("the statement has a lone surrogate, which UTF-8 can't represent");
}

/** Returns `{ sql, values }` with `?` only. `params` is an array, or an object with names. */
export function bind(sql, params) {
  checkText(sql);
  if (params === undefined || params === null) return { sql, values: [] };
  if (typeof params !== "object" || params instanceof Uint8Array || params instanceof Date) {
    throw argument("the parameters are not an array; pass [value] for a single value");
  }
  let values = params;
  if (isNamed(params)) {
    const statement = parseNames(sql);
    sql = statement.sql;
    values = valuesOf(statement.names, params);
  }
  return values.some(Array.isArray) ? expand(sql, values) : { sql, values };
}

/** Replaces the placeholder of each list by one for each element. */
function expand(sql, values) {
  let index = 0;
  const text = sql.replace(TOKEN, (token, quoted, question) => {
    if (question === undefined) return token;
    const value = values[index++];
    if (!Array.isArray(value)) return token;
    if (value.length === 0) {
      throw argument(
        `parameter ${index} is an empty list, and SQL has no IN (); skip the statement instead`,
      );
    }
    if (value.some(Array.isArray)) {
      throw argument(`parameter ${index} is a list of lists; use executeMany to insert many rows`);
    }
    return value.map(() => "?").join(", ");
  });
  return { sql: text, values: values.flat() };
}
