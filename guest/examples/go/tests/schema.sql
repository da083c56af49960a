-- Procedures need a grant of `any` to be created, so that `wasmysql test` loads them.
DELIMITER //
CREATE PROCEDURE results() BEGIN SELECT 1; SELECT 2; END //
