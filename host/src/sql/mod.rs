//! Analyzes the text of a statement before it is sent. All functions are pure functions of tokens.

mod assignments;
mod bulk;
mod casts;
mod columns;
mod definition;
mod functions;
mod hints;
mod kind;
mod multi_row;
mod only_statement;
mod placeholders;
mod reach;
#[cfg(test)]
mod scaling_tests;
mod statements;
mod user_variables;

use wasmysql_sql::LexError;

use crate::types::{Error, ErrorKind};

pub(crate) use assignments::only_assigns_values;
pub(crate) use bulk::Bulk;
pub(crate) use casts::{CAST_BYTES, Cast, with_casts, without_casts};
pub(crate) use columns::may_wrap_columns;
pub(crate) use functions::calls_unknown_function;
pub(crate) use hints::setting_hint;
pub(crate) use kind::{Scope, StatementKind, classify, is_call};
pub(crate) use multi_row::{MultiRow, returns_rows};
pub(crate) use only_statement::{only_statement, reads_diagnostics};
pub(crate) use placeholders::rewritten_for_driver;
pub(crate) use reach::takes_named_locks;
pub use statements::Statements;
pub(crate) use user_variables::{may_change_user_variables, may_use_user_variables};

impl From<LexError> for Error {
    fn from(error: LexError) -> Self {
        match error {
            LexError::ExecutableComment => Self::new(ErrorKind::StatementDenied, error.to_string()),
            _ => Self::argument(format!("the statement can't be parsed: {error}")),
        }
    }
}
