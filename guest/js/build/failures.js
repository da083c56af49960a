// Failures of a build, with what to do.

import { builtinModules } from "node:module";

import { inSources } from "../src/runtime/stack.js";

/** The texts of the engines before an exception of a module. */
const LOADING =
  /^[^]*(?:Failed to (?:finish|evaluate)[\w ]* JavaScript module(?: evaluation)?: |evaluating top-level script\n)/;

/** Returns the error of a failed build. `positions` is the result of positions.js. */
export function buildFailure(error, positions) {
  if (!LOADING.test(error.message)) return error;
  const text = inSources(error.message.replace(LOADING, ""), positions).trim();
  return new Error(`the modules failed while the build loaded them\n${text}`, { cause: error });
}

/** Returns the messages of esbuild with advice, or the message of another error. */
export function explain(error) {
  if (error.errors === undefined) return error.message;
  const lines = error.errors.map(({ text, location }) =>
    location ? `${location.file}:${location.line}: ${text}` : text,
  );
  const advice = new Set(error.errors.map(({ text }) => adviceOn(text)).filter(Boolean));
  return [...lines, ...advice].join("\n  ");
}

function adviceOn(text) {
  if (text.includes("No matching export") && text.includes('"default"')) {
    return "export the program as a function: export default function main() { ... }";
  }
  const [, module] = /^Could not resolve "([^"]+)"/.exec(text) ?? [];
  if (module === undefined || /^[./]/.test(module)) return undefined;
  if (module.startsWith("node:") || builtinModules.includes(module)) {
    return "a plugin has no modules of Node.js: no files, sockets or processes; use a package that needs none";
  }
  return `install the package: npm install ${packageOf(module)}`;
}

/** Returns the package of a module: `@scope/name` or `name`. */
function packageOf(module) {
  return module.split("/", module.startsWith("@") ? 2 : 1).join("/");
}
