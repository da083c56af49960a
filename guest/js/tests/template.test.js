// The template of `wasmysql new --lang js`.

import assert from "node:assert/strict";
import { cpSync, mkdirSync, symlinkSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import { temporaryDirectory } from "./temporary.js";
import { PACKAGE, run, skip, TOOL } from "./tool.js";

const TEMPLATE = fileURLToPath(new URL("../../templates/js", import.meta.url));

/** Copies the template, and links the package and the programs that its scripts call. */
function project() {
  const directory = temporaryDirectory();
  cpSync(TEMPLATE, directory, { recursive: true });
  const programs = join(directory, "node_modules/.bin");
  mkdirSync(programs, { recursive: true });
  symlinkSync(PACKAGE, join(directory, "node_modules/wasmysql"));
  symlinkSync(join(PACKAGE, "bin/wasmysql-build.js"), join(programs, "wasmysql-build"));
  symlinkSync(TOOL, join(programs, "wasmysql"));
  return {
    cwd: directory,
    env: { ...process.env, PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH}` },
  };
}

test("the template runs, and its tests pass", { skip }, async () => {
  const options = project();
  const started = await run("npm", ["start"], options);
  assert.equal(started.code, 0, started.stderr);
  assert.match(started.stdout, /\/ {9}2 visits\n\/about {4}1 visits\n$/);
  const tested = await run("npm", ["test"], options);
  assert.equal(tested.code, 0, tested.stdout + tested.stderr);
  assert.match(tested.stdout, /2 passed/);
});
