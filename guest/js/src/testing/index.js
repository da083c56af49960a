// Tests of a plugin. `wasmysql test` lists them, and runs each alone, with a new schema.
//
// The tool passes the arguments of Rust's test programs: `--list [--ignored]`, or the name of a test.

import { refusalOfDeferred } from "../deferred.js";
import { connect } from "../engine.js";
import * as assert from "./assert.js";

export { assert };

/** Characters that names of tests can't have: the list has one name a line. */
const CONTROLS = /[\x00-\x1f\x7f]/g;

const tests = new Map();
let file = "";

/** Sets the file of the tests that are registered next. The build calls it. */
export function inFile(name) {
  file = name;
}

/** Registers a test. `run` receives a connection of the database `main`, and its engine. */
export function test(name, run) {
  register(name, { run, isSkipped: false });
}

/** Registers a test that `wasmysql test` runs only with --include-ignored or --ignored. */
test.skip = (name, run) => register(name, { run, isSkipped: true });

function register(name, definition) {
  if (typeof name !== "string" || typeof definition.run !== "function") {
    throw new TypeError("test() takes a name and a function");
  }
  const full = `${file}: ${name.replace(CONTROLS, " ")}`;
  if (tests.has(full)) throw new Error(`two tests are named '${full}'`);
  tests.set(full, definition);
}

/** The main function of a component with tests. */
export function runTests(args) {
  if (args.includes("--list")) {
    for (const [name, { isSkipped }] of tests) {
      if (isSkipped || !args.includes("--ignored")) console.log(`${name}: test`);
    }
    return;
  }
  const definition = tests.get(args[0]);
  if (definition === undefined) throw new Error(`there is no test '${args[0]}'`);
  using engine = connect("main");
  using connection = engine.acquire();
  const refusal = refusalOfDeferred(definition.run(connection, engine), "the test");
  if (refusal !== undefined) throw new TypeError(refusal);
}
