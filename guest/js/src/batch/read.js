// Reads the directory of a row batch. `row-batch` in wit/types.wit specifies the layout.

import { ALIGNMENT, ENTRY, HEADER, KINDS, Malformed } from "./kinds.js";

/**
 * A column of a batch. `values` and `data` are views of the buffer: no value is copied.
 *
 * `validity` is the bitmap of the rows that are not NULL, and absent if no row is NULL.
 */
export class BatchColumn {
  constructor(index, kind, rows, validity, values, data) {
    this.index = index;
    this.kind = kind.name;
    this.rows = rows;
    this.validity = validity;
    this.values = values;
    this.data = data;
  }

  isNull(row) {
    if (this.kind === "null") return true;
    return this.validity !== undefined && !((this.validity[row >> 3] >> (row & 7)) & 1);
  }
}

/** Returns the columns of a batch. Throws `Malformed` if a place or a length is wrong. */
export function readBatch(batch) {
  // The bindings of QuickJS return a u32 from 2^31 on as a negative number.
  const rows = batch.rows >>> 0;
  // Typed arrays begin at a multiple of their width.
  const bytes = batch.data.byteOffset % ALIGNMENT ? batch.data.slice() : batch.data;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (bytes.length < HEADER) throw new Malformed("too-short");
  const count = view.getUint32(0, true);
  if (view.getUint32(4, true)) throw new Malformed("reserved");
  const buffers = { bytes, end: HEADER + ENTRY * count };
  if (bytes.length < buffers.end) throw new Malformed("too-short");

  const columns = [];
  for (let index = 0; index < count; index++) {
    const entry = [0, 4, 8, 12, 16, 20].map((at) => view.getUint32(HEADER + ENTRY * index + at, true));
    columns.push(readColumn(index, entry, rows, buffers));
  }
  return columns;
}

function readColumn(index, [code, validity, values, data, length, reserved], rows, buffers) {
  const kind = KINDS[code];
  const check = (isValid, rule) => {
    if (!isValid) throw new Malformed(rule, index);
  };
  check(kind, "unknown-kind");
  check(!reserved, "reserved");
  check(kind.array || !(validity || values), "unused");
  check(kind.variable || !(data || length), "unused");

  const take = (type, place, elements) => {
    check(place % ALIGNMENT === 0, "unaligned");
    check(place >= buffers.end, "overlap");
    buffers.end = place + elements * type.BYTES_PER_ELEMENT;
    check(buffers.end <= buffers.bytes.length, "out-of-bounds");
    return new type(buffers.bytes.buffer, buffers.bytes.byteOffset + place, elements);
  };
  const bitmap = validity ? take(Uint8Array, validity, Math.ceil(rows / 8)) : undefined;
  if (!kind.array) return new BatchColumn(index, kind, rows);
  if (!kind.variable)
    return new BatchColumn(index, kind, rows, bitmap, take(kind.array, values, rows * kind.elements));
  const offsets = take(kind.array, values, rows + 1);
  const variable = take(Uint8Array, data, length);
  check(offsets[0] === 0, "first-offset");
  check(offsets[rows] === length, "last-offset");
  return new BatchColumn(index, kind, rows, bitmap, offsets, variable);
}
