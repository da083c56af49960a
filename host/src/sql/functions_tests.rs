//! The calls that are found in a statement. MariaDB 10.11 confirms the calls of stored functions.

use super::*;

#[track_caller]
fn check(expected: bool, statements: &[&str]) {
    for sql in statements {
        assert_eq!(calls_unknown_function(sql), expected, "{sql}");
    }
}

#[test]
fn built_in_functions_are_known() {
    check(
        false,
        &[
            "SELECT COUNT(*), MAX(a) FROM t WHERE b IN (1, 2) AND (c OR d)",
            "SELECT COALESCE (a, 1), CAST(b AS DECIMAL(10, 2)), x.y FROM t AS u USE INDEX (i)",
            "SELECT SUM(a) OVER (PARTITION BY b) FROM t WHERE a > ANY (SELECT 1) AND EXISTS (SELECT 2)",
            "SELECT ABS /* c */ (1), IF(1, 2, (3)), INTERVAL(1, 2), CHAR(77 USING utf8mb4)",
            "SELECT SLEEP(1), LAST_INSERT_ID(), BENCHMARK(1, 2)",
            "SELECT CONVERT(a, DECIMAL(10, 2)), JSON_VALUE(b, '$' RETURNING CHAR(5)) FROM t",
            "SELECT 'f(', `f` FROM t -- f(1)",
            "(SELECT 1) UNION (SELECT 2) EXCEPT (SELECT 3)",
            "SELECT 1 WHERE 1 IN (1) AND 2.5 IN (1) OR 1=1 AND (1)",
            "VALUES (1), (2)",
            "VALUES ROW(1, 2), ROW(3, 4)",
        ],
    );
}

#[test]
fn other_functions_are_unknown() {
    check(
        true,
        &[
            "SELECT f(1)",
            "SELECT f /* c */ (1)",
            "SELECT `f`(1)",
            "SELECT `count`(1)",
            "SELECT shop.count(1)",
            "SELECT 1 FROM t WHERE a = (SELECT shop . f ())",
            "SELECT NEXTVAL(s)",
            "SELECT COUNT(f(1)), IF(1, 2, IF(3, f(4), 5))",
            "SELECT 1 IN (f(1)), (f(1)), ((1), f(1))",
            "SELECT SUBSTRING(a FROM f(1) FOR 2), TRIM(BOTH f(1) FROM b), EXTRACT(DAY FROM f(1)) FROM t",
            "SELECT * FROM t FOR SYSTEM_TIME AS OF f(1)",
            "SELECT * FROM t FOR SYSTEM_TIME AS OF TIMESTAMP f(1)",
            "SELECT CAST(f(1) AS CHAR), DATE_ADD(a, INTERVAL f(1) DAY) FROM t",
            "SELECT a DIV f(1), NOT f(1), 1 + f(1), a MEMBER OF(f(1)) FROM t",
            "SELECT 1 FROM t LIMIT 1 UNION SELECT f(1)",
            "VALUES (f(1))",
            "TABLE t ORDER BY f(1)",
            "SELECT f(",
            "SELECT f(1))(",
        ],
    );
}

/// The server resolves these names to stored functions, although they look like built-in functions.
#[test]
fn stored_functions_with_built_in_names_are_unknown() {
    check(
        true,
        &[
            "SELECT count (1)",
            "SELECT COUNT/**/(1), MAX(1)",
            "SELECT shop.5abs(1)",
            "SELECT shop.5(1)",
            "SELECT shop.5e5(1)",
            "SELECT ſum(1)",
            "SELECT ſubstring_index('a', 'b', 1)",
            "SELECT uuid_to_bin('x'), ABS(1)",
            "SELECT nvl(1, 2)",
            "SELECT point(1)",
            "SELECT json_table(1)",
            "SELECT json_table(f(1)) AS x, '$'",
            "SELECT columns(1)",
            "SELECT lateral(1)",
            "SELECT of(1)",
            "SELECT path (1)",
            "SELECT against(1)",
        ],
    );
}

#[test]
fn column_lists_of_common_tables_are_no_calls() {
    check(
        false,
        &[
            "WITH RECURSIVE n (a, b) AS (SELECT 1, 2) SELECT * FROM n",
            "WITH c(a) AS (SELECT 1) SELECT a FROM c",
            "with recursive `c`(a) as (SELECT 1), d AS (SELECT 2), e(a, b) AS (SELECT 3, 4) SELECT * FROM c, d, e",
            "WITH c(a) AS (WITH d(a) AS (SELECT 1), e(a) AS (SELECT 1) SELECT a FROM d), f(a) AS (SELECT 1) SELECT 1",
            "SELECT * FROM (WITH c(a) AS (SELECT 1) SELECT a FROM c) AS d",
            "SELECT ABS((WITH c(a) AS (SELECT 1) SELECT a FROM c))",
            "INSERT INTO t WITH c(a) AS (SELECT 1) SELECT a FROM c",
            "SELECT a FROM t GROUP BY a WITH ROLLUP",
        ],
    );
}

#[test]
fn calls_near_common_tables_are_found() {
    check(
        true,
        &[
            "SELECT f((WITH c(a) AS (SELECT 1) SELECT a FROM c)), REPEAT('x', 1000) FROM seq_1_to_100000",
            "SELECT f((WITH c AS (SELECT 1) SELECT * FROM c))",
            "WITH c(a) AS (SELECT f(1)) SELECT a FROM c",
            "WITH c(a) AS (SELECT 1) SELECT f(a) FROM c",
            "WITH c(a) AS (SELECT 1), d AS (SELECT 1) SELECT f(a) FROM c",
            "WITH c(a) AS (SELECT 1), d(a) AS (SELECT f(1)) SELECT 1",
            "WITH c(a, f(1)) AS (SELECT 1) SELECT 1",
            "WITH c(a) AS (SELECT 1) SELECT 1, f(a) FROM (SELECT 1) AS d",
            "WITH f(1)",
            "WITH f(1), c(a) AS (SELECT 1) SELECT 1",
            "SELECT f(1) AS (SELECT 1)",
            "SELECT t.a, f(1) AS (SELECT 1)",
            "SELECT 1 FROM t GROUP BY a WITH ROLLUP HAVING f(1)",
            "SELECT f(1), (SELECT 1) FROM t WINDOW w AS (ORDER BY a)",
            "SELECT f(a) OVER w FROM t WINDOW w AS (ORDER BY a)",
        ],
    );
}

#[test]
fn names_of_tables_aliases_and_types_are_no_calls() {
    check(
        false,
        &[
            "SELECT * FROM (SELECT 1, 2) AS d(a, b)",
            "SELECT * FROM (SELECT 1, 2) `d` (a, b), (VALUES (1)) AS e(a)",
            "SELECT * FROM t AS x(a)",
            "SELECT * FROM t, LATERAL (SELECT t.a) AS d(b)",
            "SELECT * FROM t JOIN LATERAL (WITH c(a) AS (SELECT 1) SELECT a FROM c) d(b)",
            "SELECT * FROM JSON_TABLE('[1]', '$[*]' COLUMNS (a INT PATH '$', b VARCHAR(20) PATH '$.b')) AS t",
            "SELECT * FROM u, JSON_TABLE(u.a, '$' COLUMNS(NESTED PATH '$.b' COLUMNS (c DECIMAL(4, 2) PATH '$'))) t",
            "SELECT CAST(a AS some_type(1)) FROM t",
            "SELECT a MEMBER OF ('[1]') FROM t",
            "SELECT MATCH (a, b) AGAINST ('x' IN BOOLEAN MODE) FROM t",
            "SELECT LAG(a) OVER (ORDER BY b), LISTAGG FROM t",
            "INSERT INTO t(a) VALUES (1)",
            "INSERT INTO shop . `t` (a, b) VALUES (1, 2)",
            "EXPLAIN INSERT INTO t(a) VALUES (1), (2)",
            "INSERT INTO t VALUES (1, 2) AS n(a, b) ON DUPLICATE KEY UPDATE a = VALUES(a)",
        ],
    );
    check(
        true,
        &[
            "SELECT * FROM (SELECT f(1)) AS d(a)",
            "SELECT * FROM (SELECT 1) AS d(f(1))",
            "SELECT * FROM JSON_TABLE(f(1), '$' COLUMNS (a INT PATH '$')) AS t",
            "SELECT * FROM LATERAL (SELECT f(1)) AS d",
            "SELECT CAST(f(1) AS some_type(1))",
            "INSERT INTO t(a) VALUES (f(1))",
            "INSERT INTO t(a) SELECT f(1)",
            "SELECT 1 AS a, f(1) FROM t",
            "SELECT (1), f(1), 'a', f(1) FROM t",
            "SELECT (1) + f(1), 'a' = f(1) FROM t",
        ],
    );
}

#[test]
fn rows_with_functions_of_some_servers_are_independent() {
    let is_independent = |sql| is_independent_of_other_rows(&tokens(sql).expect(sql));
    for sql in ["(UUID_TO_BIN(?))", "(NVL(?, 1), POINT(?, ?))", "(CAST(? AS CHAR(3)), (?))"] {
        assert!(is_independent(sql), "{sql}");
    }
    for sql in ["(f(?))", "(COUNT (?))", "(LASTVAL(s), ?)", "(ROW_COUNT(), ?)", "(shop.5(?))"] {
        assert!(!is_independent(sql), "{sql}");
    }
}

#[test]
fn every_known_name_is_in_one_list() {
    let lists = [KEYWORDS, FUNCTIONS, FUNCTIONS_WITHOUT_BLANK, FUNCTIONS_OF_SOME_SERVERS, SESSION_FUNCTIONS];
    let names: usize = lists.iter().map(|list| list.split_ascii_whitespace().count()).sum();
    assert_eq!(KNOWN.len(), names);
}
