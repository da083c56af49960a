// Transactions, and work that is repeated after a deadlock.

import { argument, call, invalidRequest, MysqlError } from "./errors.js";
import { Handle } from "./handle.js";
import { pause } from "./pause.js";

const ATTEMPTS = 5;

/** A transaction, a savepoint, or a two-phase transaction. */
export class Transaction {
  #handle;

  constructor(resource, owned) {
    this.#handle = new Handle(resource, "transaction", owned);
    this.xid = resource.xid() ?? undefined;
  }

  /** Whether the transaction can still be committed. */
  get isActive() {
    return !this.#handle.isDropped && this.#handle.get().isActive();
  }

  commit() {
    if (this.#handle.isDropped) throw invalidRequest("the transaction has ended");
    this.#end((transaction) => transaction.commit());
  }

  rollback() {
    if (!this.#handle.isDropped) this.#end((transaction) => transaction.rollback());
  }

  close() {
    if (!this.#handle.isDropped) this.#end((transaction) => transaction.close());
  }

  /** Prepares a two-phase transaction. */
  prepare() {
    if (this.#handle.isDropped) throw invalidRequest("the transaction has ended");
    call(() => this.#handle.get().prepare());
  }

  /** Ends the transaction. A prepared transaction stays open if the server refuses. */
  #end(work) {
    const resource = this.#handle.get();
    try {
      call(() => work(resource));
    } catch (error) {
      if (!resource.isActive()) this.#handle.drop();
      throw error;
    }
    this.#handle.drop();
  }

  /** Rolls back, also a savepoint: the scope ended without a commit. */
  [Symbol.dispose]() {
    this.rollback();
  }
}

/** Returns the value of a callback. A promise would settle after the end of the transaction. */
export function refusePromise(value) {
  if (typeof value?.then !== "function") return value;
  throw argument(
    "the callback returned a promise, but the calls are blocking; pass a function that is not async",
  );
}

/** Calls `work`, commits, and returns its value. Rolls back if it throws. */
export function within(transaction, work) {
  const outcome = attempt(transaction, work);
  if ("error" in outcome) throw outcome.error;
  return outcome.value;
}

/**
 * Calls `work` and ends the transaction. Returns `{ value }`, or `{ error, isRepeatable }` if it failed.
 */
export function attempt(transaction, work) {
  let value;
  try {
    value = refusePromise(work());
  } catch (error) {
    const wasEnded = undo(transaction);
    return { error, isRepeatable: wasEnded || needsNewTransaction(error) };
  }
  try {
    transaction.commit();
    return { value };
  } catch (error) {
    return { error, isRepeatable: needsNewTransaction(error) };
  }
}

/** Rolls back. Returns whether the server had ended the transaction, as after a deadlock. */
function undo(transaction) {
  const isActive = transaction.isActive;
  try {
    // A failed rollback closes the connection, which also rolls back. The commit of a transaction that
    // was aborted fails with the reason, and sends nothing.
    if (isActive) transaction.rollback();
    else transaction.commit();
  } catch (error) {
    return !isActive && needsNewTransaction(error);
  }
  return false;
}

function needsNewTransaction(error) {
  return error instanceof MysqlError && error.retry === "new-transaction";
}

/** Calls `attempt` until it succeeds, if its error is repeatable and `canRepeat` returns true. */
export function repeated(attempts = ATTEMPTS, attempt, canRepeat = () => true) {
  if (!Number.isInteger(attempts) || attempts < 1) {
    throw argument(`the option attempts is ${attempts}; pass an integer from 1 on`);
  }
  for (let number = 1; ; number++) {
    const outcome = attempt();
    if (!("error" in outcome)) return outcome.value;
    if (!outcome.isRepeatable || number === attempts || !canRepeat()) throw outcome.error;
    pause(number);
  }
}
