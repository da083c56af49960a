-- Procedures of the tests: creating them needs the grant `any`.
DELIMITER //
CREATE PROCEDURE two(IN a INT)
BEGIN
  SELECT a AS x;
  SELECT a + 1 AS y, 7;
END //
CREATE PROCEDURE doubled(IN a INT, OUT b INT)
BEGIN
  SELECT seq FROM seq_1_to_3;
  SET b = a * 2;
  SELECT a, 'x';
END //
CREATE PROCEDURE own_commit()
BEGIN
  COMMIT;
END //
DELIMITER ;
