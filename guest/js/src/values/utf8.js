// UTF-8 and strings, also in QuickJS, which has no TextDecoder.
//
// A binary string has one character for each byte. QuickJS converts bytes into binary strings
// fastest by base64, with two calls of C.

const isQuickJs = globalThis.__cqjs !== undefined;
const decoder = isQuickJs ? undefined : new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const encoder = isQuickJs ? undefined : new TextEncoder();
/** The longest list of arguments that every engine accepts. */
const ARGUMENTS = 8192;

/** Returns a string with one character for each byte. */
export function binaryOf(bytes) {
  if (isQuickJs) return atob(bytes.toBase64());
  let binary = "";
  for (let at = 0; at < bytes.length; at += ARGUMENTS) {
    binary += String.fromCharCode.apply(null, bytes.subarray(at, at + ARGUMENTS));
  }
  return binary;
}

/** Returns the bytes of a binary string. */
export function bytesOfBinary(binary) {
  if (isQuickJs) return Uint8Array.fromBase64(btoa(binary));
  if (isAscii(binary)) return encoder.encode(binary);
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
  return isQuickJs ? decodeBinary(binaryOf(bytes)) : decoder.decode(bytes);
}

/** Returns the UTF-8 of a string. Throws URIError for a lone surrogate. */
export function encode(text) {
  return bytesOfBinary(encodeBinary(text));
}

/**
 * Returns bytes as a string with one character for each byte, and whether its parts are decoded.
 * Returns `undefined` if the decoder of the engine found a character that is not ASCII.
 *
 * Every character that is not ASCII has fewer units in UTF-16 than bytes in UTF-8.
 */
export function sliceable(bytes) {
  if (isQuickJs) {
    const text = binaryOf(bytes);
    return { text, isDecoded: isAscii(text) };
  }
  const text = decode(bytes);
  return text.length === bytes.length ? { text, isDecoded: true } : undefined;
}
