// The positions of a bundle in its sources, for the stacks of errors.

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/**
 * Returns the sources of the bundle's lines, which src/runtime/stack.js reads: the names of the files in
 * `sources`, and entries as a text. Each entry is `line file first`: `line` of the bundle is `first` of
 * the file, and so on until the next entry.
 */
export function positionsOf({ mappings, sources }) {
  const entries = [];
  let [source, line] = [0, 0];
  mappings.split(";").forEach((segments, index) => {
    let first;
    for (const segment of segments.split(",").filter(Boolean)) {
      const [, sourceDelta = 0, lineDelta = 0] = decode(segment);
      source += sourceDelta;
      line += lineDelta;
      first ??= [index + 1, source, line + 1];
    }
    if (first !== undefined && !continues(entries.at(-1), first)) entries.push(first);
  });
  // The engines append lines of their own.
  entries.push([mappings.split(";").length + 1, -1, 0]);
  return { sources, positions: entries.map((entry) => entry.join(" ")).join() };
}

function continues(last, [line, file, first]) {
  return last !== undefined && last[1] === file && first - last[2] === line - last[0];
}

/** Decodes the numbers of a segment of a source map. */
function decode(segment) {
  const numbers = [];
  let [value, shift] = [0, 0];
  for (const character of segment) {
    const digit = DIGITS.indexOf(character);
    value |= (digit & 31) << shift;
    shift += 5;
    if (digit & 32) continue;
    numbers.push(value & 1 ? -(value >> 1) : value >> 1);
    [value, shift] = [0, 0];
  }
  return numbers;
}
