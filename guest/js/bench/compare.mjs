// Compares plugins with mysql2 on Node.js. See README.md.

import { execFileSync, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import mysql from "mysql2/promise";

import { startServer } from "../tests/server.js";
import { build } from "../tests/tool.js";
import { SCHEMA, WORKS } from "./work.js";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const TICKS = Number(execFileSync("getconf", ["CLK_TCK"]));

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    tool: { type: "string", default: process.env.WASMYSQL_TOOL ?? "wasmysql" },
    rounds: { type: "string", default: "5" },
    engines: { type: "string", default: "quickjs,starlingmonkey" },
  },
});

/** Runs a program once. Returns the wall time and the CPU time of the work in microseconds. */
function measure([command, ...args]) {
  return new Promise((resolve, reject) => {
    const process = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] });
    const errors = [];
    let [begin, result] = [];
    process.stderr.on("data", (data) => errors.push(data));
    createInterface(process.stdout).on("line", (line) => {
      if (line === "begin") begin = cpu(process.pid);
      else result = [Number(line) * 1000, cpu(process.pid) - begin];
    });
    process.on("error", reject);
    process.on("close", () => (result ? resolve(result) : reject(new Error(errors.join("")))));
  });
}

function cpu(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
    .replace(/^.*\) /, "")
    .split(" ");
  return ((Number(fields[11]) + Number(fields[12])) * 1e6) / TICKS;
}

function median(numbers) {
  return numbers.toSorted((left, right) => left - right)[numbers.length >> 1];
}

async function compare(name, programs, rounds) {
  console.log(`${name}: microseconds of each of ${WORKS[name]}, wall and CPU, and their ratios to mysql2`);
  programs = await working(name, programs);
  const times = programs.map(() => []);
  for (let round = 0; round < rounds; round++) {
    for (const [index, { command }] of programs.entries()) times[index].push(await measure(command(name)));
  }
  const medians = times.map((pairs) =>
    [0, 1].map((at) => median(pairs.map((pair) => pair[at])) / WORKS[name]),
  );
  const native = medians.at(-1);
  programs.forEach((program, index) => {
    const [wall, time] = medians[index];
    const ratios = `${(wall / native[0]).toFixed(2)} ${(time / native[1]).toFixed(2)}`;
    console.log(
      `  ${program.name.padEnd(16)}${wall.toFixed(2).padStart(9)}${time.toFixed(2).padStart(9)}   ${ratios}`,
    );
  });
}

/** Returns the programs that can do the work. The run also compiles the components. */
async function working(name, programs) {
  const results = await Promise.all(
    programs.map(({ command }) => measure(command(name)).catch((error) => error)),
  );
  return programs.filter((program, index) => {
    const isError = results[index] instanceof Error;
    if (isError) console.log(`  ${program.name.padEnd(16)}failed: ${results[index].message.trim()}`);
    return !isError;
  });
}

const components = [];
for (const engine of values.engines.split(",")) {
  components.push([engine, await build(`${engine}-bench.wasm`, ["bench/guest.js", "--engine", engine])]);
}
const server = await startServer();
try {
  const conn = await mysql.createConnection(server.url);
  for (const statement of SCHEMA) await conn.query(statement);
  await conn.end();
  const limits = [
    "--max-memory",
    "2048",
    "--max-cpu-time",
    "0",
    "--database",
    `main=${server.url}`,
    "--grant",
    "main=ddl",
  ];
  const programs = components.map(([name, component]) => ({
    name,
    command: (work) => [values.tool, "run", component, ...limits, "--", work],
  }));
  programs.push({ name: "mysql2", command: (work) => ["node", `${HERE}native.js`, server.url, work] });
  for (const name of positionals.length ? positionals : Object.keys(WORKS))
    await compare(name, programs, Number(values.rounds));
} finally {
  await server.stop();
}
