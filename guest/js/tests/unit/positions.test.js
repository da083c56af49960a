import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { build } from "esbuild";

import { positionsOf } from "../../build/positions.js";
import { stackOf } from "../../src/runtime/stack.js";
import { temporaryDirectory } from "../temporary.js";

test("stacks have the positions of the sources", async () => {
  const directory = temporaryDirectory();
  writeFileSync(
    join(directory, "b.js"),
    "// a comment\n\nexport function b() {\n  // another\n  throw new Error('b');\n}\n",
  );
  writeFileSync(join(directory, "a.js"), "import { b } from './b.js';\n\nexport function a() {\n  b();\n}\n");
  const { outputFiles } = await build({
    entryPoints: [join(directory, "a.js")],
    absWorkingDir: directory,
    bundle: true,
    write: false,
    format: "esm",
    sourcemap: "external",
    outfile: join(directory, "bundle.js"),
  });
  const [map, code] = outputFiles.map(({ text }) => text);
  const lineOf = (text) => code.split("\n").findIndex((line) => line.includes(text)) + 1;
  globalThis.__wasmysql = positionsOf(JSON.parse(map));
  const stack = `    at b (/bundle.js:${lineOf("throw")}:9)\n    at a (/bundle.js:${lineOf("  b();")}:3)`;
  assert.equal(stackOf({ stack }), "    at b (b.js:5)\n    at a (a.js:4)");
});
