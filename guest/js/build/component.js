// Makes components from bundles.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const WIT = fileURLToPath(new URL("../wit", import.meta.url));
/** The packages of StarlingMonkey. They are large, so a project installs them itself. */
const STARLINGMONKEY = "@bytecodealliance/componentize-js@0.23.0 @bytecodealliance/preview2-shim@0.25.0";

export const ENGINES = {
  /** Builds a component with QuickJS. The package collects the garbage: see src/memory.js. */
  async quickjs(source, { automaticGc }) {
    const { componentize } = await import("componentize-qjs");
    const { component } = await componentize({
      witPath: WIT,
      world: "quickjs",
      jsSource: automaticGc ? source : `${source}\nglobalThis.__wasmysql.collects = true;\n`,
      sync: true,
      disableGc: !automaticGc,
    });
    return component;
  },

  /** Builds a component with StarlingMonkey. */
  async starlingmonkey(source) {
    const { componentize } = await importStarlingMonkey();
    const directory = await mkdtemp(join(tmpdir(), "wasmysql-"));
    try {
      const sourcePath = join(directory, "bundle.js");
      await writeFile(sourcePath, source);
      const disableFeatures = ["http", "fetch-event"];
      const { component } = await componentize({
        sourcePath,
        witPath: WIT,
        worldName: "starlingmonkey",
        disableFeatures,
      });
      return component;
    } finally {
      await rm(directory, { recursive: true });
    }
  },
};

async function importStarlingMonkey() {
  try {
    return await import("@bytecodealliance/componentize-js");
  } catch (error) {
    if (error.code !== "ERR_MODULE_NOT_FOUND") throw error;
    throw new Error(`StarlingMonkey is not installed; run \`npm install --save-dev ${STARLINGMONKEY}\``);
  }
}
