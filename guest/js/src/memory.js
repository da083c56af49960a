// Garbage collection in QuickJS.
//
// QuickJS counts references, and needs collections only for cycles. Its automatic collections visit
// every object again and again while a result grows: they take three quarters of the time of reading
// rows. So the build disables them, and the package collects after calls that created much.

const MIB = 1 << 20;
/** The least amount of new data between two collections. */
const LEAST = 16 * MIB;
/** An estimate of the data that one call creates. */
const CALL = 1024;
const ROW = 64;
const CELL = 32;

const engine = globalThis.__cqjs;
let created = 0;
let limit = LEAST;

/** Counts a call that returned rows, and collects the garbage if much was created. */
export function count(rows, columns, bytes) {
  created += CALL + rows * (ROW + columns * CELL) + bytes;
  if (created > limit) collect();
}

function collect() {
  created = 0;
  if (!globalThis.__wasmysql?.collects) return;
  engine.runGc();
  // A collection visits all objects. So the time for collections is a fixed part of the whole.
  limit = Math.max(LEAST, engine.getMemoryUsage().memoryUsedSize);
}
