// The stacks of errors, with the positions in the sources instead of those in the bundle.

/** The names that the engines give to the bundle. */
const BUNDLE = /(?:[^\s@(]*\/)?(?:componentize-qjs:user\.js|bundle\.js|initializer\.js):(\d+)(?::\d+)?/g;

/** Returns the stack of an error, in the style of Node.js. */
export function stackOf(error) {
  return inSources(error.stack ?? "", globalThis.__wasmysql ?? {}).trimEnd();
}

/** Replaces the positions in the bundle. build/positions.js describes the arguments. */
export function inSources(text, { positions = "", sources = [] }) {
  const entries = positions.split(",").map((entry) => entry.split(" ").map(Number));
  return text.replace(BUNDLE, (position, line) => sourceOf(entries, sources, Number(line)) || position);
}

/** Returns the source of a line of the bundle. */
function sourceOf(entries, sources, line) {
  const entry = entries.findLast(([first]) => first <= line);
  return entry && entry[1] >= 0 && `${sources[entry[1]]}:${entry[2] + line - entry[0]}`;
}
