//! The tables and their contents. Fractions are quarters, so that sums are exact in any order.

use crate::series::series;

/// Returns the statements that create a table, or `None` for an unknown table.
pub(crate) fn statements(table: &str) -> Option<Vec<String>> {
    let (rows, statements) = definition(table)?;
    let numbers = format!("{} AS numbers", series(rows));
    Some(statements.iter().map(|sql| sql.replace("{numbers}", &numbers)).collect())
}

/// Returns the number of rows of a table, at least 1, and the statements that create it. In the
/// statements, `{numbers}` is a table with the numbers of the rows.
fn definition(table: &str) -> Option<(u64, &'static [&'static str])> {
    Some(match table {
        "point" => (1000, &[
            "CREATE TABLE point (id INT PRIMARY KEY, name VARCHAR(40) NOT NULL)",
            "INSERT INTO point SELECT seq, CONCAT('name of ', seq) FROM {numbers}",
        ]),
        "account" => (1000, &[
            "CREATE TABLE account (id INT PRIMARY KEY, balance BIGINT NOT NULL)",
            "INSERT INTO account SELECT seq, 0 FROM {numbers}",
        ]),
        "bulk" => (1, &["CREATE TABLE bulk (id INT PRIMARY KEY, name VARCHAR(40) NOT NULL, price DOUBLE NOT NULL)"]),
        "ten" => (10, &["CREATE TABLE ten (number INT PRIMARY KEY)", "INSERT INTO ten SELECT seq FROM {numbers}"]),
        "scan" => (1_000_000, &[
            "CREATE TABLE scan (id INT PRIMARY KEY, quantity BIGINT NOT NULL, price DOUBLE NOT NULL, name VARCHAR(40) NOT NULL,
             note VARCHAR(80) NOT NULL)",
            "INSERT INTO scan SELECT seq, item * 7, shelf / 4, CONCAT('item ', item), CONCAT('shelf ', shelf, ' in aisle ', item)
             FROM (SELECT seq, (seq - 1) % 1000 + 1 AS item, (seq - 1) DIV 1000 + 1 AS shelf FROM {numbers}) AS numbers",
        ]),
        "nulls" => (300_000, &[
            "CREATE TABLE nulls (id INT, quantity BIGINT, price DOUBLE, name VARCHAR(40), note VARCHAR(80))",
            "INSERT INTO nulls SELECT NULLIF(seq, third * seq), IF((seq + 1) % 3 = 0, NULL, seq * 7), IF((seq + 2) % 3 = 0, NULL, seq / 4),
             IF(third, NULL, CONCAT('item ', seq)), IF((seq + 1) % 3 = 0, NULL, CONCAT('shelf ', seq % 100, ' in aisle ', seq))
             FROM (SELECT seq, seq % 3 = 0 AS third FROM {numbers}) AS numbers",
        ]),
        "texts" => (100_000, &[
            "CREATE TABLE texts (id INT PRIMARY KEY, body VARCHAR(1024) NOT NULL)",
            "INSERT INTO texts SELECT seq, RPAD(CONCAT('text ', seq, ' '), 1024, 'lorem ipsum dolor sit amet ') FROM {numbers}",
        ]),
        "decimals" => (300_000, &[
            "CREATE TABLE decimals (amount DECIMAL(20, 4) NOT NULL, tax DECIMAL(20, 4) NOT NULL, ordered DATETIME(6) NOT NULL,
             paid DATETIME(6) NOT NULL)",
            "INSERT INTO decimals SELECT seq * 12345.6789, seq / 7, '2020-01-01' + INTERVAL seq * 123456789 MICROSECOND,
             '2021-01-01' + INTERVAL seq * 987654321 MICROSECOND FROM {numbers}",
        ]),
        "events" => (200_000, &[
            "CREATE TABLE events (id INT PRIMARY KEY, quantity BIGINT NOT NULL, name VARCHAR(40) NOT NULL, price DOUBLE NOT NULL,
             at DATETIME NOT NULL)",
            "INSERT INTO events SELECT seq, seq * 7, CONCAT('event ', seq), seq / 4, '2020-01-01' + INTERVAL seq * 61 SECOND FROM {numbers}",
        ]),
        "mixed" => (100_000, &[
            "CREATE TABLE mixed (tiny TINYINT, small SMALLINT, medium INT NOT NULL, big BIGINT, medium_unsigned INT UNSIGNED NOT NULL,
             big_unsigned BIGINT UNSIGNED, single_float FLOAT, double_float DOUBLE NOT NULL, price DECIMAL(10, 2) NOT NULL,
             amount DECIMAL(20, 4), day DATE, at DATETIME(6), made DATETIME NOT NULL, took TIME, name VARCHAR(40) NOT NULL,
             note VARCHAR(80), letter CHAR(10), story TEXT, picture BLOB, year SMALLINT UNSIGNED)",
            "INSERT INTO mixed SELECT NULLIF(seq % 100, 7), NULLIF(seq % 30000, 8), seq, IF(seq % 4 = 0, NULL, seq * 1000), seq * 3,
             IF(seq % 5 = 0, NULL, seq * 7), IF(seq % 4 = 1, NULL, seq % 1000 / 4), seq / 4, seq % 100000 / 4,
             IF(seq % 5 = 1, NULL, seq * 12345.6789), IF(seq % 4 = 2, NULL, '2020-01-01' + INTERVAL seq % 2000 DAY),
             IF(seq % 5 = 2, NULL, '2020-01-01' + INTERVAL seq * 123456789 MICROSECOND), '2020-01-01' + INTERVAL seq * 61 SECOND,
             IF(seq % 4 = 3, NULL, SEC_TO_TIME(seq)), CONCAT('name ', seq), IF(seq % 5 = 3, NULL, CONCAT('note of ', seq)),
             IF(seq % 5 = 4, NULL, CONCAT('c', seq)), IF(seq % 4 = 0, NULL, REPEAT('story ', seq % 20)),
             IF(seq % 4 = 1, NULL, REPEAT(X'00FF80', seq % 20)), 1970 + seq % 100 FROM {numbers}",
        ]),
        _ => return None,
    })
}
