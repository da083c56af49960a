// Writes row batches. `row-batch` in wit/types.wit specifies the layout.

import { ALIGNMENT, ENTRY, HEADER, KINDS } from "./kinds.js";

/**
 * Returns a batch of encoded columns.
 *
 * A column is `{ kind, validity, values, data }`: the arrays of its kind. `validity` is absent if no
 * row is NULL, and `data` is absent for kinds of fixed width.
 */
export function writeBatch(rows, columns) {
  const buffers = [];
  let end = HEADER + ENTRY * columns.length;
  const place = (array) => {
    if (array === undefined) return 0;
    const at = end;
    buffers.push([at, new Uint8Array(array.buffer, array.byteOffset, array.byteLength)]);
    end += Math.ceil(array.byteLength / ALIGNMENT) * ALIGNMENT;
    return at;
  };

  const directory = [columns.length, 0];
  for (const { kind, validity, values, data } of columns) {
    const code = KINDS.findIndex(({ name }) => name === kind);
    directory.push(code, place(validity), place(values), place(data), data?.length ?? 0, 0);
  }
  const bytes = new Uint8Array(end);
  const view = new DataView(bytes.buffer);
  directory.forEach((word, index) => view.setUint32(4 * index, word, true));
  for (const [at, buffer] of buffers) bytes.set(buffer, at);
  return { rows, data: bytes };
}

/** Returns the validity bitmap of values; `undefined` if no value is null. */
export function validityOf(values) {
  if (!values.includes(null)) return undefined;
  const bits = new Uint8Array(Math.ceil(values.length / 8));
  values.forEach((value, row) => (bits[row >> 3] |= (value !== null) << (row & 7)));
  return bits;
}
