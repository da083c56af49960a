// The kinds of columns, by their codes in a batch.
//
// `array` is the type of the values, with `elements` for each row. A kind with `variable` data has
// offsets instead of values. The 64-bit words of dates are pairs of 32 bits, the low bits first,
// because shifts of numbers are faster than shifts of BigInts.

export const HEADER = 8;
export const ENTRY = 24;
export const ALIGNMENT = 8;

export const KINDS = [
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

/** A batch violates a rule of the layout. `column` is absent if the header violates it. */
export class Malformed extends Error {
  constructor(rule, column) {
    super(column === undefined ? rule : `${column}: ${rule}`);
    this.name = "Malformed";
    this.rule = rule;
    this.column = column;
  }
}
