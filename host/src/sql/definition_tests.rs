//! Tables whose rows are stored outside the server's own storage.

use super::StatementKind::HostOnly;
use super::*;
use crate::sql::{Scope, classify};

#[track_caller]
fn check(kind: StatementKind, statements: &[&str]) {
    for sql in statements {
        assert_eq!(classify(sql, Scope { most: HostOnly, schema: None }), Ok(kind), "{sql}");
    }
}

#[test]
fn tables_stored_elsewhere_need_any() {
    check(
        StatementKind::DDL,
        &[
            "CREATE TABLE t (a INT) ENGINE=InnoDB",
            "CREATE TABLE t (a INT) ENGINE 'innodb' COMMENT='a' ROW_FORMAT=DYNAMIC",
            "CREATE TABLE t (a INT) ENGINE = `Aria`, MAX_ROWS = 5 DEFAULT CHARACTER SET = utf8mb4 COLLATE = utf8mb4_bin",
            "CREATE TABLE t (a INT) STORAGE ENGINE memory",
            "CREATE TABLE t (engine VARCHAR(20), connection INT, INDEX directory (engine), CHECK (engine = 'v8'))",
            "CREATE TABLE engine (data INT)",
            "CREATE TABLE IF NOT EXISTS engine LIKE motor",
            "CREATE TABLE shop.engine (a INT) ENGINE=InnoDB",
            "CREATE TABLE a LIKE engine",
            "CREATE TABLE a SELECT engine, b = c AS d FROM cars WHERE engine = 'v8' AND connection = 'x'",
            "CREATE TABLE t (a INT) PARTITION BY RANGE (a) (PARTITION p0 VALUES LESS THAN (5) ENGINE = InnoDB COMMENT = 'x')",
            "CREATE TABLE t (a INT) TABLESPACE ts ENCRYPTION='Y' STATS_PERSISTENT=0",
            "CREATE INDEX directory ON t (a)",
            "CREATE SEQUENCE s START = 1 INCREMENT = 2 ENGINE=InnoDB",
            "ALTER TABLE cars ADD engine VARCHAR(20) AFTER connection, ADD INDEX directory (engine), ENGINE=InnoDB",
            "ALTER TABLE cars ADD COLUMN IF NOT EXISTS engine INT",
            "ALTER TABLE cars CHANGE engine motor TEXT, CHANGE COLUMN motor engine TEXT, DROP connection, DROP INDEX directory",
            "ALTER TABLE cars ALTER engine SET DEFAULT 'x', RENAME COLUMN engine TO motor, MODIFY engine TEXT",
            "ALTER TABLE engine COMMENT 'x'",
            "ALTER TABLE shop.engine ADD a INT, ALGORITHM=INPLACE, LOCK=NONE",
            "ALTER TABLE cars ORDER BY engine DESC",
            "ALTER TABLE t EXCHANGE PARTITION p WITH TABLE u",
            "DROP TABLE engine",
            "DROP INDEX directory ON t",
            "RENAME TABLE engine TO motor",
            "CREATE VIEW v AS SELECT engine FROM cars WHERE engine = 'v8' AND connection = 'x'",
        ],
    );
    check(
        StatementKind::ANY,
        &[
            "CREATE TABLE t (a INT) DATA DIRECTORY='/tmp/x'",
            "CREATE TABLE t (a INT) DATA DIRECTORY '/tmp/x'",
            "CREATE TABLE t (a INT) ENGINE=MyISAM data/**/directory = \"/tmp/x\" INDEX DIRECTORY='/tmp/x'",
            "CREATE TABLE t (a INT) ENGINE=MyISAM INDEX DIRECTORY '/tmp/x'",
            "CREATE TABLE t DATA DIRECTORY='/tmp/x' AS SELECT 1",
            "CREATE TABLE t (a INT) PARTITION BY HASH (a) (PARTITION p0 DATA DIRECTORY = '/tmp/x')",
            "CREATE TABLE t (a INT) PARTITION BY HASH (a) (PARTITION p0 INDEX DIRECTORY '/tmp/x')",
            "CREATE TABLE t (a INT) PARTITION BY RANGE (a) SUBPARTITION BY HASH (a) (PARTITION p VALUES LESS THAN (1) \
             (SUBPARTITION s DATA DIRECTORY '/tmp/x'))",
            "ALTER TABLE t DATA DIRECTORY='/tmp/x'",
            "ALTER TABLE t ADD PARTITION (PARTITION p1 VALUES IN (1) DATA DIRECTORY '/tmp/x')",
            "ALTER TABLE t REORGANIZE PARTITION p INTO (PARTITION p1 VALUES IN (1) ENGINE SPIDER)",
            "CREATE TABLE t (a INT) ENGINE=CONNECT",
            "CREATE TABLE t (a INT) ENGINE CONNECT",
            "CREATE TABLE t (a INT) ENGINE='CONNECT'",
            "CREATE TABLE t (a INT) ENGINE `connect`",
            "CREATE TABLE t (a INT) engine/**/=\nfederated CONNECTION='mysql://u@h/d/t'",
            "CREATE TABLE t (a INT) STORAGE ENGINE = S3",
            "CREATE TABLE t (a INT) ENGINE=MERGE UNION=(u)",
            "CREATE TABLE t (a INT), ENGINE = SPIDER COMMENT='srv \"s1\"'",
            "CREATE TABLE t ENGINE=CONNECT TABLE_TYPE=MYSQL",
            "CREATE TABLE shop.select (a INT) ENGINE=CONNECT",
            "CREATE TABLE shop.5SELECT (a INT) ENGINE=CONNECT",
            "CREATE TABLE t (a INT) MAX_ROWS=1.ENGINE=CONNECT",
            "CREATE TABLE t (a INT) MAX_ROWS=1. ENGINE CONNECT",
            "ALTER TABLE shop.5TABLE ENGINE CONNECT",
            "ALTER TABLE shop.change ENGINE CONNECT",
            "ALTER TABLE engine ENGINE CONNECT",
            "ALTER TABLE modify ENGINE CONNECT",
            "ALTER TABLE t ADD engine INT, ENGINE=CONNECT",
            "ALTER TABLE t CONNECTION='mysql://u@h/d/t'",
            "ALTER TABLE t CONNECTION 'mysql://u@h/d/t'",
            "ALTER TABLE t FILE_NAME='/etc/passwd'",
            "ALTER TABLE t `FILE_NAME` = '/etc/passwd'",
            "ALTER TABLE t SECONDARY_ENGINE=RAPID",
            "ALTER TABLE t SECONDARY_ENGINE RAPID",
            "ALTER TABLE t DISCARD TABLESPACE",
            "ALTER TABLE t IMPORT /* c */ TABLESPACE",
            "ALTER TABLE t DISCARD PARTITION p TABLESPACE",
            "ALTER TABLE t IMPORT PARTITION ALL TABLESPACE",
            "CREATE SEQUENCE s ENGINE=CONNECT",
            "CREATE SERVER s FOREIGN DATA WRAPPER mysql OPTIONS (HOST 'h')",
            "CREATE TABLESPACE ts ADD DATAFILE '/tmp/x.ibd'",
            "CREATE LOGFILE GROUP g ADD UNDOFILE 'x'",
            "ALTER INSTANCE ROTATE INNODB MASTER KEY",
            "CREATE EXTERNAL TABLE t (a INT)",
        ],
    );
}
