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
        (1038, Resources, Later),            // OUT_OF_SORTMEMORY
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
        (1139, Data, Never),                 // REGEXP_ERROR
        (1142, Access, Never),               // TABLEACCESS_DENIED
        (1143, Access, Never),               // COLUMNACCESS_DENIED
        (1146, Syntax, Never),               // NO_SUCH_TABLE
        (1153, Data, Never),                 // NET_PACKET_TOO_LARGE
        (1169, Constraint, Never),           // DUP_UNIQUE
        (1180, Other, Never),                // ERROR_DURING_COMMIT
        (1197, Resources, Never),            // TRANS_CACHE_FULL: the transaction is too large
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
        (1300, Data, Never),                 // INVALID_CHARACTER_STRING
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
        (1411, Data, Never),                 // WRONG_VALUE_FOR_TYPE
        (1416, Data, Never),                 // CANT_CREATE_GEOMETRY_OBJECT
        (1423, Constraint, Never),           // NO_DEFAULT_FOR_VIEW_FIELD
        (1440, Other, Never),                // XAER_DUPID: the xid is in use
        (1441, Data, Never),                 // DATETIME_FUNCTION_OVERFLOW
        (1451, Constraint, Never),           // ROW_IS_REFERENCED_2
        (1452, Constraint, Never),           // NO_REFERENCED_ROW_2
        (1461, Resources, Later),            // MAX_PREPARED_STMT_COUNT_REACHED
        (1526, Data, Never),                 // NO_PARTITION_FOR_GIVEN_VALUE
        (1553, Constraint, Never),           // DROP_INDEX_FK
        (1557, Constraint, Never),           // FOREIGN_DUPLICATE_KEY
        (1568, Other, Never),                // CANT_CHANGE_TX_CHARACTERISTICS
        (1569, Constraint, Never),           // DUP_ENTRY_AUTOINCREMENT_CASE
        (1586, Constraint, Never),           // DUP_ENTRY_WITH_KEY_NAME
        (1613, LockTimeout, NewTransaction), // XA_RBTIMEOUT
        (1614, Deadlock, NewTransaction),    // XA_RBDEADLOCK
        (1615, Other, Later),                // NEED_REPREPARE
        (1637, Resources, Later),            // TOO_MANY_CONCURRENT_TRXS
        (1644, Other, Never),                // SIGNAL_EXCEPTION
        (1690, Data, Never),                 // DATA_OUT_OF_RANGE
        (1701, Constraint, Never),           // TRUNCATE_ILLEGAL_FK
        (1748, Data, Never),                 // ROW_DOES_NOT_MATCH_GIVEN_PARTITION_SET
        (1761, Constraint, Never),           // FOREIGN_DUPLICATE_KEY_WITH_CHILD_INFO
        (1762, Constraint, Never),           // FOREIGN_DUPLICATE_KEY_WITHOUT_CHILD_INFO
        (1792, ReadOnly, Never),             // CANT_EXECUTE_IN_READ_ONLY_TRANSACTION
        (1824, Other, Never),                // FK_CANNOT_OPEN_PARENT (MySQL; MariaDB reports 1005)
        (1828, Constraint, Never),           // FK_COLUMN_CANNOT_DROP
        (1829, Constraint, Never),           // FK_COLUMN_CANNOT_DROP_CHILD
        (1832, Constraint, Never),           // FK_COLUMN_CANNOT_CHANGE
        (1833, Constraint, Never),           // FK_COLUMN_CANNOT_CHANGE_CHILD
        (1834, Constraint, Never),           // FK_CANNOT_DELETE_PARENT
        (1836, ReadOnly, Never),             // READ_ONLY_MODE
        (1845, NotSupported, Never),         // ALTER_OPERATION_NOT_SUPPORTED
        (1846, NotSupported, Never),         // ALTER_OPERATION_NOT_SUPPORTED_REASON
        (1874, ReadOnly, Never),             // INNODB_READ_ONLY
        (1906, Constraint, Never),           // WARNING_NON_DEFAULT_VALUE_FOR_GENERATED_COLUMN (MariaDB)
        (1927, Interrupted, Later),          // CONNECTION_KILLED (MariaDB)
        (3032, Interrupted, Later),          // SERVER_OFFLINE_MODE (MySQL)
        (3033, Data, Never),                 // GIS_DIFFERENT_SRIDS (MySQL)
        (3037, Data, Never),                 // GIS_INVALID_DATA (MySQL)
        (3058, LockTimeout, Later),          // USER_LOCK_DEADLOCK (MySQL): named locks
        (3101, Deadlock, NewTransaction),    // TRANSACTION_ROLLBACK_DURING_COMMIT (MySQL)
        (3105, Constraint, Never),           // NON_DEFAULT_VALUE_FOR_GENERATED_COLUMN (MySQL)
        (3106, NotSupported, Never),         // UNSUPPORTED_ACTION_ON_GENERATED_COLUMN (MySQL)
        (3108, Constraint, Never),           // DEPENDENT_BY_GENERATED_COLUMN (MySQL)
        (3140, Data, Never),                 // INVALID_JSON_TEXT (MySQL)
        (3141, Data, Never),                 // INVALID_JSON_TEXT_IN_PARAM (MySQL)
        (3143, Data, Never),                 // INVALID_JSON_PATH (MySQL)
        (3144, Data, Never),                 // INVALID_JSON_CHARSET (MySQL)
        (3146, Data, Never),                 // INVALID_TYPE_FOR_JSON (MySQL)
        (3149, Data, Never),                 // INVALID_JSON_PATH_WILDCARD (MySQL)
        (3151, Data, Never),                 // JSON_KEY_TOO_BIG (MySQL)
        (3153, Data, Never),                 // JSON_VACUOUS_PATH (MySQL)
        (3154, Data, Never),                 // JSON_BAD_ONE_OR_ALL_ARG (MySQL)
        (3155, Data, Never),                 // NUMERIC_JSON_VALUE_OUT_OF_RANGE (MySQL)
        (3156, Data, Never),                 // INVALID_JSON_VALUE_FOR_CAST (MySQL)
        (3157, Data, Never),                 // JSON_DOCUMENT_TOO_DEEP (MySQL)
        (3158, Data, Never),                 // JSON_DOCUMENT_NULL_KEY (MySQL)
        (3161, NotSupported, Never),         // DISABLED_STORAGE_ENGINE (MySQL)
        (3165, Data, Never),                 // INVALID_JSON_PATH_ARRAY_CELL (MySQL)
        (3168, Interrupted, Later),          // SERVER_ISNT_AVAILABLE (MySQL)
        (3169, Interrupted, Later),          // SESSION_WAS_KILLED (MySQL)
        (3197, Other, Later),                // XA_RETRY (MySQL)
        (3516, Data, Never),                 // UNEXPECTED_GEOMETRY_TYPE (MySQL)
        (3548, Data, Never),                 // SRS_NOT_FOUND (MySQL)
        (3554, Access, Never),               // NO_SYSTEM_TABLE_ACCESS (MySQL)
        (3572, LockTimeout, Later),          // LOCK_NOWAIT (MySQL)
        (3573, Syntax, Never),               // CTE_RECURSIVE_REQUIRES_UNION (MySQL)
        (3579, Syntax, Never),               // WINDOW_NO_SUCH_WINDOW (MySQL)
        (3593, Syntax, Never),               // WINDOW_INVALID_WINDOW_FUNC_USE (MySQL)
        (3616, Data, Never),                 // LONGITUDE_OUT_OF_RANGE (MySQL)
        (3617, Data, Never),                 // LATITUDE_OUT_OF_RANGE (MySQL)
        (3618, NotSupported, Never),         // NOT_IMPLEMENTED_FOR_GEOGRAPHIC_SRS (MySQL)
        (3636, Resources, Never),            // CTE_MAX_RECURSION_DEPTH (MySQL)
        (3643, Data, Never),                 // WRONG_SRID_FOR_COLUMN (MySQL)
        (3665, Data, Never),                 // MISSING_JSON_TABLE_VALUE (MySQL)
        (3666, Data, Never),                 // WRONG_JSON_TABLE_VALUE (MySQL)
        (3667, Syntax, Never),               // TF_MUST_HAVE_ALIAS (MySQL)
        (3669, Data, Never),                 // JT_VALUE_OUT_OF_RANGE (MySQL)
        (3686, Data, Never),                 // REGEXP_INDEX_OUTOFBOUNDS_ERROR (MySQL)
        (3687, Data, Never),                 // REGEXP_INTERNAL_ERROR (MySQL): too deeply nested
        (3688, Data, Never),                 // REGEXP_RULE_SYNTAX (MySQL)
        (3689, Data, Never),                 // REGEXP_BAD_ESCAPE_SEQUENCE (MySQL)
        (3691, Data, Never),                 // REGEXP_MISMATCHED_PAREN (MySQL)
        (3692, Data, Never),                 // REGEXP_BAD_INTERVAL (MySQL)
        (3693, Data, Never),                 // REGEXP_MAX_LT_MIN (MySQL)
        (3694, Data, Never),                 // REGEXP_INVALID_BACK_REF (MySQL)
        (3695, Data, Never),                 // REGEXP_LOOK_BEHIND_LIMIT (MySQL)
        (3696, Data, Never),                 // REGEXP_MISSING_CLOSE_BRACKET (MySQL)
        (3697, Data, Never),                 // REGEXP_INVALID_RANGE (MySQL)
        (3699, Data, Never),                 // REGEXP_TIME_OUT (MySQL)
        (3730, Constraint, Never),           // FK_CANNOT_DROP_PARENT (MySQL)
        (3734, Syntax, Never),               // FK_NO_COLUMN_PARENT (MySQL)
        (3750, NotSupported, Never),         // TABLE_WITHOUT_PK (MySQL): sql_require_primary_key is on
        (3751, Data, Never),                 // WARN_DATA_TRUNCATED_FUNCTIONAL_INDEX (MySQL)
        (3776, Constraint, Never),           // FK_CANNOT_CHANGE_ENGINE (MySQL)
        (3780, Constraint, Never),           // FK_INCOMPATIBLE_COLUMNS (MySQL)
        (3812, Syntax, Never),               // NON_BOOLEAN_EXPR_FOR_CHECK_CONSTRAINT (MySQL)
        (3813, Syntax, Never),               // COLUMN_CHECK_CONSTRAINT_REFERENCES_OTHER_COLUMN (MySQL)
        (3814, Syntax, Never),               // CHECK_CONSTRAINT_NAMED_FUNCTION_IS_NOT_ALLOWED (MySQL)
        (3815, Syntax, Never),               // CHECK_CONSTRAINT_FUNCTION_IS_NOT_ALLOWED (MySQL)
        (3818, Syntax, Never),               // CHECK_CONSTRAINT_REFERS_AUTO_INCREMENT_COLUMN (MySQL)
        (3819, Constraint, Never),           // CHECK_CONSTRAINT_VIOLATED (MySQL)
        (3820, Syntax, Never),               // CHECK_CONSTRAINT_REFERS_UNKNOWN_COLUMN (MySQL)
        (3821, Syntax, Never),               // CHECK_CONSTRAINT_NOT_FOUND (MySQL)
        (3822, Syntax, Never),               // CHECK_CONSTRAINT_DUP_NAME (MySQL)
        (3823, Syntax, Never),               // CHECK_CONSTRAINT_CLAUSE_USING_FK_REFER_ACTION_COLUMN (MySQL)
        (3837, Constraint, Never),           // DEPENDENT_BY_FUNCTIONAL_INDEX (MySQL)
        (3854, Data, Never),                 // CANNOT_CONVERT_STRING (MySQL)
        (3903, Data, Never),                 // INVALID_JSON_VALUE_FOR_FUNC_INDEX (MySQL)
        (3904, Data, Never),                 // JSON_VALUE_OUT_OF_RANGE_FOR_FUNC_INDEX (MySQL)
        (3907, Data, Never),                 // FUNCTIONAL_INDEX_DATA_IS_TOO_LONG (MySQL)
        (3908, Data, Never),                 // WRONG_MVI_VALUE (MySQL)
        (3940, Syntax, Never),               // CONSTRAINT_NOT_FOUND (MySQL)
        (3942, Syntax, Never),               // TABLE_VALUE_CONSTRUCTOR_MUST_HAVE_COLUMNS (MySQL)
        (3943, Syntax, Never),               // TABLE_VALUE_CONSTRUCTOR_CANNOT_HAVE_DEFAULT (MySQL)
        (3950, Resources, Later),            // DA_OOM (MySQL)
        (3959, Constraint, Never),           // DEPENDENT_BY_CHECK_CONSTRAINT (MySQL)
        (3966, Data, Never),                 // MISSING_JSON_VALUE (MySQL)
        (3967, Data, Never),                 // MULTIPLE_JSON_VALUES (MySQL)
        (3985, Resources, Later),            // MDL_OUT_OF_RESOURCES (MySQL)
        (3988, Data, Never),                 // IMPOSSIBLE_STRING_CONVERSION (MySQL)
        (3989, ReadOnly, Never),             // SCHEMA_READ_ONLY (MySQL)
        (4025, Constraint, Never),           // CONSTRAINT_FAILED (MariaDB CHECK)
        (4031, Interrupted, Later),          // CLIENT_INTERACTION_TIMEOUT (MySQL)
        (6136, Data, Never),                 // DATA_INCOMPATIBLE_WITH_VECTOR (MySQL)
        (6137, Data, Never),                 // EXCEEDS_VECTOR_MAX_DIMENSIONS (MySQL)
        (6138, Data, Never),                 // TO_VECTOR_CONVERSION (MySQL)
        (6400, Interrupted, Later),          // SERVER_OFFLINE_MODE_REASON (MySQL)
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
#[path = "server_code_tests.rs"]
mod tests;
