//! Between the types that cross and our own. Batches move column by column; nothing is copied.

use crate::bindings::{options as wit_options, types as wit};
use crate::core;
use crate::pool::Numbers;
use crate::types::{
    AbortReason, Column, ColumnBatch, ColumnValues, Date, DateTime, Error, ErrorKind, IsolationLevel, Limit, RawValue,
    RetryAdvice, RowBatch, ServerClass, Step, Time, TransactionState, Value, VarWidth, Warning,
};

impl From<wit::Value> for Value {
    fn from(value: wit::Value) -> Value {
        match value {
            wit::Value::Null => Value::Null,
            wit::Value::Signed(number) => Value::Signed(number),
            wit::Value::Unsigned(number) => Value::Unsigned(number),
            wit::Value::Float(number) => Value::Float(number),
            wit::Value::Double(number) => Value::Double(number),
            wit::Value::Decimal(text) => Value::Decimal(text),
            wit::Value::Text(text) => Value::Text(text),
            wit::Value::Bytes(bytes) => Value::Bytes(bytes),
            wit::Value::Date(date) => Value::Date(date.into()),
            wit::Value::Time(time) => Value::Time(time.into()),
            wit::Value::Datetime(at) => Value::DateTime(at.into()),
            wit::Value::Raw(raw) => Value::Raw(RawValue { type_code: raw.type_code }),
        }
    }
}

/// The same fields on both sides, both ways.
macro_rules! mirrored {
    ($($ours:ident = $theirs:path { $($field:ident),* })*) => {$(
        impl From<$theirs> for $ours {
            fn from(value: $theirs) -> $ours {
                $ours { $($field: value.$field.into()),* }
            }
        }
        impl From<$ours> for $theirs {
            fn from(value: $ours) -> $theirs {
                $theirs { $($field: value.$field.into()),* }
            }
        }
    )*};
}

mirrored! {
    Date = wit::Date { year, month, day }
    Time = wit::Time { negative, hours, minutes, seconds, microseconds }
    DateTime = wit::Datetime { year, month, day, hour, minute, second, microsecond }
    VarWidth = wit::VarWidth { offsets, data }
}

/// The same cases on both sides, from ours to theirs.
macro_rules! same_cases {
    ($($ours:ident => $theirs:path { $($case:ident),* })*) => {$(
        impl From<$ours> for $theirs {
            fn from(value: $ours) -> $theirs {
                match value { $($ours::$case => <$theirs>::$case),* }
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
    fn from(level: wit::IsolationLevel) -> IsolationLevel {
        match level {
            wit::IsolationLevel::ReadUncommitted => IsolationLevel::ReadUncommitted,
            wit::IsolationLevel::ReadCommitted => IsolationLevel::ReadCommitted,
            wit::IsolationLevel::RepeatableRead => IsolationLevel::RepeatableRead,
            wit::IsolationLevel::Serializable => IsolationLevel::Serializable,
        }
    }
}

impl From<ErrorKind> for wit::ErrorKind {
    fn from(kind: ErrorKind) -> wit::ErrorKind {
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
    fn from(error: Error) -> wit::Error {
        wit::Error {
            kind: error.kind.into(),
            message: error.message,
            transaction: error.transaction.into(),
            retry: error.retry.into(),
        }
    }
}

impl From<RowBatch> for wit::RowBatch {
    fn from(batch: RowBatch) -> wit::RowBatch {
        wit::RowBatch { rows: batch.rows, columns: batch.columns.into_iter().map(Into::into).collect() }
    }
}

impl From<wit::RowBatch> for RowBatch {
    fn from(batch: wit::RowBatch) -> RowBatch {
        RowBatch { rows: batch.rows, columns: batch.columns.into_iter().map(Into::into).collect() }
    }
}

/// A column of a batch both ways; records in it are converted one by one, everything else is moved.
macro_rules! column_batches {
    ($($ours:ident = $theirs:ident),*) => {
        impl From<ColumnBatch> for wit::ColumnBatch {
            fn from(column: ColumnBatch) -> wit::ColumnBatch {
                let values = match column.values {
                    ColumnValues::Null => wit::ColumnValues::Null,
                    ColumnValues::Signed(values) => wit::ColumnValues::Signed(values),
                    ColumnValues::Unsigned(values) => wit::ColumnValues::Unsigned(values),
                    ColumnValues::Float(values) => wit::ColumnValues::Float(values),
                    ColumnValues::Double(values) => wit::ColumnValues::Double(values),
                    ColumnValues::Decimal(values) => wit::ColumnValues::Decimal(values.into()),
                    ColumnValues::Text(values) => wit::ColumnValues::Text(values.into()),
                    ColumnValues::Bytes(values) => wit::ColumnValues::Bytes(values.into()),
                    ColumnValues::Raw(values) => wit::ColumnValues::Raw(values.into()),
                    $(ColumnValues::$ours(values) => {
                        wit::ColumnValues::$theirs(values.into_iter().map(Into::into).collect())
                    })*
                };
                wit::ColumnBatch { validity: column.validity, values }
            }
        }
        impl From<wit::ColumnBatch> for ColumnBatch {
            fn from(column: wit::ColumnBatch) -> ColumnBatch {
                let values = match column.values {
                    wit::ColumnValues::Null => ColumnValues::Null,
                    wit::ColumnValues::Signed(values) => ColumnValues::Signed(values),
                    wit::ColumnValues::Unsigned(values) => ColumnValues::Unsigned(values),
                    wit::ColumnValues::Float(values) => ColumnValues::Float(values),
                    wit::ColumnValues::Double(values) => ColumnValues::Double(values),
                    wit::ColumnValues::Decimal(values) => ColumnValues::Decimal(values.into()),
                    wit::ColumnValues::Text(values) => ColumnValues::Text(values.into()),
                    wit::ColumnValues::Bytes(values) => ColumnValues::Bytes(values.into()),
                    wit::ColumnValues::Raw(values) => ColumnValues::Raw(values.into()),
                    $(wit::ColumnValues::$theirs(values) => {
                        ColumnValues::$ours(values.into_iter().map(Into::into).collect())
                    })*
                };
                ColumnBatch { validity: column.validity, values }
            }
        }
    };
}

column_batches!(Date = Date, Time = Time, DateTime = Datetime);

impl From<&Column> for wit::Column {
    fn from(column: &Column) -> wit::Column {
        // Bits of the protocol's column flags.
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
            type_code: column.type_code,
            column_flags,
            charset: column.charset,
            length: column.length,
            decimals: column.decimals,
        }
    }
}

impl From<Warning> for wit::Warning {
    fn from(warning: Warning) -> wit::Warning {
        wit::Warning { level: warning.level, code: warning.code, message: warning.message }
    }
}

impl From<wit_options::ExecuteOptions> for core::ExecuteOptions {
    fn from(options: wit_options::ExecuteOptions) -> core::ExecuteOptions {
        core::ExecuteOptions { timeout_ms: options.timeout_ms, first_rows: options.first_rows }
    }
}

impl From<wit_options::TransactionOptions> for core::TransactionOptions {
    fn from(options: wit_options::TransactionOptions) -> core::TransactionOptions {
        core::TransactionOptions {
            isolation: options.isolation.map(Into::into),
            read_only: options.read_only,
            consistent_snapshot: options.consistent_snapshot,
        }
    }
}

impl From<wit_options::EngineOptions> for core::EngineOptions {
    fn from(options: wit_options::EngineOptions) -> core::EngineOptions {
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
    fn from(info: &core::EngineInfo) -> wit_options::EngineInfo {
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

impl From<Numbers> for wit_options::PoolStatus {
    fn from(numbers: Numbers) -> wit_options::PoolStatus {
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        wit_options::PoolStatus {
            min_size: count(numbers.min_size),
            max_size: count(numbers.max_size),
            size: count(numbers.size),
            idle: count(numbers.idle),
            in_use: count(numbers.in_use),
            waiting: count(numbers.waiting),
        }
    }
}
