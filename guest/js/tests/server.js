// A private MariaDB for tests and measurements that need several programs on one server.

import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";

import mysql from "mysql2/promise";

const SETTINGS = [
  "--bind-address=127.0.0.1",
  "--skip-log-bin",
  "--innodb-buffer-pool-size=256M",
  "--innodb-flush-log-at-trx-commit=0",
];
const START_TIMEOUT = 60_000;

/** Starts a server with the schema `plugin`, and its account with the same name and password. */
export async function startServer() {
  const directory = mkdtempSync(join(tmpdir(), "wasmysql-"));
  const data = `--datadir=${directory}/data`;
  const user = `--user=${userInfo().username}`;
  execFileSync(
    "mariadb-install-db",
    ["--no-defaults", data, "--auth-root-authentication-method=normal", user],
    { stdio: "ignore" },
  );
  const port = await freePort();
  const socketPath = join(directory, "s");
  const server = spawn(
    "mariadbd",
    ["--no-defaults", data, `--socket=${socketPath}`, `--port=${port}`, user, ...SETTINGS],
    { stdio: "ignore" },
  );
  const stop = async () => {
    const ended = new Promise((resolve) => server.on("exit", resolve));
    server.kill();
    await ended;
    rmSync(directory, { recursive: true });
  };
  try {
    const root = await connected({ socketPath, user: "root" });
    await root.query("CREATE DATABASE plugin");
    await root.query("CREATE USER plugin@'127.0.0.1' IDENTIFIED BY 'plugin'");
    await root.query("GRANT ALL ON plugin.* TO plugin@'127.0.0.1'");
    await root.end();
  } catch (error) {
    await stop();
    throw error;
  }
  return { port, url: `mysql://plugin:plugin@127.0.0.1:${port}/plugin`, stop };
}

function freePort() {
  return new Promise((resolve, reject) => {
    const listener = createServer().on("error", reject);
    listener.listen(0, "127.0.0.1", () => {
      const { port } = listener.address();
      listener.close(() => resolve(port));
    });
  });
}

async function connected(options) {
  const deadline = Date.now() + START_TIMEOUT;
  for (;;) {
    try {
      return await mysql.createConnection(options);
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
