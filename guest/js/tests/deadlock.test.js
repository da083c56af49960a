// Two programs in the sandbox lock two rows in the opposite order.

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { startServer } from "./server.js";
import { temporaryDirectory } from "./temporary.js";
import { build, ENGINES, run, skip, TOOL } from "./tool.js";

const SOURCE = `
import { connect } from ${JSON.stringify(new URL("../src/index.js", import.meta.url).pathname)};

export default function main([first, second]) {
  using db = connect();
  let attempts = 0;
  db.transaction((tx) => {
    attempts++;
    tx.execute("UPDATE accounts SET balance = balance + 1 WHERE id = ?", [Number(first)]);
    // Both programs meet here in their first attempt.
    if (attempts === 1) tx.query("SELECT SLEEP(2)");
    tx.execute("UPDATE accounts SET balance = balance + 1 WHERE id = ?", [Number(second)]);
  });
  console.log(attempts);
}
`;

for (const engine of ENGINES) {
  test(`a transaction is repeated after a deadlock in ${engine}`, { skip }, async () => {
    const file = join(temporaryDirectory(), "deadlock.js");
    writeFileSync(file, SOURCE);
    const component = await build(`${engine}-deadlock.wasm`, [file, "--engine", engine]);
    const setup = join(temporaryDirectory(), "setup.js");
    writeFileSync(setup, SETUP);
    const prepared = await build("setup.wasm", [setup]);
    const server = await startServer();
    try {
      const plugin = (wasm, ...args) =>
        run(TOOL, ["run", wasm, "--database", `main=${server.url}`, "--grant", "main=ddl", "--", ...args]);
      assert.equal((await plugin(prepared, "create")).code, 0);
      // The first run compiles the component.
      assert.equal((await plugin(component, "1", "2")).stdout, "1\n");
      const done = await Promise.all([plugin(component, "1", "2"), plugin(component, "2", "1")]);
      assert.deepEqual(
        done.map(({ code }) => code),
        [0, 0],
        done.map(({ stderr }) => stderr).join(),
      );
      assert.deepEqual(done.map(({ stdout }) => stdout).sort(), ["1\n", "2\n"]);
      assert.equal((await plugin(prepared, "show")).stdout, "3 3\n");
    } finally {
      await server.stop();
    }
  });
}

const SETUP = `
import { connect } from ${JSON.stringify(new URL("../src/index.js", import.meta.url).pathname)};

export default function main([step]) {
  using db = connect();
  if (step === "create") {
    db.execute("CREATE TABLE accounts (id INT PRIMARY KEY, balance INT NOT NULL) ENGINE = InnoDB");
    db.execute("INSERT INTO accounts VALUES (1, 0), (2, 0)");
  } else {
    console.log(db.query("SELECT balance FROM accounts ORDER BY id").map(({ balance }) => balance).join(" "));
  }
}
`;
