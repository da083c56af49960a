// Programs: their output, errors and exit codes.

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { temporaryDirectory } from "./temporary.js";
import { build, ENGINES, run, skip, TOOL } from "./tool.js";

const PACKAGE = JSON.stringify(new URL("../src/index.js", import.meta.url).pathname);

/** Writes a program into a new directory, and returns the path. */
function program(source, name = "app.js") {
  const file = join(temporaryDirectory(), name);
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

for (const engine of ENGINES) {
  test(`connect() while the module is loaded fails in the build, in ${engine}`, async () => {
    const file = program(
      `import { connect } from ${PACKAGE};\nconst db = connect();\nexport default function main() {}`,
    );
    await assert.rejects(build("early.wasm", [file, "--engine", engine]), ({ message }) => {
      assert.match(message, /error: the modules failed while the build loaded them\n/);
      assert.match(message, /call it in main\(\)[^]*app\.js:2\b/);
      assert.doesNotMatch(message, /user\.js|bundle\.js/);
      return true;
    });
  });
}

const UNRESOLVED = [
  ["node:fs", /no modules of Node\.js/],
  ["path", /no modules of Node\.js/],
  ["@scope/absent/part.js", /npm install @scope\/absent$/m],
];

for (const [module, advice] of UNRESOLVED) {
  test(`the import of ${module} fails with advice`, async () => {
    const file = program(`import x from ${JSON.stringify(module)};\nexport default function main() { x(); }`);
    await assert.rejects(build("unresolved.wasm", [file]), advice);
  });
}

test("a component is built again only after a change", { skip }, async () => {
  const source = (text) => `export default function main() { console.log("${text}"); }`;
  const file = program(source("first"));
  const component = await build("changes.wasm", [file]);
  const first = readFileSync(component);
  await build("changes.wasm", [file]);
  assert.ok(readFileSync(component).equals(first));
  await build("changes.wasm", [file, "--automatic-gc"]);
  assert.ok(!readFileSync(component).equals(first));
  writeFileSync(file, source("second"));
  await build("changes.wasm", [file]);
  assert.equal((await run(TOOL, ["run", component])).stdout, "second\n");
});

test("a module without main fails in the build", async () => {
  await assert.rejects(
    build("none.wasm", [program("export const x = 1;")]),
    /export default function main\(\)/,
  );
});

for (const [form, kind] of [
  ["async function", "promise"],
  ["function*", "generator"],
]) {
  test(`a main with ${form} is refused`, { skip }, async () => {
    const component = await build(`${kind}.wasm`, [program(`export default ${form} main() {}`)]);
    const done = await run(TOOL, ["run", component]);
    assert.equal(done.code, 1);
    assert.match(done.stderr, new RegExp(`main\\(\\) returned a ${kind}`));
  });
}

test("a test that is a generator fails", { skip }, async () => {
  const testing = JSON.stringify(new URL("../src/testing/index.js", import.meta.url).pathname);
  const file = program(`import { test } from ${testing};\ntest("empty", function* () {});`, "app.test.js");
  const done = await run(TOOL, ["test", await build("generator-tests.wasm", ["--tests", file])]);
  assert.notEqual(done.code, 0);
  assert.match(done.stdout + done.stderr, /the test returned a generator/);
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
