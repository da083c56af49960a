import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "node:test";

import { run } from "./tool.js";

const PACKAGE = fileURLToPath(new URL("../", import.meta.url));

test("the types are correct", async () => {
  const typescript = dirname(createRequire(import.meta.url).resolve("typescript/package.json"));
  const done = await run(process.execPath, [join(typescript, "bin/tsc"), "--project", "tests/types"], {
    cwd: PACKAGE,
  });
  assert.equal(done.code, 0, done.stdout + done.stderr);
});

test("every export has a type, and every type an export", async () => {
  const { readFileSync } = await import("node:fs");
  const read = (file) => readFileSync(join(PACKAGE, "src", file), "utf8");
  const exported = [...read("index.js").matchAll(/export \{([^}]+)\}/g)].flatMap(([, names]) =>
    names.split(",").map((name) => name.trim()),
  );
  const declared = [...read("index.d.ts").matchAll(/^export (?:class|function) (\w+)/gm)].map(
    ([, name]) => name,
  );
  assert.deepEqual(exported.sort(), declared.sort());
});
