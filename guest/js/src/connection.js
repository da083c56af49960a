// Connections: one server session.

import { readBatch } from "./batch/read.js";
import { call } from "./errors.js";
import { Handle } from "./handle.js";
import * as options from "./options.js";
import { checkText, parseNames } from "./placeholders.js";
import { Prepared } from "./prepared.js";
import { Statements } from "./statements.js";
import { attempt, repeated, Transaction, within } from "./transaction.js";

const TRANSACTION = ["isolation", "readOnly", "consistentSnapshot"];
const LAST_ID = "SELECT CAST(LAST_INSERT_ID() AS UNSIGNED)";

/** A server session. It runs one call at a time. */
export class Connection extends Statements {
  #target;
  #siblings;

  /** `siblings` is the set of the open connections of the engine. */
  constructor(resource, format, siblings) {
    const target = { handle: new Handle(resource, "connection"), owned: new Set(), format };
    target.exactId = () => exactId(target.handle.get());
    super(target);
    this.#target = target;
    this.#siblings = siblings;
    siblings.add(this);
  }

  #call(work) {
    const resource = this.#target.handle.get();
    return call(() => work(resource));
  }

  prepare(sql) {
    checkText(sql);
    const statement = parseNames(sql);
    return new Prepared(
      this.#call((connection) => connection.prepare(statement.sql)),
      statement.names,
      this.#target,
    );
  }

  begin(given) {
    options.checkNames(given, TRANSACTION);
    return this.#transaction((connection) => connection.begin(options.transaction(given)));
  }

  beginNested() {
    return this.#transaction((connection) => connection.beginNested());
  }

  beginTwoPhase(xid) {
    const name = xid === undefined ? undefined : options.text(xid, "the xid");
    return this.#transaction((connection) => connection.beginTwophase(name));
  }

  #transaction(work) {
    return new Transaction(this.#call(work), this.#target.owned);
  }

  /** Calls `work(connection)` in a transaction, and again after a deadlock. */
  transaction(work, given) {
    options.checkNames(given, [...TRANSACTION, "attempts"]);
    const { attempts, ...begin } = given ?? {};
    // A deadlock ends the enclosing transaction too, so that a savepoint is not repeated.
    if (this.transactionState !== "none") return this.nested(work);
    const once = () => attempt(this.begin(begin), () => work(this));
    return repeated(attempts, once, () => !this.isClosed);
  }

  /** Calls `work(connection)` in a savepoint, which can be rolled back separately. */
  nested(work) {
    return within(this.beginNested(), () => work(this));
  }

  recoverTwoPhase() {
    return Array.from(this.#call((connection) => connection.recoverTwophase()));
  }

  commitPrepared(xid) {
    options.text(xid, "the xid");
    this.#call((connection) => connection.commitPrepared(xid));
  }

  rollbackPrepared(xid) {
    options.text(xid, "the xid");
    this.#call((connection) => connection.rollbackPrepared(xid));
  }

  warnings() {
    return Array.from(this.#call((connection) => connection.warnings()));
  }

  get transactionState() {
    return this.#call((connection) => connection.transactionState());
  }

  get isClosed() {
    return this.#target.handle.isDropped || this.#call((connection) => connection.isClosed());
  }

  ping() {
    this.#call((connection) => connection.ping());
  }

  /** Rolls back an open transaction and releases the session. */
  close() {
    const { handle, owned } = this.#target;
    if (handle.isDropped) return;
    try {
      this.#call((connection) => connection.close());
    } finally {
      for (const open of [...owned]) open.drop();
      handle.drop();
      this.#siblings.delete(this);
    }
  }

  [Symbol.dispose]() {
    this.close();
  }
}

/** Looks up the last generated id of the session as a BigInt; `undefined` if it has none. */
function exactId(connection) {
  const { rows } = call(() => connection.execute(LAST_ID, [], {}));
  return rows == null ? undefined : readBatch(rows)[0].values[0];
}
