// UTF-8 and strings, also in QuickJS, which has no TextDecoder.
//
// A binary string has one character for each byte. QuickJS converts bytes into binary strings
// fastest by base64, with two calls of C. Other engines have a TextDecoder, or the slower functions
// that every engine has.

const hasBase64 = typeof Uint8Array.prototype.toBase64 === "function" && typeof atob === "function";
/** The longest list of arguments that every engine accepts. */
const ARGUMENTS = 8192;

/** Returns a string with one character for each byte. */
export function binaryOf(bytes) {
  if (hasBase64) return atob(bytes.toBase64());
  let binary = "";
  for (let at = 0; at < bytes.length; at += ARGUMENTS) {
    binary += String.fromCharCode.apply(null, bytes.subarray(at, at + ARGUMENTS));
  }
  return binary;
}

/** Returns the bytes of a binary string. */
export function bytesOfBinary(binary) {
  if (hasBase64) return Uint8Array.fromBase64(btoa(binary));
  const bytes = new Uint8Array(binary.length);
  for (let at = 0; at < binary.length; at++) bytes[at] = binary.charCodeAt(at);
  return bytes;
}

/** Returns whether a string has ASCII characters only. */
export function isAscii(text) {
  return !/[^\x00-\x7f]/.test(text);
}

/** Decodes a binary string. Throws URIError if it is not UTF-8. */
export function decodeBinary(binary) {
  return isAscii(binary) ? binary : decodeURIComponent(escape(binary));
}

/** Returns the UTF-8 of a string as a binary string. Throws URIError for a lone surrogate. */
export function encodeBinary(text) {
  return isAscii(text) ? text : unescape(encodeURIComponent(text));
}

/** Decodes bytes. Throws an error if they are not UTF-8. */
export function decode(bytes) {
  return decodeBinary(binaryOf(bytes));
}

/** Returns the UTF-8 of a string. Throws URIError for a lone surrogate. */
export function encode(text) {
  return bytesOfBinary(encodeBinary(text));
}
