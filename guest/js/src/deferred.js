// Functions that return before their work is done.

/** Returns why the value of a function is refused; `undefined` if its work is done. */
export function refusalOfDeferred(value, name) {
  const kind = deferredKind(value);
  if (kind === undefined) return undefined;
  return `${name} returned a ${kind}, but the calls are blocking; pass a plain function`;
}

function deferredKind(value) {
  if (typeof value?.then === "function") return "promise";
  // The body of a generator runs only while it is iterated.
  const tag = value?.[Symbol.toStringTag];
  return tag === "Generator" || tag === "AsyncGenerator" ? "generator" : undefined;
}
