// The stacks of errors, with the positions in the sources instead of those in the bundle.

/** The names that the engines give to the bundle. */
const BUNDLE = /(?:[^\s@(]*\/)?(?:componentize-qjs:user\.js|bundle\.js|initializer\.js):(\d+)(?::\d+)?/g;

/** Returns the stack of an error, in the style of Node.js. */
export function stackOf(error) {
  const { positions = "", sources = [] } = globalThis.__wasmysql ?? {};
  const entries = positions.split(",").map((entry) => entry.split(" ").map(Number));
  const replace = (position, line) => sourceOf(entries, sources, Number(line)) || position;
  return (error.stack ?? "").replace(BUNDLE, replace).trimEnd();
}

/** Returns the source of a line of the bundle. build/positions.js describes the entries. */
function sourceOf(entries, sources, line) {
  const entry = entries.findLast(([first]) => first <= line);
  return entry && entry[1] >= 0 && `${sources[entry[1]]}:${entry[2] + line - entry[0]}`;
}
