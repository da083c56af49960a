-- The procedures of the tests: the grant of tests does not include CREATE PROCEDURE.
DELIMITER //
CREATE PROCEDURE two_results()
BEGIN
  SELECT 1 AS a;
  SELECT 2 AS b UNION SELECT 3;
END //
CREATE PROCEDURE deadlock()
BEGIN
  SIGNAL SQLSTATE '40001' SET MYSQL_ERRNO = 1213;
END //
DELIMITER ;
