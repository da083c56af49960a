CREATE TABLE planes (
    tailnum VARCHAR(6) PRIMARY KEY,
    year YEAR,
    type VARCHAR(40) NOT NULL,
    manufacturer VARCHAR(40) NOT NULL,
    model VARCHAR(40) NOT NULL,
    engines TINYINT UNSIGNED NOT NULL,
    seats SMALLINT UNSIGNED NOT NULL,
    speed SMALLINT UNSIGNED COMMENT 'miles per hour',
    engine VARCHAR(20) NOT NULL
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4
