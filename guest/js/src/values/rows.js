// Builds rows from columns of values.
//
// A generated function creates the row objects: a literal with the names of the columns is four
// times faster than assignments by name, because all rows share one shape.

import { argument } from "../errors.js";

const builders = new Map();
/** The most functions that are kept. */
const CACHED = 256;

/** Returns a function that appends rows to an array: `append(rows, count, arrays)`. */
export function rowBuilder(fields, shape) {
  const names = fields.map(({ name }) => name);
  const key = `${shape} ${JSON.stringify(names)}`;
  let builder = builders.get(key);
  if (builder === undefined) {
    if (shape === "objects") refuseDuplicates(names);
    builder = generate(names, shape);
    if (builders.size >= CACHED) builders.clear();
    builders.set(key, builder);
  }
  return builder;
}

function refuseDuplicates(names) {
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated !== undefined) {
    throw argument(
      `the result has two columns "${repeated}", and an object can have one; ` +
        'name them with AS, or use the option rows: "arrays"',
    );
  }
}

function generate(names, shape) {
  const parameters = names.map((_, index) => `c${index}`);
  // A computed name is always a property of its own, also `__proto__`.
  const properties = names.map((name, index) => {
    const property = JSON.stringify(name);
    return `${name === "__proto__" ? `[${property}]` : property}: c${index}[i]`;
  });
  const cells = parameters.map((parameter) => `${parameter}[i]`);
  const row = shape === "arrays" ? `[${cells.join()}]` : `{${properties.join()}}`;
  return new Function(
    "rows",
    "count",
    "columns",
    `
    const [${parameters.join()}] = columns;
    for (let i = 0; i < count; i++) rows.push(${row});
  `,
  );
}
