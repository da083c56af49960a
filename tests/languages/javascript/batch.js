// Reads and writes row batches. `row-batch` in wit/types.wit specifies the layout.
//
// `read` checks the directory of a batch and returns its columns. It creates no value per cell:
// `column.values` is a typed array of the buffer. `column.get(row)` converts and checks one cell.
//
// A BIGINT is a BigInt, because a number can't hold 2^53 + 1. A DECIMAL is a string. Dates and times
// are objects with the fields of the WIT records, because a `Date` can't hold `0000-00-00`.

const HEADER = 8;
const ENTRY = 24;
const ALIGNMENT = 8;

// The kinds by their codes, each with the array of its values and the elements per row. The kinds
// with `variable` data have offsets instead of values. A packed date is two elements, the low bits
// first, because shifts of numbers are faster than shifts of BigInts.
const KINDS = [
  { name: "null" },
  { name: "signed", array: BigInt64Array, elements: 1 },
  { name: "unsigned", array: BigUint64Array, elements: 1 },
  { name: "float", array: Float32Array, elements: 1 },
  { name: "double", array: Float64Array, elements: 1 },
  { name: "decimal", array: Uint32Array, elements: 1, variable: true },
  { name: "text", array: Uint32Array, elements: 1, variable: true },
  { name: "bytes", array: Uint32Array, elements: 1, variable: true },
  { name: "date", array: Uint32Array, elements: 2 },
  { name: "time", array: Uint32Array, elements: 2 },
  { name: "datetime", array: Uint32Array, elements: 2 },
  { name: "raw", array: Uint32Array, elements: 1, variable: true },
];

/** A buffer violates a rule of the layout. */
export class Malformed extends Error {
  constructor(rule, column) {
    super(column === undefined ? rule : `${column}: ${rule}`);
  }
}

/** A column of a batch. */
class Column {
  constructor(index, { name, variable }, rows, validity, values, data) {
    // `validity` is absent if no row is NULL. `values` are numbers, packed dates or offsets.
    Object.assign(this, { index, kind: name, variable, rows, validity, values, data });
  }

  isNull(row) {
    return this.kind === "null" || (this.validity !== undefined && !((this.validity[row >> 3] >> (row & 7)) & 1));
  }

  /** Returns the value of a row, or null for NULL. */
  get(row) {
    const isNull = this.isNull(row);
    if (!this.variable) return isNull ? null : this.#ofWord(row);
    const [start, end] = this.values.subarray(row, row + 2);
    if (start > end) throw new Malformed("offsets-decrease", this.index);
    if (isNull && start < end) throw new Malformed("null-with-data", this.index);
    return isNull ? null : this.#ofBytes(this.data.subarray(start, end));
  }

  *[Symbol.iterator]() {
    for (let row = 0; row < this.rows; row++) yield this.get(row);
  }

  #ofWord(row) {
    const unpack = { date: unpackDate, time: unpackTime, datetime: unpackDatetime }[this.kind];
    if (!unpack) return this.values[row];
    const [value, rest] = unpack(this.values[2 * row], this.values[2 * row + 1]);
    if (rest) throw new Malformed("stray-bits", this.index);
    return value;
  }

  #ofBytes(bytes) {
    if (this.kind === "bytes" || this.kind === "raw") return bytes;
    try {
      return toText(bytes);
    } catch {
      throw new Malformed("not-utf8", this.index);
    }
  }
}

/** Returns the columns of a batch. Throws Malformed if a place or a length is wrong. */
export function read(batch) {
  // The bindings of QuickJS return an u32 from 2^31 on as a negative number.
  const rows = batch.rows >>> 0;
  // Typed arrays must begin at a multiple of their width.
  const bytes = batch.data.byteOffset % ALIGNMENT ? batch.data.slice() : batch.data;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const word = (place) => view.getUint32(place, true);
  if (bytes.length < HEADER) throw new Malformed("too-short");
  const count = word(0);
  if (word(4)) throw new Malformed("reserved");
  let end = HEADER + ENTRY * count;
  if (bytes.length < end) throw new Malformed("too-short");

  return Array.from({ length: count }, (_, index) => {
    const fields = [0, 4, 8, 12, 16, 20].map((at) => word(HEADER + ENTRY * index + at));
    const [code, validity, values, data, length, reserved] = fields;
    const kind = KINDS[code];
    const check = (isValid, rule) => {
      if (!isValid) throw new Malformed(rule, index);
    };
    check(kind, "unknown-kind");
    check(!reserved, "reserved");
    check(kind.array || !(validity || values), "unused");
    check(kind.variable || !(data || length), "unused");

    /** Returns a buffer of the column as an array of this type. */
    const take = (type, place, elements) => {
      check(place % ALIGNMENT === 0, "unaligned");
      check(place >= end, "overlap");
      end = place + elements * type.BYTES_PER_ELEMENT;
      check(end <= bytes.length, "out-of-bounds");
      return new type(bytes.buffer, bytes.byteOffset + place, elements);
    };
    const bitmap = validity ? take(Uint8Array, validity, Math.ceil(rows / 8)) : undefined;
    if (!kind.array) return new Column(index, kind, rows);
    if (!kind.variable) return new Column(index, kind, rows, bitmap, take(kind.array, values, rows * kind.elements));
    const offsets = take(kind.array, values, rows + 1);
    const variable = take(Uint8Array, data, length);
    check(offsets[0] === 0, "first-offset");
    check(offsets[rows] === length, "last-offset");
    return new Column(index, kind, rows, bitmap, offsets, variable);
  });
}

/** Returns the batch of columns `{ kind, values }`, which have arrays of the same length. */
export function encode(columns) {
  const rows = columns.length ? columns[0].values.length : 0;
  const buffers = [];
  let end = HEADER + ENTRY * columns.length;
  const place = (array) => {
    const at = end;
    buffers.push([at, new Uint8Array(array.buffer, array.byteOffset, array.byteLength)]);
    end += Math.ceil(array.byteLength / ALIGNMENT) * ALIGNMENT;
    return at;
  };

  const directory = [columns.length, 0];
  for (const { kind: name, values } of columns) {
    if (values.length !== rows) throw new RangeError(`a column has ${values.length} values, the first has ${rows}`);
    const code = KINDS.findIndex((kind) => kind.name === name);
    const kind = KINDS[code];
    if (!kind) throw new RangeError(`unknown kind '${name}'`);
    let [validity, places, data, length] = [0, 0, 0, 0];
    if (kind.array && values.includes(null)) validity = place(bitmap(values));
    if (kind.variable) {
      const parts = values.map((value) => (value === null ? [] : bytesOf(value)));
      const offsets = new Uint32Array(rows + 1);
      parts.forEach((part, row) => (offsets[row + 1] = length += part.length));
      const variable = new Uint8Array(length);
      parts.forEach((part, row) => variable.set(part, offsets[row]));
      [places, data] = [place(offsets), place(variable)];
    } else if (kind.array) {
      const zero = kind.array === BigInt64Array || kind.array === BigUint64Array ? 0n : 0;
      const pack = { date: packDatetime, time: packTime, datetime: packDatetime }[name] ?? ((value) => [value]);
      const words = values.flatMap((value) => (value === null ? Array(kind.elements).fill(zero) : pack(value)));
      const array = kind.array.from(words);
      // These arrays drop the bits that they can't hold.
      if (zero === 0n && array.some((word, row) => word !== words[row])) throw new RangeError(`an integer is not ${name}`);
      places = place(array);
    }
    directory.push(code, validity, places, data, length, 0);
  }
  const bytes = new Uint8Array(end);
  const view = new DataView(bytes.buffer);
  directory.forEach((word, index) => view.setUint32(4 * index, word, true));
  buffers.forEach(([at, buffer]) => bytes.set(buffer, at));
  return { rows, data: bytes };
}

function bitmap(values) {
  const bits = new Uint8Array(Math.ceil(values.length / 8));
  values.forEach((value, row) => (bits[row >> 3] |= (value !== null) << (row & 7)));
  return bits;
}

// Each of these functions returns the value of two halves of a word, and the bits that no field uses.

function unpackDatetime(low, high) {
  const date = { year: (high >>> 14) & 0x3fff, month: (high >>> 10) & 15, day: (high >>> 5) & 31 };
  return [{ ...date, hour: high & 31, ...unpackClock(low, "minute", "second", "microsecond") }, high >>> 28];
}

function unpackDate(low, high) {
  const [{ year, month, day }, rest] = unpackDatetime(low, high);
  return [{ year, month, day }, rest || low || high & 31];
}

function unpackTime(low, high) {
  const clock = unpackClock(low, "minutes", "seconds", "microseconds");
  return [{ negative: high >>> 31 === 1, hours: high & 0x3ff, ...clock }, (high & 0x7fffffff) >>> 10];
}

function unpackClock(low, minutes, seconds, microseconds) {
  return { [minutes]: low >>> 26, [seconds]: (low >>> 20) & 63, [microseconds]: low & 0xfffff };
}

function packDatetime({ year, month, day, hour = 0, minute = 0, second = 0, microsecond = 0 }) {
  const date = (bits(year, 14) << 14) | (bits(month, 4) << 10) | (bits(day, 5) << 5);
  return [packClock(minute, second, microsecond), date | bits(hour, 5)];
}

function packTime({ negative, hours, minutes, seconds, microseconds }) {
  return [packClock(minutes, seconds, microseconds), (negative << 31) | bits(hours, 10)];
}

function packClock(minutes, seconds, microseconds) {
  return (bits(minutes, 6) << 26) | (bits(seconds, 6) << 20) | bits(microseconds, 20);
}

function bits(part, width) {
  if (Number.isInteger(part) && part >= 0 && part < 2 ** width) return part;
  throw new RangeError(`the part ${part} of a date or time does not fit ${width} bits`);
}

function bytesOf(value) {
  if (typeof value === "string") return toBytes(value);
  if (value instanceof Uint8Array) return value;
  throw new TypeError(`a value of this kind is a string or a Uint8Array, not ${typeof value}`);
}

// QuickJS has no TextDecoder and no TextEncoder. The functions for URIs convert UTF-8 everywhere, and
// refuse invalid text.

const ESCAPED = Array.from({ length: 256 }, (_, byte) => "%" + byte.toString(16).padStart(2, "0"));

function toText(bytes) {
  let escaped = "";
  for (const byte of bytes) escaped += ESCAPED[byte];
  return decodeURIComponent(escaped);
}

function toBytes(text) {
  const escaped = encodeURIComponent(text).replace(/%(..)/g, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
  return Uint8Array.from(escaped, (character) => character.charCodeAt(0));
}
