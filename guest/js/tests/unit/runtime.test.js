// The parts of the runtime for QuickJS, compared with those of Node.js.

import assert from "node:assert/strict";
import { test } from "node:test";

import { inspect } from "../../src/runtime/inspect.js";
import { binaryOf, bytesOfBinary, decode, encode } from "../../src/values/utf8.js";

const native = { TextDecoder, TextEncoder };
delete globalThis.TextDecoder;
delete globalThis.TextEncoder;
await import("../../src/runtime/encoding.js");

const inputs = ["", "abc", "é", "\u0000", "\u{1f600}x", "a\u20ac", "\ufeffmark"];

for (const text of inputs) {
  test(`${JSON.stringify(text)} is encoded and decoded`, () => {
    const bytes = new native.TextEncoder().encode(text);
    assert.deepEqual(new TextEncoder().encode(text), bytes);
    assert.deepEqual(encode(text), bytes);
    assert.equal(decode(bytes), text);
    assert.equal(new TextDecoder().decode(bytes), new native.TextDecoder().decode(bytes));
    assert.deepEqual(bytesOfBinary(binaryOf(bytes)), bytes);
  });
}

const invalid = [
  [0xff],
  [0x61, 0xc3],
  [0xe2, 0x82, 0x61],
  [0xed, 0xa0, 0x80],
  [0xf0, 0x9f, 0x98],
  [0xc0, 0x80],
  [0xf4, 0x90, 0x80, 0x80],
];

for (const bytes of invalid) {
  test(`the bytes ${bytes.map((byte) => byte.toString(16))} are not UTF-8`, () => {
    const data = new Uint8Array(bytes);
    assert.equal(new TextDecoder().decode(data), new native.TextDecoder().decode(data));
    assert.throws(() => new TextDecoder("utf-8", { fatal: true }).decode(data), TypeError);
    assert.throws(() => decode(data));
  });
}

test("encodeInto writes whole characters only", () => {
  const target = new Uint8Array(4);
  assert.deepEqual(new TextEncoder().encodeInto("aé\u20ac", target), { read: 2, written: 3 });
  assert.throws(() => new TextDecoder("latin1"), RangeError);
});

test("values are inspected", () => {
  const circular = { a: 1 };
  circular.self = circular;
  assert.equal(inspect("text"), "text");
  assert.equal(
    inspect({ a: 1n, b: ["x", null, undefined], "c-d": -0 }),
    '{ a: 1n, b: [ "x", null, undefined ], "c-d": -0 }',
  );
  assert.equal(inspect(new Map([[1, new Set([2])]])), "Map(1) { 1 => Set(1) { 2 } }");
  assert.equal(inspect(new Uint8Array([1, 2])), "Uint8Array(2) [ 1, 2 ]");
  assert.equal(inspect(circular), "{ a: 1, self: [Circular] }");
  assert.match(
    inspect(new TypeError("no", { cause: new Error("why") })),
    /^TypeError: no\n[^]*Caused by: Error: why/,
  );
});
