// Opens databases of the host.

import { createEngine as create } from "wasmysql:mysql/blocking-engine@0.1.0";
import { argument, call } from "./errors.js";

/** Opens a database. */
export function createEngine(database, options) {
  if (globalThis.__wasmysql?.isBuilding) {
    throw argument(
      "connect() was called while the module was loaded, which happens in the build; call it in main()",
    );
  }
  return call(() => create(database, options));
}
