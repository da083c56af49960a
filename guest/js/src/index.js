// MySQL and MariaDB for plugins in JavaScript.

export { Connection } from "./connection.js";
export { connect, Engine } from "./engine.js";
export { MysqlError } from "./errors.js";
export { Prepared } from "./prepared.js";
export { Result } from "./result.js";
export { Stream } from "./stream.js";
export { Transaction } from "./transaction.js";
export { decimal, json } from "./values/parameters.js";
