-- A migration: it is applied once to each database, in the order of the numbers. Put a change of the
-- tables into a new file with the next number.

CREATE TABLE pages (
    path VARCHAR(200) PRIMARY KEY,
    visits INT UNSIGNED NOT NULL DEFAULT 0
);

CREATE TABLE visits (
    id INT UNSIGNED AUTO_INCREMENT PRIMARY KEY,
    path VARCHAR(200) NOT NULL,
    visitor VARCHAR(40) NOT NULL,
    FOREIGN KEY (path) REFERENCES pages (path)
);

INSERT INTO pages (path) VALUES ('/'), ('/about'), ('/news');
