// Builds components, and runs them with the tool.

import { execFile } from "node:child_process";
import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The directory of the package. */
export const PACKAGE = fileURLToPath(new URL("../", import.meta.url));
const BUILT = join(PACKAGE, "tests/built");

/** The path of the tool. Tests that need it are skipped without it. */
export const TOOL = process.env.WASMYSQL_TOOL;
export const ENGINES = ["quickjs", "starlingmonkey"];
export const skip = TOOL ? false : "WASMYSQL_TOOL is not set to the path of the tool";

/** Runs a program. Returns its exit code and its output. */
export function run(program, args, options) {
  return new Promise((resolve) => {
    execFile(program, args, { maxBuffer: 1 << 26, ...options }, (error, stdout, stderr) => {
      resolve({ code: error ? (error.code ?? error.signal) : 0, stdout, stderr });
    });
  });
}

/** Builds a component, and returns its path. */
export async function build(name, args, cwd = PACKAGE) {
  const output = join(BUILT, name);
  mkdirSync(dirname(output), { recursive: true });
  const done = await run(process.execPath, [join(PACKAGE, "bin/wasmysql-build.js"), ...args, "-o", output], {
    cwd,
  });
  if (done.code !== 0) throw new Error(`the build of ${name} failed: ${done.stderr}`);
  return output;
}
