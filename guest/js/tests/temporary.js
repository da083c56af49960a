// Directories that are removed when the process of a test file ends.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Creates an empty directory. */
export function temporaryDirectory() {
  const directory = mkdtempSync(join(tmpdir(), "wasmysql-"));
  process.on("exit", () => rmSync(directory, { recursive: true, force: true }));
  return directory;
}
