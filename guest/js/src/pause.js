// Pauses before another attempt.

import { subscribeDuration } from "wasi:clocks/monotonic-clock@0.2.0";

/** The bounds of the pause after the first attempt and of the longest pause, in milliseconds. */
const FIRST = 5;
const LONGEST = 500;

/** Waits before the attempt after `attempt`, counted from 1. The pause is random. */
export function pause(attempt) {
  const bound = Math.min(FIRST * 2 ** (attempt - 1), LONGEST);
  const nanoseconds = Math.floor(Math.random() * bound * 1e6);
  const pollable = subscribeDuration(globalThis.__cqjs ? nanoseconds : BigInt(nanoseconds));
  pollable.block();
  pollable[Symbol.dispose]();
}
