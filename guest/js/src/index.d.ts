// The types of the package. All calls are blocking: they return values, not promises.

/** Opens a database by the name that the host granted [default: `main`]. */
export function connect(database?: string, options?: ConnectOptions): Engine;

/** Marks the digits of a parameter as a DECIMAL: `decimal("12.50")`. A string is text. */
export function decimal(digits: string): Decimal;

/** Makes a JSON parameter of a value. */
export function json(value: unknown): Json;

/** A DECIMAL parameter. */
export interface Decimal {
  readonly text: string;
}

/** A JSON parameter. */
export interface Json {
  readonly text: string;
}

/** A value of a parameter. `undefined` is refused. */
export type Parameter =
  | null
  | boolean
  | number
  | bigint
  | string
  | Date
  | Uint8Array
  | ArrayBuffer
  | ArrayBufferView
  | Decimal
  | Json;

/**
 * The parameters of a statement: an array for `?`, or an object for `:name`. A list in place of a
 * value becomes one placeholder for each element: `x IN (?)`.
 */
export type Parameters =
  | readonly (Parameter | readonly Parameter[])[]
  | { readonly [name: string]: Parameter | readonly Parameter[] };

/** A row of `executeMany`. */
export type ParameterRow = readonly Parameter[] | { readonly [name: string]: Parameter };

/** A value of a result. Dates are strings by default. */
export type Value = any;

/** A row as an object. */
export type Row = { [column: string]: Value };

/** How results are returned. */
export interface Format {
  /** Rows as objects or as arrays [default: objects]. */
  rows?: "objects" | "arrays";
  /** BIGINT as BigInt, or as a number, which fails for a value that a number can't hold [default: bigint]. */
  bigint?: "bigint" | "number";
  /** DATE, DATETIME and TIMESTAMP as strings, or as Date in UTC [default: string]. */
  dates?: "string" | "date";
  /** Whether JSON columns are parsed, or the names of the columns to parse [default: true]. */
  json?: boolean | readonly string[];
}

/** The isolation level of a transaction. */
export type Isolation = "read-uncommitted" | "read-committed" | "repeatable-read" | "serializable";

/** The options of an engine, within the grant. Times are in milliseconds. */
export interface ConnectOptions extends Format {
  /** The most connections that the engine holds at once [default: those of the grant]. */
  maxConnections?: number;
  /** How long `acquire` waits [default: as the grant]. */
  acquireTimeout?: number;
  /** The time limit of each statement [default: that of the grant]. */
  statementTimeout?: number;
  /** The isolation level of transactions that set none [default: the server's]. */
  isolation?: Isolation;
  /** Whether only statements that read are allowed. */
  readOnly?: boolean;
}

/** The options of one execution. */
export interface ExecuteOptions extends Format {
  /** The time limit in milliseconds. It can only shorten that of the grant. */
  timeout?: number;
}

/** The options of a stream. */
export interface StreamOptions extends ExecuteOptions {
  /** The number of rows that are read at once [default: as many as fit a batch]. */
  batchRows?: number;
}

/** The options of one transaction. */
export interface TransactionOptions {
  isolation?: Isolation;
  /** Whether the server rejects writes. */
  readOnly?: boolean;
  /** Whether the snapshot is taken at the beginning instead of at the first read. */
  consistentSnapshot?: boolean;
}

/** The options of a transaction that is repeated. */
export interface RepeatOptions extends TransactionOptions {
  /** The total number of attempts [default: 5]. */
  attempts?: number;
}

/** The kind of a column. */
export type Kind =
  | "null"
  | "signed"
  | "unsigned"
  | "float"
  | "double"
  | "decimal"
  | "text"
  | "bytes"
  | "date"
  | "time"
  | "datetime"
  | "raw";

/** The description of a column of a result. */
export interface Field {
  /** The alias of the column, or its name. */
  readonly name: string;
  /** The alias or the name of its table; empty for an expression. */
  readonly table: string;
  readonly kind: Kind;
  /** The type code of the protocol, for example 8 for BIGINT. */
  readonly typeCode: number;
  readonly flags: { readonly [name: string]: boolean };
  /** The collation; 63 for bytes. */
  readonly charset: number;
  /** The most bytes of a value. */
  readonly length: number;
  /** The digits after the point; 31 for types without. */
  readonly decimals: number;
}

/** The outcome of a statement, with its rows. */
export class Result<R = Row> {
  /** The rows; empty for a statement that returns none. */
  readonly rows: R[];
  readonly fields: Field[];
  /** The number of rows that were inserted, deleted or matched. */
  readonly rowsAffected: number;
  /** The id that AUTO_INCREMENT generated for the first row, or 0. A BigInt from 2^53 on. */
  readonly lastInsertId: number | bigint;
  /** The number of warnings: see `Connection.warnings`. */
  readonly warningCount: number;
  /** The summary of the server, for example `Records: 3  Duplicates: 0  Warnings: 0`. */
  readonly info: string;
  private constructor();
}

/** The rows of a result, read in batches. Iterate once. A loop that ends early closes it. */
export class Stream<R = Row> implements Iterable<R>, Disposable {
  readonly fields: Field[];
  [Symbol.iterator](): Iterator<R>;
  /** Returns the columns of one batch after the other. */
  batches(): Iterable<Columns>;
  /** Discards the remaining rows. The connection can then execute its next statement. */
  close(): void;
  [Symbol.dispose](): void;
  private constructor();
}

/** A result as columns. */
export interface Columns extends Iterable<Column> {
  readonly fields: Field[];
  /** The number of rows. */
  readonly length: number;
  /** Returns a column by its name or its number. */
  get(column: string | number): Column;
}

/** The array of the values of a column: see `Column.values`. */
export type ColumnValues = BigInt64Array | BigUint64Array | Float32Array | Float64Array | Uint32Array;

/** A column of a result. */
export interface Column {
  readonly field: Field;
  /** The number of rows. */
  readonly length: number;
  /**
   * The values: BigInt64Array and BigUint64Array for integers, Float32Array and Float64Array for
   * FLOAT and DOUBLE, BigUint64Array of packed words for dates and times. For decimals, text and bytes
   * a Uint32Array of the offsets in `data`, with one element more than rows.
   */
  readonly values: ColumnValues;
  /** The bytes of all decimals, texts or bytes. */
  readonly data: Uint8Array;
  /** One byte for each row, 1 for NULL; `undefined` if no row is NULL. */
  readonly nulls: Uint8Array | undefined;
  /** Returns the values as in rows, with null for NULL. */
  toArray(): Value[];
  /**
   * Returns numbers, with NaN for NULL: integers, FLOAT, DOUBLE, and dates as milliseconds since 1970.
   * Fails if a number can't hold an integer.
   */
  toNumbers(): Float64Array;
}

/** The methods that execute statements. An engine acquires a connection for each call. */
export interface Statements {
  /** Executes a query and returns its rows. */
  query<R = Row>(sql: string, params?: Parameters | null, options?: ExecuteOptions): R[];
  /** Executes a statement and returns its outcome with all rows. */
  execute<R = Row>(sql: string, params?: Parameters | null, options?: ExecuteOptions): Result<R>;
  /** Executes a CALL and returns all its results. */
  results(sql: string, params?: Parameters | null, options?: ExecuteOptions): Result[];
  /** Executes a query and returns its columns. */
  columns(sql: string, params?: Parameters | null, options?: ExecuteOptions): Columns;
  /** Executes a query and returns its rows while they arrive. Its connection is busy until the end. */
  stream<R = Row>(sql: string, params?: Parameters | null, options?: StreamOptions): Stream<R>;
}

/** A view of a database's connection pool. */
export class Engine implements Statements, Disposable {
  query<R = Row>(sql: string, params?: Parameters | null, options?: ExecuteOptions): R[];
  execute<R = Row>(sql: string, params?: Parameters | null, options?: ExecuteOptions): Result<R>;
  results(sql: string, params?: Parameters | null, options?: ExecuteOptions): Result[];
  columns(sql: string, params?: Parameters | null, options?: ExecuteOptions): Columns;
  stream<R = Row>(sql: string, params?: Parameters | null, options?: StreamOptions): Stream<R>;
  /** Executes a statement for each row on a connection of its own: see `Connection.executeMany`. */
  executeMany(sql: string, rows: Iterable<ParameterRow>, options?: ExecuteOptions): Result;
  /** Acquires a connection. Close it, or declare it with `using`. */
  acquire(): Connection;
  /** Calls `work` with a connection, and releases it, also after an exception. */
  use<T>(work: (connection: Connection) => T): T;
  /**
   * Calls `work` in a transaction on a connection of its own. Commits its end, and rolls back after an
   * exception. Begins again after a deadlock or a lost connection. A commit in doubt is not repeated.
   */
  transaction<T>(work: (connection: Connection) => T, options?: RepeatOptions): T;
  /** Information on the database and its server. */
  readonly info: EngineInfo;
  /** The current numbers of the pool. */
  readonly status: PoolStatus;
  /** Closes the engine and its connections. */
  close(): void;
  [Symbol.dispose](): void;
  private constructor();
}

/** Information on a database and its server. */
export interface EngineInfo {
  readonly database: string;
  readonly name: string;
  readonly driver: string;
  readonly serverVersion: string;
  readonly serverFlavour: "mysql" | "mariadb";
  readonly charset: string;
  readonly sqlMode: string;
  readonly maxAllowedPacket: number;
}

/** The numbers of a connection pool. */
export interface PoolStatus {
  readonly minSize: number;
  readonly maxSize: number;
  readonly size: number;
  readonly idle: number;
  readonly inUse: number;
  readonly waiting: number;
}

/** A server session. Outside of a transaction, each statement is committed immediately. */
export class Connection implements Statements, Disposable {
  query<R = Row>(sql: string, params?: Parameters | null, options?: ExecuteOptions): R[];
  execute<R = Row>(sql: string, params?: Parameters | null, options?: ExecuteOptions): Result<R>;
  results(sql: string, params?: Parameters | null, options?: ExecuteOptions): Result[];
  columns(sql: string, params?: Parameters | null, options?: ExecuteOptions): Columns;
  stream<R = Row>(sql: string, params?: Parameters | null, options?: StreamOptions): Stream<R>;
  /**
   * Executes a statement once for each row. A plain INSERT or REPLACE is sent with many rows at once.
   * Outside of a transaction, rows before a failed row can stay.
   */
  executeMany(sql: string, rows: Iterable<ParameterRow>, options?: ExecuteOptions): Result;
  /** Prepares a statement. It is valid until the connection is closed. */
  prepare(sql: string): Prepared;
  /** Begins a transaction, whose statements the connection executes. Declare it with `using`, and commit it. */
  begin(options?: TransactionOptions): Transaction;
  /** Begins a savepoint. */
  beginNested(): Transaction;
  /** Begins a two-phase transaction [default: with a random name]. */
  beginTwoPhase(xid?: string): Transaction & { readonly xid: string };
  /**
   * Calls `work` in a transaction. Commits at its end, rolls back after an exception, and begins again
   * after a deadlock. In an open transaction, it is a savepoint and not repeated. The commit fails with
   * `busy` if a stream is still open, and the transaction is rolled back.
   */
  transaction<T>(work: (connection: Connection) => T, options?: RepeatOptions): T;
  /** Calls `work` in a savepoint, which is rolled back after an exception. */
  nested<T>(work: (connection: Connection) => T): T;
  /** Returns the names of the prepared transactions that are undecided. */
  recoverTwoPhase(): string[];
  /** Commits a prepared transaction whose connection has ended. */
  commitPrepared(xid: string): void;
  /** Rolls back a prepared transaction whose connection has ended. */
  rollbackPrepared(xid: string): void;
  /** Returns the warnings of the last statement. */
  warnings(): Warning[];
  readonly transactionState: TransactionState;
  readonly isClosed: boolean;
  ping(): void;
  /** Rolls back an open transaction, and releases the session. */
  close(): void;
  [Symbol.dispose](): void;
  private constructor();
}

/** A warning of the server. */
export interface Warning {
  readonly level: string;
  readonly code: number;
  readonly message: string;
}

/** A prepared statement. */
export class Prepared implements Disposable {
  readonly parameterCount: number;
  /** The columns of the result; empty for a statement that returns no rows. */
  readonly fields: Field[];
  query<R = Row>(params?: Parameters | null, options?: ExecuteOptions): R[];
  execute<R = Row>(params?: Parameters | null, options?: ExecuteOptions): Result<R>;
  columns(params?: Parameters | null, options?: ExecuteOptions): Columns;
  stream<R = Row>(params?: Parameters | null, options?: StreamOptions): Stream<R>;
  executeMany(rows: Iterable<ParameterRow>, options?: ExecuteOptions): Result;
  close(): void;
  [Symbol.dispose](): void;
  private constructor();
}

/** Ends a transaction, a savepoint or a two-phase transaction. Statements go through the connection. */
export class Transaction implements Disposable {
  /** Whether the transaction can still be committed. */
  readonly isActive: boolean;
  /** The name of a two-phase transaction. */
  readonly xid: string | undefined;
  /** Commits the transaction, or releases the savepoint. Fails with `busy` while a stream is open. */
  commit(): void;
  /** Rolls back the transaction, or to the savepoint. Closes open streams. Does nothing if it has ended. */
  rollback(): void;
  /** Ends the transaction without a commit. The changes of a savepoint stay in its transaction. */
  close(): void;
  /** Prepares a two-phase transaction. */
  prepare(): void;
  /** Rolls back a transaction or a savepoint that has not ended. */
  [Symbol.dispose](): void;
  private constructor();
}

/** The state of a transaction. */
export type TransactionState = "none" | "open" | "rolled-back" | "unknown";

/** The kinds of errors. */
export type ErrorKind =
  | "argument"
  | "invalid-request"
  | "resource-closed"
  | "busy"
  | "engine-denied"
  | "statement-denied"
  | "limit-exceeded"
  | "timeout"
  | "pool-closed"
  | "unreachable"
  | "auth-failed"
  | "tls-failed"
  | "server"
  | "connection-lost"
  | "transaction-aborted"
  | "commit-unknown"
  | "value-unsupported"
  | "protocol-violation"
  | "other";

/** The class of a server's error. */
export type ServerClass =
  | "syntax"
  | "constraint"
  | "data"
  | "deadlock"
  | "lock-timeout"
  | "interrupted"
  | "read-only"
  | "access"
  | "resources"
  | "not-supported"
  | "other";

/** An error of the server, of the host, or of a wrong call. Never parse the message. */
export class MysqlError extends Error {
  readonly kind: ErrorKind;
  /** MySQL's error number, for example 1062; 0 if the server reported none. */
  readonly code: number;
  /** The SQLSTATE of a server's error. */
  readonly sqlstate: string | undefined;
  readonly serverClass: ServerClass | undefined;
  /** The step that timed out, for example `acquire` or `execute`. */
  readonly step: string | undefined;
  /** The limit that was exceeded, for example `connections`. */
  readonly limit: string | undefined;
  /** Why the transaction was aborted, for example `deadlock`. */
  readonly reason: string | undefined;
  readonly transactionState: TransactionState;
  /** Whether a retry is useful. */
  readonly retry: "never" | "new-transaction" | "later";
  private constructor();
}
