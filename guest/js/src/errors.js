// The errors of all calls.

/** An error of the server, of the host, or of a wrong call. Branch on `kind` or `code`. */
export class MysqlError extends Error {
  constructor(message, properties) {
    super(message, properties?.cause && { cause: properties.cause });
    this.name = "MysqlError";
    this.kind = properties?.kind ?? "other";
    this.code = properties?.code ?? 0;
    this.sqlstate = properties?.sqlstate;
    this.serverClass = properties?.serverClass;
    this.step = properties?.step;
    this.limit = properties?.limit;
    this.reason = properties?.reason;
    this.transactionState = properties?.transactionState ?? "none";
    this.retry = properties?.retry ?? "never";
  }
}

/** The property that has the payload of a kind. */
const PAYLOADS = { "limit-exceeded": "limit", timeout: "step", "transaction-aborted": "reason" };

/** Returns the error of an exception that a call of the host threw. */
export function errorOf(exception) {
  const record = exception?.payload;
  if (record?.kind === undefined) return exception;
  const { tag, val } = record.kind;
  const properties = { kind: tag, transactionState: record.transaction, retry: record.retry };
  if (tag === "server") {
    Object.assign(properties, { code: val.code, sqlstate: val.sqlstate, serverClass: val.class });
  } else if (PAYLOADS[tag]) {
    properties[PAYLOADS[tag]] = val;
  } else if (tag === "other") {
    properties.reason = val;
  }
  const suffix = tag === "server" ? ` (${val.code}, ${val.sqlstate})` : "";
  return new MysqlError(record.message + suffix, properties);
}

/** Calls the host, and throws its errors as `MysqlError`. */
export function call(work) {
  try {
    return work();
  } catch (exception) {
    throw errorOf(exception);
  }
}

/** Returns an error about wrong arguments. */
export function argument(message) {
  return new MysqlError(message, { kind: "argument" });
}

/** Returns an error about a call that is valid, but not in this state. */
export function invalidRequest(message) {
  return new MysqlError(message, { kind: "invalid-request" });
}

/** Returns an error about a closed object. */
export function closed(what) {
  return new MysqlError(`the ${what} is closed`, { kind: "resource-closed" });
}

/** Returns an error about a value that JavaScript can't represent. */
export function unsupported(message) {
  return new MysqlError(message, { kind: "value-unsupported" });
}
