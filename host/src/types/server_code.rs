//! The server error codes that the host classifies. All other codes are `other`. The message text
//! of the server never influences the class.

use super::{RetryAdvice, ServerClass};

/// The class and the retry advice of each code. The comments give the server's name (`ER_...`).
const CODES: &[(u16, ServerClass, RetryAdvice)] = {
    use RetryAdvice::{Later, Never, NewTransaction};
    use ServerClass::{
        Access, Constraint, Data, Deadlock, Interrupted, LockTimeout, NotSupported, Other, ReadOnly, Resources, Syntax,
    };
    &[
        (167, Data, Never),                  // AUTO_INCREMENT is exhausted (MariaDB; has no name)
        (1005, Other, Never),                // CANT_CREATE_TABLE
        (1007, Syntax, Never),               // DB_CREATE_EXISTS
        (1008, Syntax, Never),               // DB_DROP_EXISTS
        (1020, Deadlock, NewTransaction),    // CHECKREAD: record changed since last read
        (1021, Resources, Later),            // DISK_FULL
        (1022, Constraint, Never),           // DUP_KEY
        (1036, ReadOnly, Never),             // OPEN_AS_READONLY
        (1037, Resources, Later),            // OUTOFMEMORY
        (1040, Resources, Later),            // CON_COUNT: too many connections
        (1041, Resources, Later),            // OUT_OF_RESOURCES
        (1044, Access, Never),               // DBACCESS_DENIED
        (1045, Access, Never),               // ACCESS_DENIED
        (1046, Syntax, Never),               // NO_DB
        (1047, Other, Later),                // UNKNOWN_COM_ERROR: cluster node is not ready
        (1048, Constraint, Never),           // BAD_NULL
        (1049, Access, Never),               // BAD_DB
        (1050, Syntax, Never),               // TABLE_EXISTS
        (1051, Syntax, Never),               // BAD_TABLE
        (1052, Syntax, Never),               // NON_UNIQ: ambiguous column
        (1053, Interrupted, Later),          // SERVER_SHUTDOWN
        (1054, Syntax, Never),               // BAD_FIELD
        (1060, Syntax, Never),               // DUP_FIELDNAME
        (1061, Syntax, Never),               // DUP_KEYNAME
        (1062, Constraint, Never),           // DUP_ENTRY
        (1064, Syntax, Never),               // PARSE
        (1065, Syntax, Never),               // EMPTY_QUERY
        (1091, Syntax, Never),               // CANT_DROP_FIELD_OR_KEY
        (1095, Access, Never),               // KILL_DENIED
        (1114, Resources, Later),            // RECORD_FILE_FULL
        (1118, Syntax, Never),               // TOO_BIG_ROWSIZE
        (1129, Access, Later),               // HOST_IS_BLOCKED
        (1136, Syntax, Never),               // WRONG_VALUE_COUNT_ON_ROW
        (1142, Access, Never),               // TABLEACCESS_DENIED
        (1143, Access, Never),               // COLUMNACCESS_DENIED
        (1146, Syntax, Never),               // NO_SUCH_TABLE
        (1153, Data, Never),                 // NET_PACKET_TOO_LARGE
        (1169, Constraint, Never),           // DUP_UNIQUE
        (1180, Other, Never),                // ERROR_DURING_COMMIT
        (1203, Resources, Later),            // TOO_MANY_USER_CONNECTIONS
        (1205, LockTimeout, Later),          // LOCK_WAIT_TIMEOUT
        (1206, Resources, NewTransaction),   // LOCK_TABLE_FULL: rolls back the transaction
        (1213, Deadlock, NewTransaction),    // LOCK_DEADLOCK
        (1216, Constraint, Never),           // NO_REFERENCED_ROW
        (1217, Constraint, Never),           // ROW_IS_REFERENCED
        (1222, Syntax, Never),               // WRONG_NUMBER_OF_COLUMNS_IN_SELECT
        (1226, Resources, Later),            // USER_LIMIT_REACHED
        (1227, Access, Never),               // SPECIFIC_ACCESS_DENIED
        (1235, NotSupported, Never),         // NOT_SUPPORTED_YET
        (1242, Data, Never),                 // SUBQUERY_NO_1_ROW
        (1264, Data, Never),                 // WARN_DATA_OUT_OF_RANGE
        (1265, Data, Never),                 // WARN_DATA_TRUNCATED
        (1290, ReadOnly, Never),             // OPTION_PREVENTS_STATEMENT (--read-only)
        (1292, Data, Never),                 // TRUNCATED_WRONG_VALUE
        (1295, NotSupported, Never),         // UNSUPPORTED_PS
        (1301, Data, Never),                 // WARN_ALLOWED_PACKET_OVERFLOWED
        (1305, Syntax, Never),               // SP_DOES_NOT_EXIST
        (1317, Interrupted, Later),          // QUERY_INTERRUPTED
        (1318, Syntax, Never),               // SP_WRONG_NO_OF_ARGS
        (1364, Constraint, Never),           // NO_DEFAULT_FOR_FIELD
        (1365, Data, Never),                 // DIVISION_BY_ZERO
        (1366, Data, Never),                 // TRUNCATED_WRONG_VALUE_FOR_FIELD
        (1369, Constraint, Never),           // VIEW_CHECK_FAILED
        (1370, Access, Never),               // PROCACCESS_DENIED
        (1390, Syntax, Never),               // PS_MANY_PARAM
        (1397, Other, Never),                // XAER_NOTA
        (1398, Other, Never),                // XAER_INVAL
        (1399, Other, Never),                // XAER_RMFAIL
        (1400, Other, Never),                // XAER_OUTSIDE
        (1401, Other, Never),                // XAER_RMERR
        (1402, Deadlock, NewTransaction),    // XA_RBROLLBACK
        (1406, Data, Never),                 // DATA_TOO_LONG
        (1440, Other, Never),                // XAER_DUPID: the xid is in use
        (1441, Data, Never),                 // DATETIME_FUNCTION_OVERFLOW
        (1451, Constraint, Never),           // ROW_IS_REFERENCED_2
        (1452, Constraint, Never),           // NO_REFERENCED_ROW_2
        (1461, Resources, Later),            // MAX_PREPARED_STMT_COUNT_REACHED
        (1526, Data, Never),                 // NO_PARTITION_FOR_GIVEN_VALUE
        (1557, Constraint, Never),           // FOREIGN_DUPLICATE_KEY
        (1568, Other, Never),                // CANT_CHANGE_TX_CHARACTERISTICS
        (1569, Constraint, Never),           // DUP_ENTRY_AUTOINCREMENT_CASE
        (1586, Constraint, Never),           // DUP_ENTRY_WITH_KEY_NAME
        (1613, LockTimeout, NewTransaction), // XA_RBTIMEOUT
        (1614, Deadlock, NewTransaction),    // XA_RBDEADLOCK
        (1615, Other, Later),                // NEED_REPREPARE
        (1644, Other, Never),                // SIGNAL_EXCEPTION
        (1690, Data, Never),                 // DATA_OUT_OF_RANGE
        (1701, Constraint, Never),           // TRUNCATE_ILLEGAL_FK
        (1761, Constraint, Never),           // FOREIGN_DUPLICATE_KEY_WITH_CHILD_INFO
        (1762, Constraint, Never),           // FOREIGN_DUPLICATE_KEY_WITHOUT_CHILD_INFO
        (1792, ReadOnly, Never),             // CANT_EXECUTE_IN_READ_ONLY_TRANSACTION
        (1824, Other, Never),                // FK_CANNOT_OPEN_PARENT (MySQL; MariaDB reports 1005)
        (1833, Constraint, Never),           // FK_COLUMN_CANNOT_CHANGE_CHILD
        (1834, Constraint, Never),           // FK_CANNOT_DELETE_PARENT
        (1836, ReadOnly, Never),             // READ_ONLY_MODE
        (1927, Interrupted, Later),          // CONNECTION_KILLED (MariaDB)
        (3572, LockTimeout, Later),          // LOCK_NOWAIT (MySQL)
        (3776, Constraint, Never),           // FK_CANNOT_CHANGE_ENGINE (MySQL)
        (3780, Constraint, Never),           // FK_INCOMPATIBLE_COLUMNS (MySQL)
        (3819, Constraint, Never),           // CHECK_CONSTRAINT_VIOLATED (MySQL)
        (4025, Constraint, Never),           // CONSTRAINT_FAILED (MariaDB CHECK)
        (4031, Interrupted, Later),          // CLIENT_INTERACTION_TIMEOUT (MySQL)
    ]
};

/// Returns the class and the retry advice of a server error code.
pub(crate) fn classify(code: u16) -> (ServerClass, RetryAdvice) {
    match CODES.binary_search_by_key(&code, |&(code, ..)| code) {
        Ok(at) => (CODES[at].1, CODES[at].2),
        Err(_) => (ServerClass::Other, RetryAdvice::Never),
    }
}

/// Returns whether the code means that the server is read-only or not ready, while another server
/// of the same database may be usable. A replica reports OPTION_PREVENTS_STATEMENT or
/// READ_ONLY_MODE, a node that lost its cluster UNKNOWN_COM_ERROR.
pub(crate) fn reports_unfit_server(code: u16) -> bool {
    matches!(code, 1047 | 1290 | 1836)
}

/// Returns whether a COMMIT that failed with this code may have taken effect. ERROR_DURING_COMMIT
/// is one of these codes; a node that loses its cluster during COMMIT reports it as well. The
/// others are the codes of an interruption: MariaDB reports them instead of OK if the session is
/// interrupted while it commits.
pub(crate) fn leaves_commit_in_doubt(code: u16) -> bool {
    code == 1180 || classify(code).0 == ServerClass::Interrupted
}

/// Returns whether the server closes the connection after this code: shutdown, connection killed,
/// idle for too long.
pub(crate) fn ends_session(code: u16) -> bool {
    matches!(code, 1053 | 1927 | 4031)
}

/// Returns whether the code means that the server stopped a statement at a deadline of the server:
/// STATEMENT_TIMEOUT (MariaDB) or QUERY_TIMEOUT (MySQL). Guests receive it as a timeout, like a
/// deadline of the host.
pub(crate) fn is_timeout(code: u16) -> bool {
    matches!(code, 1969 | 3024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table_is_sorted_for_binary_search() {
        assert!(CODES.windows(2).all(|pair| pair[0].0 < pair[1].0));
    }

    #[test]
    fn every_code_has_its_class_and_advice() {
        use {RetryAdvice as Retry, ServerClass as Class};
        let expected: &[(Class, Retry, &[u16])] = &[
            (
                Class::Syntax,
                Retry::Never,
                &[
                    1007, 1008, 1046, 1050, 1051, 1052, 1054, 1060, 1061, 1064, 1065, 1091, 1118, 1136, 1146, 1222,
                    1305, 1318, 1390,
                ],
            ),
            (
                Class::Constraint,
                Retry::Never,
                &[
                    1022, 1048, 1062, 1169, 1216, 1217, 1364, 1369, 1451, 1452, 1557, 1569, 1586, 1701, 1761, 1762,
                    1833, 1834, 3776, 3780, 3819, 4025,
                ],
            ),
            (Class::Data, Retry::Never, &[167, 1153, 1242, 1264, 1265, 1292, 1301, 1365, 1366, 1406, 1441, 1526, 1690]),
            (Class::Deadlock, Retry::NewTransaction, &[1020, 1213, 1402, 1614]),
            (Class::LockTimeout, Retry::Later, &[1205, 3572]),
            (Class::LockTimeout, Retry::NewTransaction, &[1613]),
            (Class::Interrupted, Retry::Later, &[1053, 1317, 1927, 4031]),
            (Class::ReadOnly, Retry::Never, &[1036, 1290, 1792, 1836]),
            (Class::Access, Retry::Never, &[1044, 1045, 1049, 1095, 1142, 1143, 1227, 1370]),
            (Class::Access, Retry::Later, &[1129]),
            (Class::Resources, Retry::Later, &[1021, 1037, 1040, 1041, 1114, 1203, 1226, 1461]),
            (Class::Resources, Retry::NewTransaction, &[1206]),
            (Class::NotSupported, Retry::Never, &[1235, 1295]),
            (Class::Other, Retry::Never, &[1005, 1180, 1397, 1398, 1399, 1400, 1401, 1440, 1568, 1644, 1824]),
            (Class::Other, Retry::Later, &[1047, 1615]),
        ];
        for (class, retry, codes) in expected {
            for code in *codes {
                assert_eq!(classify(*code), (*class, *retry), "{code}");
            }
        }
        let count: usize = expected.iter().map(|(.., codes)| codes.len()).sum();
        assert_eq!(count, CODES.len(), "a code of the table is missing in this test");
        assert_eq!(classify(9999), (Class::Other, Retry::Never), "unknown code");
    }

    #[test]
    fn three_codes_end_the_session() {
        let ending: Vec<_> = CODES.iter().map(|&(code, ..)| code).filter(|&code| ends_session(code)).collect();
        assert_eq!(ending, [1053, 1927, 4031]);
    }

    #[test]
    fn interrupted_commit_is_in_doubt() {
        let in_doubt: Vec<_> =
            CODES.iter().map(|&(code, ..)| code).filter(|&code| leaves_commit_in_doubt(code)).collect();
        assert_eq!(in_doubt, [1053, 1180, 1317, 1927, 4031]);
    }

    #[test]
    fn sdk_guide_lists_codes_in_their_class() {
        let guide = include_str!("../../../guest/rust/docs/errors.md");
        let mut seen = 0;
        let rows = guide.lines().filter_map(|line| line.strip_prefix("| `")?.split_once("` | "));
        for (class, rest) in rows {
            let examples = rest.split(" | ").next().unwrap_or_default();
            for code in examples.split([' ', ',']).filter_map(|word| word.parse().ok()).filter(|code| *code >= 1000) {
                assert_eq!(format!("{:?}", classify(code).0), class, "{code}");
                seen += 1;
            }
        }
        assert!(seen >= 20, "the guide's table of classes is missing or too short: {seen} codes");
    }
}
