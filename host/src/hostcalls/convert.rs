//! Conversions between the types of the bindings and those of `types` and `core`. A batch is moved.

use crate::bindings::{options as wit_options, types as wit};
use crate::core;
use crate::pool::PoolStatus;
use crate::types::{
    AbortReason, Column, ColumnKind, Date, DateTime, Error, ErrorKind, IsolationLevel, Limit, RawValue, RetryAdvice,
    RowBatch, ServerClass, Step, Time, TransactionState, Value, Warning,
};

impl From<wit::Value> for Value {
    fn from(value: wit::Value) -> Self {
        match value {
            wit::Value::Null => Value::Null,
            wit::Value::Signed(number) => Value::Signed(number),
            wit::Value::Unsigned(number) => Value::Unsigned(number),
            wit::Value::Float(number) => Value::Float(number),
            wit::Value::Double(number) => Value::Double(number),
            wit::Value::Decimal(text) => Value::Decimal(text),
            wit::Value::Text(text) => Value::Text(text),
            wit::Value::Bytes(bytes) => Value::Bytes(bytes),
            wit::Value::Date(wit::Date { year, month, day }) => Value::Date(Date { year, month, day }),
            wit::Value::Time(wit::Time { negative, hours, minutes, seconds, microseconds }) => {
                Value::Time(Time { negative, hours, minutes, seconds, microseconds })
            }
            wit::Value::Datetime(wit::Datetime { year, month, day, hour, minute, second, microsecond }) => {
                Value::DateTime(DateTime { year, month, day, hour, minute, second, microsecond })
            }
            wit::Value::Raw(raw) => Value::Raw(RawValue { type_code: raw.type_code }),
        }
    }
}

/// Implements the conversion to an enum of the bindings with the same cases.
macro_rules! same_cases {
    ($($core:ident => $wit:path { $($case:ident),* })*) => {$(
        impl From<$core> for $wit {
            fn from(value: $core) -> Self {
                match value { $($core::$case => <$wit>::$case),* }
            }
        }
    )*};
}

same_cases! {
    Step => wit::Step { Acquire, Connect, Execute, Fetch, Commit, Rollback }
    Limit => wit::Limit {
        Connections, Waiters, Statements, SqlBytes, Parameters, ParameterBytes, Columns, RowBytes, ResultBytes, ResultRows,
        PreparedTransactions,
        TransactionDepth
    }
    ServerClass => wit::ServerClass {
        Syntax, Constraint, Data, Deadlock, LockTimeout, Interrupted, ReadOnly, Access, Resources, NotSupported, Other
    }
    AbortReason => wit::AbortReason { Deadlock, ImplicitCommit, ConnectionLost, Idle, Timeout, InnerRollback, Other }
    TransactionState => wit::TransactionState { None, Open, RolledBack, Unknown }
    RetryAdvice => wit::RetryAdvice { Never, NewTransaction, Later }
}

impl From<wit::IsolationLevel> for IsolationLevel {
    fn from(level: wit::IsolationLevel) -> Self {
        match level {
            wit::IsolationLevel::ReadUncommitted => IsolationLevel::ReadUncommitted,
            wit::IsolationLevel::ReadCommitted => IsolationLevel::ReadCommitted,
            wit::IsolationLevel::RepeatableRead => IsolationLevel::RepeatableRead,
            wit::IsolationLevel::Serializable => IsolationLevel::Serializable,
        }
    }
}

impl From<ErrorKind> for wit::ErrorKind {
    fn from(kind: ErrorKind) -> Self {
        match kind {
            ErrorKind::Argument => wit::ErrorKind::Argument,
            ErrorKind::InvalidRequest | ErrorKind::BegunByStatement => wit::ErrorKind::InvalidRequest,
            ErrorKind::ResourceClosed => wit::ErrorKind::ResourceClosed,
            ErrorKind::Busy => wit::ErrorKind::Busy,
            ErrorKind::EngineDenied => wit::ErrorKind::EngineDenied,
            ErrorKind::StatementDenied => wit::ErrorKind::StatementDenied,
            ErrorKind::LimitExceeded(limit) => wit::ErrorKind::LimitExceeded(limit.into()),
            ErrorKind::Timeout(step) => wit::ErrorKind::Timeout(step.into()),
            ErrorKind::ServerTimeout => wit::ErrorKind::Timeout(wit::Step::Execute),
            ErrorKind::PoolClosed => wit::ErrorKind::PoolClosed,
            ErrorKind::Unreachable => wit::ErrorKind::Unreachable,
            ErrorKind::AuthFailed => wit::ErrorKind::AuthFailed,
            ErrorKind::TlsFailed => wit::ErrorKind::TlsFailed,
            ErrorKind::Server(server) => wit::ErrorKind::Server(wit::ServerError {
                class: server.class.into(),
                code: server.code,
                sqlstate: server.sqlstate,
            }),
            ErrorKind::ConnectionLost => wit::ErrorKind::ConnectionLost,
            ErrorKind::TransactionAborted(reason) => wit::ErrorKind::TransactionAborted(reason.into()),
            ErrorKind::CommitUnknown => wit::ErrorKind::CommitUnknown,
            ErrorKind::ValueUnsupported => wit::ErrorKind::ValueUnsupported,
            ErrorKind::ProtocolViolation => wit::ErrorKind::ProtocolViolation,
        }
    }
}

impl From<Error> for wit::Error {
    fn from(error: Error) -> Self {
        wit::Error {
            kind: error.kind.into(),
            message: error.message,
            transaction: error.transaction.into(),
            retry: error.retry.into(),
        }
    }
}

impl From<RowBatch> for wit::RowBatch {
    fn from(RowBatch { rows, data }: RowBatch) -> Self {
        wit::RowBatch { rows, data }
    }
}

impl From<wit::RowBatch> for RowBatch {
    fn from(wit::RowBatch { rows, data }: wit::RowBatch) -> Self {
        RowBatch { rows, data }
    }
}

impl From<ColumnKind> for wit::ColumnKind {
    fn from(kind: ColumnKind) -> Self {
        match kind {
            ColumnKind::Null => wit::ColumnKind::Null,
            ColumnKind::Signed => wit::ColumnKind::Signed,
            ColumnKind::Unsigned => wit::ColumnKind::Unsigned,
            ColumnKind::Float => wit::ColumnKind::Float,
            ColumnKind::Double => wit::ColumnKind::Double,
            ColumnKind::Decimal => wit::ColumnKind::Decimal,
            ColumnKind::Text => wit::ColumnKind::Text,
            ColumnKind::Bytes => wit::ColumnKind::Bytes,
            ColumnKind::Date => wit::ColumnKind::Date,
            ColumnKind::Time => wit::ColumnKind::Time,
            ColumnKind::DateTime => wit::ColumnKind::Datetime,
            ColumnKind::Raw => wit::ColumnKind::Raw,
        }
    }
}

impl From<&Column> for wit::Column {
    fn from(column: &Column) -> Self {
        // The bits of the column flags in the protocol.
        const FLAGS: [(u16, wit::ColumnFlags); 9] = [
            (1, wit::ColumnFlags::NOT_NULL),
            (1 << 1, wit::ColumnFlags::PRIMARY_KEY),
            (1 << 2, wit::ColumnFlags::UNIQUE_KEY),
            (1 << 3, wit::ColumnFlags::MULTIPLE_KEY),
            (1 << 5, wit::ColumnFlags::UNSIGNED),
            (1 << 6, wit::ColumnFlags::ZEROFILL),
            (1 << 8, wit::ColumnFlags::ENUMERATION),
            (1 << 9, wit::ColumnFlags::AUTO_INCREMENT),
            (1 << 11, wit::ColumnFlags::SET),
        ];
        let column_flags = FLAGS
            .into_iter()
            .filter(|(bit, _)| column.flags & bit != 0)
            .fold(wit::ColumnFlags::empty(), |flags, (_, flag)| flags | flag);
        wit::Column {
            name: column.name.clone(),
            table: column.table.clone(),
            kind: column.kind.into(),
            type_code: column.type_code,
            column_flags,
            charset: column.charset,
            length: column.length,
            decimals: column.decimals,
        }
    }
}

impl From<Warning> for wit::Warning {
    fn from(warning: Warning) -> Self {
        wit::Warning { level: warning.level, code: warning.code, message: warning.message }
    }
}

impl From<wit_options::ExecuteOptions> for core::ExecuteOptions {
    fn from(options: wit_options::ExecuteOptions) -> Self {
        core::ExecuteOptions { timeout_ms: options.timeout_ms, first_rows: options.first_rows }
    }
}

impl From<wit_options::TransactionOptions> for core::TransactionOptions {
    fn from(options: wit_options::TransactionOptions) -> Self {
        core::TransactionOptions {
            isolation: options.isolation.map(Into::into),
            read_only: options.read_only,
            consistent_snapshot: options.consistent_snapshot,
        }
    }
}

impl From<wit_options::EngineOptions> for core::EngineOptions {
    fn from(options: wit_options::EngineOptions) -> Self {
        core::EngineOptions {
            max_connections: options.max_connections,
            acquire_timeout_ms: options.acquire_timeout_ms,
            statement_timeout_ms: options.statement_timeout_ms,
            isolation: options.isolation.map(Into::into),
            read_only: options.read_only,
        }
    }
}

impl From<&core::EngineInfo> for wit_options::EngineInfo {
    fn from(info: &core::EngineInfo) -> Self {
        wit_options::EngineInfo {
            database: info.database.clone(),
            name: "mysql".to_owned(),
            driver: info.driver.to_owned(),
            server_version: info.server_version.clone(),
            server_flavour: info.server_flavour.to_owned(),
            charset: "utf8mb4".to_owned(),
            sql_mode: info.sql_mode.clone(),
            max_allowed_packet: info.max_allowed_packet,
        }
    }
}

impl From<PoolStatus> for wit_options::PoolStatus {
    fn from(status: PoolStatus) -> Self {
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        wit_options::PoolStatus {
            min_size: count(status.min_size),
            max_size: count(status.max_size),
            size: count(status.size),
            idle: count(status.idle),
            in_use: count(status.in_use),
            waiting: count(status.waiting),
        }
    }
}
