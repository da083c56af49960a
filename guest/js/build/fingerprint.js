// The fingerprint of a component: a hash of all that it was built from.
//
// Two builds of the same source differ, because the engines store random numbers in the component. So a
// component that is up to date is kept, and the host does not compile it again.

import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const PACKAGE = fileURLToPath(new URL("../", import.meta.url));
/** A custom section of WebAssembly is 0, its length, the length of its name, the name, and the content. */
const NAME = Buffer.from("wasmysql-build");

/** Returns the fingerprint of a bundle, the settings of its build, and this package. */
export function fingerprint(source, settings) {
  const hash = createHash("sha256");
  const add = (text) => hash.update(`${Buffer.byteLength(text)} `).update(text);
  add(source);
  add(JSON.stringify(settings));
  // It has the versions of the package and of the engines.
  add(readFileSync(join(PACKAGE, "package.json")));
  for (const file of [...filesIn("build"), ...filesIn("wit")]) add(readFileSync(file));
  return hash.digest();
}

function filesIn(directory) {
  const path = join(PACKAGE, directory);
  const names = readdirSync(path, { recursive: true }).filter((name) => /\.(?:js|wit)$/.test(name));
  return names.sort().map((name) => join(path, name));
}

/** Returns a component with its fingerprint as the last custom section. */
export function withFingerprint(component, hash) {
  return Buffer.concat([component, section(hash)]);
}

/** Returns whether a file is a component with this fingerprint. */
export function isUpToDate(file, hash) {
  const content = read(file);
  return content !== undefined && content.subarray(-section(hash).length).equals(section(hash));
}

function section(hash) {
  // All lengths are below 128, and so one byte in LEB128.
  return Buffer.concat([Buffer.from([0, 1 + NAME.length + hash.length, NAME.length]), NAME, hash]);
}

function read(file) {
  try {
    return readFileSync(file);
  } catch (error) {
    if (error.code === "ENOENT") return undefined;
    throw error;
  }
}
