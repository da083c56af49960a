-- The tables of the plugin. `cargo test` loads this file for each test.

CREATE TABLE flights (
    id INT UNSIGNED AUTO_INCREMENT PRIMARY KEY,
    carrier CHAR(2) NOT NULL,
    delay INT COMMENT 'at landing, in minutes'
);

INSERT INTO flights (carrier, delay) VALUES ('UA', 10), ('UA', -5), ('UA', NULL), ('AA', 0);
