// The statements and the data of the measurements.

export const SCAN_ROWS = 200_000;
export const POINTS = 2_000;
export const INSERTS = 20_000;

/** The sum of all prices. */
export const PRICES = (SCAN_ROWS * (SCAN_ROWS + 1)) / 8;

export const SCHEMA = [
  `CREATE TABLE scan (id INT NOT NULL PRIMARY KEY, quantity BIGINT NOT NULL, name VARCHAR(40) NOT NULL,
    price DOUBLE NOT NULL, at DATETIME NOT NULL)`,
  `INSERT INTO scan SELECT seq, seq * 1000003, CONCAT('name of row ', seq), seq * 0.25,
    '2024-01-01' + INTERVAL seq SECOND FROM seq_1_to_${SCAN_ROWS}`,
  "CREATE TABLE target (id INT NOT NULL, name VARCHAR(40) NOT NULL, price DOUBLE NOT NULL, at DATETIME)",
];

export const SCAN = "SELECT id, quantity, name, price, at FROM scan";
export const POINT = "SELECT id, name FROM scan WHERE id = ?";
export const EMPTY = "TRUNCATE target";

/** The works, with the number of operations of each. */
export const WORKS = {
  rows: SCAN_ROWS,
  arrays: SCAN_ROWS,
  stream: SCAN_ROWS,
  columns: SCAN_ROWS,
  point: POINTS,
  insert: INSERTS,
};

/** Returns the rows of the inserts. */
export function insertRows() {
  const begin = Date.UTC(2024, 0, 1);
  return Array.from({ length: INSERTS }, (_, n) => [
    n,
    `name of row ${n}`,
    n * 0.25,
    new Date(begin + 1000 * n),
  ]);
}

/** Fails if the last row of the scan is wrong. */
export function checkLast([id, quantity, name, price, at]) {
  const expected = [
    SCAN_ROWS,
    SCAN_ROWS * 1000003,
    `name of row ${SCAN_ROWS}`,
    SCAN_ROWS / 4,
    "2024-01-03 07:33:20",
  ];
  const found = [id, Number(quantity), name, price, at];
  if (found.join() !== expected.join()) throw new Error(`the last row is ${found}, not ${expected}`);
}

/** Fails unless a count or a sum is the expected one. */
export function check(found, expected) {
  if (found !== expected) throw new Error(`${found} is not ${expected}`);
}
