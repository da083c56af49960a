// The package has a copy of the contract, because a link would be missing in the registry.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";

const CONTRACT = new URL("../../../../wit/", import.meta.url);
const COPY = new URL("../../wit/deps/wasmysql-mysql/", import.meta.url);

test("the copy of the contract is current; else copy wit/*.wit", () => {
  const files = readdirSync(CONTRACT).filter((name) => name.endsWith(".wit"));
  assert.deepEqual(readdirSync(COPY).sort(), files.sort());
  for (const file of files)
    assert.equal(
      readFileSync(new URL(file, COPY), "utf8"),
      readFileSync(new URL(file, CONTRACT), "utf8"),
      file,
    );
});
