// The methods of connections and engines that execute statements.

import { Execution, executeMany } from "./execution.js";
import { bind, checkText } from "./placeholders.js";
import { parameters } from "./values/parameters.js";

/** Executes statements with a target: see `Execution`. */
export class Statements {
  #target;

  constructor(target) {
    this.#target = target;
  }

  #execution(sql, params, options, names) {
    const statement = bind(sql, params);
    const values = parameters(statement.values);
    const send = (resource, execution) => resource.execute(statement.sql, values, execution);
    return new Execution(this.#target, options, send, names);
  }

  query(sql, params, options) {
    return this.#execution(sql, params, options).result().rows;
  }

  execute(sql, params, options) {
    return this.#execution(sql, params, options).result();
  }

  results(sql, params, options) {
    return this.#execution(sql, params, options).results();
  }

  columns(sql, params, options) {
    return this.#execution(sql, params, options).columns();
  }

  stream(sql, params, options) {
    return this.#execution(sql, params, options, ["timeout", "batchRows"]).stream();
  }

  executeMany(sql, rows, options) {
    checkText(sql);
    return executeMany(this.#target, sql, rows, options, (resource, text, batch, execution) =>
      resource.executeMany(text, batch, execution),
    );
  }
}
