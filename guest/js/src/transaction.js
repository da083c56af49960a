// Transactions, and work that is repeated after a deadlock.

import { refusalOfDeferred } from "./deferred.js";
import { argument, call, invalidRequest, MysqlError } from "./errors.js";
import { Handle } from "./handle.js";
import { pause } from "./pause.js";

const ATTEMPTS = 5;

/** A transaction, a savepoint, or a two-phase transaction. */
export class Transaction {
  #handle;
  #owned;

  /** `owned` is the set of the open handles of the connection. */
  constructor(resource, owned) {
    this.#handle = new Handle(resource, "transaction", owned);
    this.#owned = owned;
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

  /** Rolls back, and closes the open results of the connection, which is busy until then. */
  rollback() {
    if (this.#handle.isDropped) return;
    this.#closeResults();
    this.#end((transaction) => transaction.rollback());
  }

  #closeResults() {
    for (const open of [...this.#owned].filter(({ isResult }) => isResult)) {
      try {
        open.end((cursor) => cursor.close());
      } catch (error) {
        // The statement failed and its changes are rolled back. The rollback reports a lost connection.
        if (!(error instanceof MysqlError)) throw error;
      }
    }
  }

  close() {
    if (!this.#handle.isDropped) this.#end((transaction) => transaction.close());
  }

  /** Prepares a two-phase transaction. */
  prepare() {
    if (this.#handle.isDropped) throw invalidRequest("the transaction has ended");
    call(() => this.#handle.get().prepare());
  }

  /** Ends the transaction. It stays open if the connection is busy, or if it is prepared. */
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
    try {
      this.rollback();
    } finally {
      // Also rolls back, so that no later statement joins the transaction.
      this.#handle.drop();
    }
  }
}

/** Returns the value of a callback. A promise or a generator would run after the end of the transaction. */
export function refuseDeferred(value) {
  const refusal = refusalOfDeferred(value, "the callback");
  if (refusal !== undefined) throw argument(refusal);
  return value;
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
    value = refuseDeferred(work());
  } catch (error) {
    const wasEnded = undo(transaction, error);
    return { error, isRepeatable: wasEnded || needsNewTransaction(error) };
  }
  try {
    transaction.commit();
    return { value };
  } catch (error) {
    // A commit that the busy connection refused leaves the transaction open.
    if (transaction.isActive) undo(transaction, error);
    return { error, isRepeatable: needsNewTransaction(error) };
  }
}

/**
 * Rolls back because of `error`. Returns whether the server had ended the transaction, as after a
 * deadlock.
 */
function undo(transaction, error) {
  const isActive = transaction.isActive;
  try {
    // The commit of a transaction that was aborted fails with the reason, and sends nothing.
    if (isActive) transaction[Symbol.dispose]();
    else transaction.commit();
  } catch (failure) {
    if (isActive) addFailure(error, "the rollback", failure);
    return !isActive && needsNewTransaction(failure);
  }
  return false;
}

/** Adds the failure of the cleanup to the error that the call throws. */
export function addFailure(error, step, failure) {
  if (error instanceof Error) error.message += ` (${step} failed too: ${failure.message})`;
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
