//! Errors, to SeaORM and back.

use crate::error::Error;
use ::sea_orm::{DbErr, SqlErr};
use std::sync::Arc;

impl From<Error> for DbErr {
    /// As the variant that keeps an error whole; [`error`] gives it back.
    fn from(error: Error) -> Self {
        Self::TryIntoErr { from: "a call of wasmysql", into: "its answer", source: Arc::new(error) }
    }
}

/// The error of wasmysql behind one of SeaORM's, to branch on its kind; `None` where SeaORM itself is unhappy.
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

/// Whether a unique or a foreign key was violated: what `DbErr::sql_err` tells of SeaORM's own drivers.
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
    // The numbers that SeaORM knows them by.
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
    fn an_error_comes_back_whole() {
        let given = Error::new(ErrorKind::Busy, "not now");
        let taken = DbErr::from(given.clone());
        assert_eq!(error(&taken), Some(&given));
        assert_eq!(taken.to_string(), "Error converting `a call of wasmysql` into `its answer`: not now");
        assert_eq!(error(&DbErr::RecordNotInserted), None);
    }

    #[test]
    fn violations_are_told_apart() {
        let no = || "no".to_owned();
        assert_eq!(sql_err(&of_server(1062)), Some(SqlErr::UniqueConstraintViolation(no())));
        assert_eq!(sql_err(&of_server(1452)), Some(SqlErr::ForeignKeyConstraintViolation(no())));
        assert_eq!(sql_err(&of_server(1054)), None);
        assert_eq!(sql_err(&DbErr::RecordNotInserted), None);
    }
}
