//! Conversion of errors to SeaORM's type and back.

use std::sync::Arc;

use ::sea_orm::{DbErr, SqlErr};

use crate::error::Error;

impl From<Error> for DbErr {
    /// Wraps the error in a variant that preserves it. [`error`] unwraps it.
    fn from(error: Error) -> Self {
        Self::TryIntoErr { from: "wasmysql call", into: "result", source: Arc::new(error) }
    }
}

/// Returns the wasmysql error in a `DbErr`, or `None` for an error of SeaORM itself.
///
/// # Examples
///
/// ```
/// use sea_orm::DbErr;
/// use wasmysql::ErrorKind;
///
/// fn is_denied(error: &DbErr) -> bool {
///     wasmysql::sea_orm::error(error).is_some_and(|error| error.kind() == &ErrorKind::StatementDenied)
/// }
/// ```
pub fn error(error: &DbErr) -> Option<&Error> {
    match error {
        DbErr::TryIntoErr { source, .. } => source.downcast_ref(),
        _ => None,
    }
}

/// Returns whether a unique key or a foreign key was violated. It replaces `DbErr::sql_err`, which
/// only supports SeaORM's own drivers.
///
/// # Examples
///
/// ```
/// use sea_orm::{DbErr, SqlErr};
///
/// fn is_taken(error: &DbErr) -> bool {
///     matches!(wasmysql::sea_orm::sql_err(error), Some(SqlErr::UniqueConstraintViolation(_)))
/// }
/// ```
pub fn sql_err(error: &DbErr) -> Option<SqlErr> {
    let error = self::error(error)?;
    // SeaORM classifies errors of its MySQL driver by the same numbers.
    match error.code()? {
        1022 | 1062 | 1169 | 1586 => Some(SqlErr::UniqueConstraintViolation(error.message().to_owned())),
        1216 | 1217 | 1451 | 1452 | 1557 | 1761 | 1762 => {
            Some(SqlErr::ForeignKeyConstraintViolation(error.message().to_owned()))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bindings::types as wit;
    use crate::error::ErrorKind;

    fn of_server(code: u16) -> DbErr {
        let class = wit::ServerClass::Constraint;
        let kind = wit::ErrorKind::Server(wit::ServerError { class, code, sqlstate: "23000".to_owned() });
        let message = "no".to_owned();
        let (transaction, retry) = (wit::TransactionState::None, wit::RetryAdvice::Never);
        Error::from(wit::Error { kind, message, transaction, retry }).into()
    }

    #[test]
    fn error_is_unwrapped_unchanged() {
        let given = Error::new(ErrorKind::Busy, "not now");
        let taken = DbErr::from(given.clone());
        assert_eq!(error(&taken), Some(&given));
        assert_eq!(taken.to_string(), "Error converting `wasmysql call` into `result`: not now");
        assert_eq!(error(&DbErr::RecordNotInserted), None);
    }

    #[test]
    fn unique_and_foreign_key_violations_are_distinguished() {
        let no = || "no".to_owned();
        assert_eq!(sql_err(&of_server(1062)), Some(SqlErr::UniqueConstraintViolation(no())));
        assert_eq!(sql_err(&of_server(1452)), Some(SqlErr::ForeignKeyConstraintViolation(no())));
        assert_eq!(sql_err(&of_server(1054)), None);
        assert_eq!(sql_err(&DbErr::RecordNotInserted), None);
    }
}
