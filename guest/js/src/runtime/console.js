// `console` for QuickJS: log, info and debug print to the standard output, warn and error to the
// standard error.

import { getStderr } from "wasi:cli/stderr@0.2.0";
import { getStdout } from "wasi:cli/stdout@0.2.0";
import { encode } from "../values/utf8.js";
import { inspect } from "./inspect.js";

/** The most bytes that one call of the host takes. */
const CHUNK = 4096;

function printer(open) {
  let stream;
  return (...values) => {
    stream ??= open();
    const bytes = encode(
      values
        .map((value) => inspect(value))
        .join(" ")
        .toWellFormed() + "\n",
    );
    for (let at = 0; at < bytes.length; at += CHUNK)
      stream.blockingWriteAndFlush(bytes.slice(at, at + CHUNK));
  };
}

const out = printer(getStdout);
const err = printer(getStderr);

globalThis.console ??= {
  log: out,
  info: out,
  debug: out,
  warn: err,
  error: err,
  trace: (...values) => err(...values, `\n${new Error().stack}`),
  assert(condition, ...values) {
    if (!condition) err("Assertion failed:", ...values);
  },
};
