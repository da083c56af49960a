// Bundles a program and its modules into one module.

import { dirname, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

import { build } from "esbuild";

import { positionsOf } from "./positions.js";

const RUNTIME = fileURLToPath(new URL("../src/runtime/", import.meta.url));

/** The modules that each engine needs before the program. */
const BEFORE = { quickjs: ["building.js", "console.js", "encoding.js"], starlingmonkey: ["building.js"] };

/** The lowest version of the language that both engines run. `using` is translated. */
const TARGET = "es2023";

/**
 * Returns the bundle of a program, which exports a function `main` by default: its `source`, and the
 * `positions` of its lines in the modules.
 */
export function bundleProgram(file, engine) {
  const path = resolve(file);
  const entry = `
    import main from ${JSON.stringify(path)};
    import { program } from ${JSON.stringify(RUNTIME + "program.js")};
    export const run = program(main);
  `;
  return bundle(entry, dirname(path), engine);
}

/** Returns the bundle of files with tests. */
export function bundleTests(files, engine) {
  const testing = JSON.stringify(resolve(RUNTIME, "../testing/index.js"));
  const directory = dirname(resolve(files[0]));
  const imports = files.map((file) => {
    const name = JSON.stringify(relative(directory, file));
    // Modules are loaded in their order. Each import tells the file of the tests after it.
    return `import ${JSON.stringify(`wasmysql-test-file:${name}`)}; import ${JSON.stringify(resolve(file))};`;
  });
  const entry = `
    import { inFile, runTests } from ${testing};
    ${imports.join("\n")}
    import { program } from ${JSON.stringify(RUNTIME + "program.js")};
    export const run = program(runTests);
  `;
  return bundle(entry, directory, engine, [testFiles(testing)]);
}

/** Resolves the imports that name the file of the tests after them. */
function testFiles(testing) {
  const filter = /^wasmysql-test-file:/;
  return {
    name: "test-files",
    setup(build) {
      build.onResolve({ filter }, ({ path }) => ({ path, namespace: "test-file" }));
      build.onLoad({ filter, namespace: "test-file" }, ({ path }) => ({
        contents: `import { inFile } from ${testing}; inFile(${path.replace(filter, "")});`,
        resolveDir: RUNTIME,
      }));
    },
  };
}

async function bundle(entry, directory, engine, plugins = []) {
  const before = BEFORE[engine].map((module) => `import ${JSON.stringify(RUNTIME + module)};`);
  const result = await build({
    stdin: { contents: before.join("\n") + entry, resolveDir: directory, sourcefile: "wasmysql-entry.js" },
    bundle: true,
    write: false,
    format: "esm",
    platform: "neutral",
    mainFields: ["module", "main"],
    conditions: ["import"],
    external: ["wasmysql:*", "wasi:*"],
    target: TARGET,
    sourcemap: "external",
    outfile: "bundle.js",
    absWorkingDir: directory,
    logLevel: "silent",
    plugins,
  });
  const [map, code] = result.outputFiles;
  const positions = positionsOf(JSON.parse(map.text));
  const statement = `Object.assign(globalThis.__wasmysql, ${JSON.stringify(positions)});`;
  return { source: `${code.text}\n${statement}\n`, positions };
}
