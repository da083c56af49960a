// Resources of the host, and their release.

import { call, closed } from "./errors.js";

/**
 * A resource of the host. After `drop`, every call fails with `resource-closed` instead of a trap.
 *
 * `owned` is the set of the open handles of the owner, which drops them with itself.
 */
export class Handle {
  #resource;
  #name;
  #owned;

  constructor(resource, name, owned) {
    this.#resource = resource;
    this.#name = name;
    this.#owned = owned;
    owned?.add(this);
  }

  /** Whether this is a result with unread rows. The connection is busy until it is dropped. */
  get isResult() {
    return this.#name === "result";
  }

  get isDropped() {
    return this.#resource === undefined;
  }

  /** Returns the resource. */
  get() {
    if (this.#resource === undefined) throw closed(this.#name);
    return this.#resource;
  }

  /** Calls `work` with the resource, and releases it also if the call fails. */
  end(work) {
    if (this.#resource === undefined) return;
    try {
      call(() => work(this.#resource));
    } finally {
      this.drop();
    }
  }

  /** Releases the resource. */
  drop() {
    const resource = this.#resource;
    if (resource === undefined) return;
    this.#resource = undefined;
    this.#owned?.delete(this);
    resource[Symbol.dispose]();
  }
}
