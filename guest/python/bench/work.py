"""The statements and the data of the measurements."""

import datetime

SCAN_ROWS, POINTS, INSERTS, CONCURRENT = 200_000, 2_000, 20_000, 8

SCHEMA = f"""
CREATE TABLE scan (
  id INT NOT NULL PRIMARY KEY, quantity BIGINT NOT NULL, name VARCHAR(40) NOT NULL,
  price DOUBLE NOT NULL, at DATETIME NOT NULL
);
INSERT INTO scan SELECT seq, seq * 1000003, CONCAT('name of row ', seq), seq * 0.25,
  '2024-01-01' + INTERVAL seq SECOND FROM seq_1_to_{SCAN_ROWS};
CREATE TABLE target (
  id INT NOT NULL, name VARCHAR(40) NOT NULL, price DOUBLE NOT NULL, at DATETIME
);
"""

SCAN = "SELECT id, quantity, name, price, at FROM scan"
POINT = "SELECT id, name FROM scan WHERE id = %s"
EMPTY = "TRUNCATE target"
INSERT = "INSERT INTO target (id, name, price, at) VALUES (%s, %s, %s, %s)"
SLOW = "SELECT SUM(quantity), MAX(name) FROM scan WHERE id %% 7 = %s"


def rows():
    """Returns the rows of the inserts."""
    begin = datetime.datetime(2024, 1, 1)
    return [
        (n, f"name of row {n}", n * 0.25, begin + datetime.timedelta(seconds=n))
        for n in range(INSERTS)
    ]


def check(rows):
    """Refuses a result of the scan that is not complete."""
    assert len(rows) == SCAN_ROWS, len(rows)
    check_last(rows[-1])


def check_last(row):
    """Refuses another row than the last one of the scan."""
    expected = datetime.datetime(2024, 1, 1) + datetime.timedelta(seconds=SCAN_ROWS)
    assert tuple(row) == (
        SCAN_ROWS,
        SCAN_ROWS * 1000003,
        f"name of row {SCAN_ROWS}",
        SCAN_ROWS / 4,
        expected,
    )
