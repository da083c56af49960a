// The packed words of dates and times, as text. `row-batch` in wit/types.wit specifies the bits.
//
// A word is two numbers: `high` has the date and the hour, `low` the rest of the time.

const TWO_DIGITS = Array.from({ length: 100 }, (_, number) => String(number).padStart(2, "0"));
/** The text of minute and second, by the upper 12 bits of `low`. */
const CLOCKS = Array.from(
  { length: 64 * 64 },
  (_, bits) => `${TWO_DIGITS[bits >> 6]}:${TWO_DIGITS[bits & 63]}`,
);
const MICROSECONDS = 0xfffff;
/** The most texts of `high` that a cache keeps. */
const CACHED = 4096;

export const STRAY_BITS = "stray-bits";

function dateText(high) {
  const year = String(high >>> 14).padStart(4, "0");
  return `${year}-${TWO_DIGITS[(high >>> 10) & 15]}-${TWO_DIGITS[(high >>> 5) & 31]}`;
}

function fraction(low, digits) {
  return digits
    ? "." +
        String(low & MICROSECONDS)
          .padStart(6, "0")
          .slice(0, digits)
    : "";
}

/** Returns an array of `YYYY-MM-DD`. Throws `STRAY_BITS` if a word has bits of no field. */
export function datesAsText(words) {
  const texts = [];
  for (let at = 0; at < words.length; at += 2) {
    const high = words[at + 1];
    if (words[at] || high >>> 28 || high & 31) throw STRAY_BITS;
    texts.push(dateText(high));
  }
  return texts;
}

const hours = new Map();

/** Returns the date and the hour. Most results have few different ones. */
function hourText(high) {
  const cached = hours.get(high);
  if (cached !== undefined) return cached;
  if (high >>> 28) throw STRAY_BITS;
  const text = `${dateText(high)} ${TWO_DIGITS[high & 31]}:`;
  if (hours.size >= CACHED) hours.clear();
  hours.set(high, text);
  return text;
}

/** Returns an array of `YYYY-MM-DD hh:mm:ss`, with `digits` of the fraction of the second. */
export function datetimesAsText(words, digits) {
  const texts = [];
  let last = -1;
  let hour = "";
  for (let at = 0; at < words.length; at += 2) {
    const high = words[at + 1];
    if (high !== last) hour = hourText((last = high));
    const low = words[at];
    texts.push(digits ? hour + CLOCKS[low >>> 20] + fraction(low, digits) : hour + CLOCKS[low >>> 20]);
  }
  return texts;
}

/** Returns an array of `[-]hh:mm:ss`, with `digits` of the fraction of the second. */
export function timesAsText(words, digits) {
  const texts = [];
  for (let at = 0; at < words.length; at += 2) {
    const [low, high] = [words[at], words[at + 1]];
    if ((high & 0x7fffffff) >>> 10) throw STRAY_BITS;
    const hour = high & 0x3ff;
    const sign = high >>> 31 ? "-" : "";
    texts.push(`${sign}${TWO_DIGITS[hour] ?? hour}:${CLOCKS[low >>> 20]}${fraction(low, digits)}`);
  }
  return texts;
}

/** Returns milliseconds since 1970 in UTC; NaN for a zero or partial date. */
export function millisecondsOf(low, high) {
  const month = (high >>> 10) & 15;
  const day = (high >>> 5) & 31;
  if (!month || !day) return NaN;
  // Date.UTC takes the years 0 to 99 for 1900 to 1999.
  const midnight = new Date(0).setUTCFullYear(high >>> 14, month - 1, day);
  const seconds = (high & 31) * 3600 + (low >>> 26) * 60 + ((low >>> 20) & 63);
  return midnight + seconds * 1000 + Math.floor((low & MICROSECONDS) / 1000);
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const days = new Map();

/** Returns the bits of the date of a time in milliseconds; `undefined` if MySQL does not have it. */
export function dayBits(time) {
  const number = Math.floor(time / DAY);
  let bits = days.get(number);
  if (bits === undefined) {
    const date = new Date(time);
    const year = date.getUTCFullYear();
    if (!(year >= 0 && year <= 9999)) return undefined;
    bits = (year << 14) | ((date.getUTCMonth() + 1) << 10) | (date.getUTCDate() << 5);
    if (days.size >= CACHED) days.clear();
    days.set(number, bits);
  }
  return bits;
}

/** Returns the hour of a time in milliseconds. */
export function hourOf(time) {
  return Math.floor(modulo(time, DAY) / HOUR);
}

/** Returns the bits of minute, second and microsecond. */
export function clockBits(time) {
  const rest = modulo(time, HOUR);
  const minute = Math.floor(rest / 60_000);
  const second = Math.floor((rest % 60_000) / 1000);
  return ((minute << 26) | (second << 20) | ((rest % 1000) * 1000)) >>> 0;
}

/** Returns the remainder, which is not negative. */
function modulo(time, unit) {
  return ((time % unit) + unit) % unit;
}
