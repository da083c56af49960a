#!/usr/bin/env node
// Builds a program, or its tests, into a component.

import { readdirSync, statSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { basename, extname, join } from "node:path";
import { parseArgs } from "node:util";

import { bundleProgram, bundleTests } from "../build/bundle.js";
import { ENGINES } from "../build/component.js";
import { buildFailure, explain } from "../build/failures.js";
import { fingerprint, isUpToDate, withFingerprint } from "../build/fingerprint.js";

const USAGE = `Usage: wasmysql-build APP.js [-o APP.wasm]
       wasmysql-build --tests [DIR|FILE.test.js ...] [-o tests.wasm]

Builds a component from a module and its imports. The module exports a function \`main\` by default:
\`wasmysql run APP.wasm\` calls it. With --tests, the component has the tests of the files *.test.js:
\`wasmysql test tests.wasm\` runs them. A component that is up to date is not built again.

  -o, --output FILE   the component [default: APP.wasm, or tests.wasm]
      --engine NAME   quickjs or starlingmonkey [default: quickjs]
      --automatic-gc  keep the automatic garbage collection of QuickJS: slower, but it also frees cycles
                      while no call of the package is made
  -h, --help          print this help
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    output: { type: "string", short: "o" },
    engine: { type: "string", default: "quickjs" },
    tests: { type: "boolean", default: false },
    "automatic-gc": { type: "boolean", default: false },
    help: { type: "boolean", short: "h", default: false },
  },
});

async function main() {
  if (values.help) return console.log(USAGE);
  const engine = ENGINES[values.engine];
  if (engine === undefined)
    throw new Error(`unknown engine '${values.engine}'; use ${Object.keys(ENGINES).join(" or ")}`);
  const { bundle, name } = values.tests ? await tests() : await program();
  const output = values.output ?? name;
  const settings = { engine: values.engine, automaticGc: values["automatic-gc"] };
  const hash = fingerprint(bundle.source, settings);
  if (isUpToDate(output, hash)) return console.log(`${output} is up to date`);
  const component = await engine(bundle.source, settings).catch((error) => {
    throw buildFailure(error, bundle.positions);
  });
  await writeFile(output, withFingerprint(component, hash));
  console.log(`${output}: ${(component.length / 1e6).toFixed(1)} MB`);
}

async function program() {
  if (positionals.length !== 1) throw new Error(`pass one module; see wasmysql-build --help`);
  const [file] = positionals;
  return { bundle: await bundleProgram(file, values.engine), name: `${basename(file, extname(file))}.wasm` };
}

async function tests() {
  const files = (positionals.length ? positionals : ["tests"]).flatMap(testFiles);
  if (files.length === 0) throw new Error("there are no files *.test.js; pass a file or a directory");
  return { bundle: await bundleTests(files, values.engine), name: "tests.wasm" };
}

/** Returns the files with tests in a directory, or a file itself. */
function testFiles(path) {
  if (!statSync(path).isDirectory()) return [path];
  const names = readdirSync(path, { recursive: true }).filter((name) => /\.test\.[jt]s$/.test(name));
  return names.sort().map((name) => join(path, name));
}

main().catch((error) => {
  console.error(`error: ${explain(error)}`);
  process.exitCode = 1;
});
