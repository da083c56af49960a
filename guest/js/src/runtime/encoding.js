// TextEncoder and TextDecoder for QuickJS, in UTF-8.

import { binaryOf, decodeBinary, encode, isAscii } from "../values/utf8.js";

const MARK = "\ufeff";

globalThis.TextEncoder ??= class TextEncoder {
  get encoding() {
    return "utf-8";
  }

  encode(text = "") {
    return encode(String(text).toWellFormed());
  }

  encodeInto(text, target) {
    let read = 0;
    let written = 0;
    for (const character of String(text).toWellFormed()) {
      const bytes = encode(character);
      if (written + bytes.length > target.length) break;
      target.set(bytes, written);
      read += character.length;
      written += bytes.length;
    }
    return { read, written };
  }
};

globalThis.TextDecoder ??= class TextDecoder {
  constructor(label = "utf-8", { fatal = false, ignoreBOM = false } = {}) {
    if (!/^utf-?8$/i.test(label)) throw new RangeError(`the encoding ${label} is not supported; use utf-8`);
    this.encoding = "utf-8";
    this.fatal = fatal;
    this.ignoreBOM = ignoreBOM;
  }

  decode(source = new Uint8Array()) {
    const bytes = ArrayBuffer.isView(source)
      ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
      : new Uint8Array(source);
    const binary = binaryOf(bytes);
    const text = isAscii(binary) ? binary : this.#decode(binary);
    return text.startsWith(MARK) && !this.ignoreBOM ? text.slice(1) : text;
  }

  #decode(binary) {
    try {
      return decodeBinary(binary);
    } catch {
      if (this.fatal) throw new TypeError("the bytes are not UTF-8");
      return replaceInvalid(binary);
    }
  }
};

/** The sequences of UTF-8. */
const VALID = [
  "[\\x00-\\x7f]+",
  "[\\xc2-\\xdf][\\x80-\\xbf]",
  "\\xe0[\\xa0-\\xbf][\\x80-\\xbf]",
  "\\xed[\\x80-\\x9f][\\x80-\\xbf]",
  "[\\xe1-\\xec\\xee\\xef][\\x80-\\xbf]{2}",
  "\\xf0[\\x90-\\xbf][\\x80-\\xbf]{2}",
  "[\\xf1-\\xf3][\\x80-\\xbf]{3}",
  "\\xf4[\\x80-\\x8f][\\x80-\\xbf]{2}",
];
/** The beginnings of sequences. Each is replaced by one character, as any other byte. */
const CUT_OFF = [
  "\\xe0[\\xa0-\\xbf]?",
  "\\xed[\\x80-\\x9f]?",
  "[\\xe1-\\xec\\xee\\xef][\\x80-\\xbf]?",
  "\\xf0(?:[\\x90-\\xbf][\\x80-\\xbf]?)?",
  "[\\xf1-\\xf3][\\x80-\\xbf]{0,2}",
  "\\xf4(?:[\\x80-\\x8f][\\x80-\\xbf]?)?",
  "[^]",
];
const SEQUENCE = new RegExp(`${VALID.join("|")}|(${CUT_OFF.join("|")})`, "g");

/** Decodes with U+FFFD for each invalid part. */
function replaceInvalid(binary) {
  return binary.replace(SEQUENCE, (part, invalid) => (invalid === undefined ? decodeBinary(part) : "\ufffd"));
}
