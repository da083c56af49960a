// The export `run` of a plugin: calls `main`.

import { getArguments } from "wasi:cli/environment@0.2.0";
import { refusalOfDeferred } from "../deferred.js";
import { errorText } from "./inspect.js";

/** Returns the export. */
export function program(main) {
  return {
    run() {
      globalThis.__wasmysql.isBuilding = false;
      try {
        // The first argument is the name of the program.
        const value = main(getArguments().slice(1));
        const refusal = refusalOfDeferred(value, "main()");
        if (refusal !== undefined) throw new TypeError(refusal);
      } catch (error) {
        console.error(error instanceof Error ? errorText(error) : error);
        // The bindings return the failure of `run` for a thrown value that is no error.
        throw undefined;
      }
    },
  };
}
