// Programs: their output, errors and exit codes.

import assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

import { build, ENGINES, run, skip, TOOL } from "./tool.js";

const PACKAGE = JSON.stringify(new URL("../src/index.js", import.meta.url).pathname);

/** Writes a program into a new directory, and returns the path. */
function program(source, name = "app.js") {
  const file = join(mkdtempSync(join(tmpdir(), "wasmysql-")), name);
  writeFileSync(file, source);
  return file;
}

const SOURCE = `
import { connect } from ${PACKAGE};

export default function main(args) {
  using db = connect("main");
  console.log("arguments", args, db.query("SELECT 1 AS one, 'é' AS text"));
  console.error("to the standard error");
  console.log("x".repeat(10000));
  if (args.length) fail();
}

function fail() {
  throw new TypeError("end");
}
`;

for (const engine of ENGINES) {
  test(`a program prints, and fails with its stack, in ${engine}`, { skip }, async () => {
    const component = await build(`${engine}-app.wasm`, [program(SOURCE), "--engine", engine]);
    const done = await run(TOOL, ["run", component]);
    assert.equal(done.code, 0, done.stderr);
    assert.match(done.stdout, /arguments/);
    assert.match(done.stdout, /one: 1\b/);
    assert.match(done.stdout, /"?é"?/);
    assert.ok(done.stdout.includes("x".repeat(10000)));
    assert.match(done.stderr, /to the standard error/);
    const failed = await run(TOOL, ["run", component, "--", "a"]);
    assert.equal(failed.code, 1);
    assert.match(failed.stderr, /TypeError: end\n[^]*fail[^]*app\.js:13\b[^]*main[^]*app\.js:9\b/);
  });
}

test("connect() while the module is loaded fails in the build", async () => {
  const file = program(
    `import { connect } from ${PACKAGE};\nconst db = connect();\nexport default function main() {}`,
  );
  await assert.rejects(build("early.wasm", [file]), /call it in main\(\)/);
});

test("a module without main fails in the build", async () => {
  await assert.rejects(
    build("none.wasm", [program("export const x = 1;")]),
    /export default function main\(\)/,
  );
});

test("an async main is refused", { skip }, async () => {
  const component = await build("async.wasm", [program("export default async function main() {}")]);
  const done = await run(TOOL, ["run", component]);
  assert.equal(done.code, 1);
  assert.match(done.stderr, /main\(\) returned a promise/);
});

const LOST = `
import { connect } from ${PACKAGE};

/** Runs work whose connection is killed in the first attempt. Prints the attempts and the outcome. */
function outcome(db, run) {
  let attempts = 0;
  const work = (tx) => {
    if (++attempts === 1) db.execute("KILL " + tx.query("SELECT CONNECTION_ID() AS id")[0].id);
    return tx.query("SELECT 'done' AS x")[0].x;
  };
  try {
    const value = run(work);
    console.log(attempts, value);
  } catch (error) {
    console.log(attempts, error.kind);
  }
}

export default function main() {
  using db = connect();
  outcome(db, (work) => db.transaction(work));
  outcome(db, (work) => db.use((conn) => conn.transaction(work)));
}
`;

test("a transaction is repeated on another connection after a lost one", { skip }, async () => {
  const component = await build("lost.wasm", [program(LOST)]);
  const done = await run(TOOL, ["run", component, "--grant", "main=any"]);
  assert.equal(done.stdout, "2 done\n1 connection-lost\n", done.stderr);
});

test("a program in TypeScript is built", { skip }, async () => {
  const source = `export default function main(args: string[]): void { console.log("typed", args.length as number); }`;
  const done = await run(TOOL, ["run", await build("typed.wasm", [program(source, "app.ts")])]);
  assert.equal(done.stdout, "typed 0\n");
});
