-- A migration: it is applied once to each database, in the order of the numbers. Put a change of the
-- tables into a new file with the next number.

CREATE TABLE flights (
    id INT UNSIGNED AUTO_INCREMENT PRIMARY KEY,
    carrier CHAR(2) NOT NULL,
    delay INT COMMENT 'at landing, in minutes'
);

INSERT INTO flights (carrier, delay) VALUES ('UA', 10), ('UA', -5), ('UA', NULL), ('AA', 0);
