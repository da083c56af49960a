// Engines: databases and their connection pools.

import { Connection } from "./connection.js";
import { call } from "./errors.js";
import { Handle } from "./handle.js";
import { createEngine } from "./host.js";
import * as options from "./options.js";
import { Statements } from "./statements.js";
import { addFailure, attempt, refuseDeferred, repeated } from "./transaction.js";
import { DEFAULT_FORMAT, formatOf } from "./values/cells.js";

/** Opens a database by the name that the host granted. */
export function connect(database = "main", given = undefined) {
  options.text(database, "the name of the database");
  const format = formatOf(given, DEFAULT_FORMAT);
  return new Engine(createEngine(database, options.engine(given)), format);
}

/** A view of a database's connection pool. */
export class Engine extends Statements {
  #target;
  #connections = new Set();

  constructor(resource, format) {
    const target = { handle: new Handle(resource, "engine"), owned: new Set(), format };
    super(target);
    this.#target = target;
  }

  /** Acquires a connection. Close it, or use `using`. */
  acquire() {
    const engine = this.#target.handle.get();
    return new Connection(
      call(() => engine.acquire()),
      this.#target.format,
      this.#connections,
    );
  }

  /** Calls `work(connection)` with an acquired connection, and releases it. */
  use(work) {
    const connection = this.acquire();
    let value;
    try {
      value = refuseDeferred(work(connection));
    } catch (error) {
      closeAfter(error, connection);
      throw error;
    }
    connection.close();
    return value;
  }

  /** Calls `work(connection)` in a transaction, and again after a deadlock or a lost connection. */
  transaction(work, given) {
    const { attempts, ...begin } = given ?? {};
    return repeated(attempts, () => this.use((conn) => attempt(conn.begin(begin), () => work(conn))));
  }

  get info() {
    const engine = this.#target.handle.get();
    const { serverVersion, serverFlavour, maxAllowedPacket, ...info } = call(() => engine.info());
    return { ...info, serverVersion, serverFlavour, maxAllowedPacket: Number(maxAllowedPacket) };
  }

  get status() {
    const engine = this.#target.handle.get();
    return call(() => engine.status());
  }

  /** Closes the engine, and the connections that are open. */
  close() {
    const { handle, owned } = this.#target;
    if (handle.isDropped) return;
    try {
      for (const connection of [...this.#connections]) connection.close();
    } finally {
      for (const open of [...owned]) open.drop();
      handle.end((engine) => engine.close());
    }
  }

  [Symbol.dispose]() {
    this.close();
  }
}

/** Closes a connection. The error of the work stays the error of the call. */
function closeAfter(error, connection) {
  try {
    connection.close();
  } catch (failure) {
    addFailure(error, "closing the connection", failure);
  }
}
