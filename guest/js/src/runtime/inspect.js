// Values as text, for `console` in QuickJS.

import { stackOf } from "./stack.js";

const DEPTH = 4;
const ITEMS = 100;
const WIDTH = 76;

/** Returns a value as text, in the style of Node.js. */
export function inspect(value, depth = 0, seen = []) {
  switch (typeof value) {
    case "string":
      return depth === 0 ? value : JSON.stringify(value);
    case "bigint":
      return `${value}n`;
    case "function":
      return `[Function: ${value.name || "anonymous"}]`;
    case "number":
      return Object.is(value, -0) ? "-0" : String(value);
    case "object":
      return value === null ? "null" : object(value, depth, seen);
    default:
      return String(value);
  }
}

function object(value, depth, seen) {
  if (value instanceof Error) return errorText(value);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "Invalid Date" : value.toISOString();
  if (value instanceof RegExp) return String(value);
  if (seen.includes(value)) return "[Circular]";
  if (depth > DEPTH) return Array.isArray(value) ? "[Array]" : "[Object]";
  const inner = (item) => inspect(item, depth + 1, [...seen, value]);
  const name = value.constructor?.name ?? "Object";
  if (Array.isArray(value)) return list("[", value, inner, "]");
  if (ArrayBuffer.isView(value) && value.length !== undefined)
    return list(`${name}(${value.length}) [`, value, inner, "]");
  if (value instanceof Map) {
    return list(`Map(${value.size}) {`, [...value], ([key, item]) => `${inner(key)} => ${inner(item)}`, "}");
  }
  if (value instanceof Set) return list(`Set(${value.size}) {`, [...value], inner, "}");
  const property = ([key, item]) =>
    `${/^[A-Za-z_$][\w$]*$/.test(key) ? key : JSON.stringify(key)}: ${inner(item)}`;
  return list(name === "Object" ? "{" : `${name} {`, Object.entries(value), property, "}");
}

function list(open, items, text, close) {
  if (items.length === 0) return open + close;
  const shown = Array.from(items.slice(0, ITEMS), text);
  if (items.length > ITEMS) shown.push(`... ${items.length - ITEMS} more`);
  const line = shown.join(", ");
  if (line.length <= WIDTH && !line.includes("\n")) return `${open} ${line} ${close}`;
  return `${open}\n${shown.map((item) => "  " + item.replaceAll("\n", "\n  ")).join(",\n")}\n${close}`;
}

/** Returns an error with its stack, its own properties and its cause. */
export function errorText(error) {
  const title = `${error.name}: ${error.message}`;
  const stack = stackOf(error);
  const lines = stack.startsWith(`${error.name}:`) ? stack : `${title}\n${stack}`;
  const properties = Object.entries(error).filter(([name, value]) => value !== undefined && name !== "name");
  const details = properties.length ? ` ${inspect(Object.fromEntries(properties), 1)}` : "";
  const cause = error.cause === undefined ? "" : `\nCaused by: ${inspect(error.cause)}`;
  return lines.trimEnd() + details + cause;
}
