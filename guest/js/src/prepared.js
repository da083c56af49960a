// Prepared statements.

import { Execution, executeMany } from "./execution.js";
import { Handle } from "./handle.js";
import { argument } from "./errors.js";
import { isNamed, valuesOf } from "./placeholders.js";
import { fieldsOf } from "./result.js";
import { parameters } from "./values/parameters.js";

/** A statement that the server has prepared. It is valid until its connection is closed. */
export class Prepared {
  #target;
  #names;

  constructor(resource, names, connection) {
    this.#target = { ...connection, handle: new Handle(resource, "statement", connection.owned) };
    this.#names = names;
    this.parameterCount = resource.parameters();
    this.fields = fieldsOf(resource.columns());
  }

  #execution(params, options, names) {
    const values = parameters(this.#values(params ?? []));
    const send = (resource, execution) => resource.execute(values, execution);
    return new Execution(this.#target, options, send, names);
  }

  #values(params) {
    if (isNamed(params)) return valuesOf(this.#names, params);
    if (!Array.isArray(params))
      throw argument("the parameters are not an array; pass [value] for a single value");
    if (params.some(Array.isArray))
      throw argument("a prepared statement has a fixed number of parameters; lists need query()");
    return params;
  }

  query(params, options) {
    return this.#execution(params, options).result().rows;
  }

  execute(params, options) {
    return this.#execution(params, options).result();
  }

  columns(params, options) {
    return this.#execution(params, options).columns();
  }

  stream(params, options) {
    return this.#execution(params, options, ["timeout", "batchRows"]).stream();
  }

  executeMany(rows, options) {
    const values = [...rows].map((row) => this.#values(row));
    return executeMany(this.#target, "", values, options, (resource, text, batch, execution) =>
      resource.executeMany(batch, execution),
    );
  }

  close() {
    this.#target.handle.end((statement) => statement.close());
  }

  [Symbol.dispose]() {
    this.close();
  }
}
