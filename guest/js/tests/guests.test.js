// The tests in tests/guest run in each engine, each with a new schema.

import assert from "node:assert/strict";
import { test } from "node:test";

import { build, ENGINES, PACKAGE, run, skip, TOOL } from "./tool.js";

for (const engine of ENGINES) {
  test(`the tests of the guests pass in ${engine}`, { skip }, async () => {
    const component = await build(`${engine}-tests.wasm`, ["--tests", "tests/guest", "--engine", engine]);
    const options = ["--schema", "tests/guest/schema.sql", "--max-memory", "128", "--max-cpu-time", "120"];
    const { code, stdout, stderr } = await run(TOOL, ["test", component, ...options], { cwd: PACKAGE });
    assert.equal(code, 0, stdout + stderr);
    assert.match(stdout, /test result: ok\. \d{2,} passed/);
  });
}
