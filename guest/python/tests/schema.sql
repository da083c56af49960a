-- Procedures of the tests: creating them needs the grant `any`.
DELIMITER //
CREATE PROCEDURE two(IN a INT)
BEGIN
  SELECT a AS x;
  SELECT a + 1 AS y, 7;
END //
DELIMITER ;
