//! What must be known of a statement's text before it is sent. Pure functions over tokens; nothing here talks to a server.

mod kind;
mod multi_row;
mod show_grants;
mod tokens;

pub(crate) use kind::{StatementKind, classify, is_call};
pub(crate) use multi_row::MultiRow;
pub(crate) use show_grants::privileges;
#[cfg(any(test, fuzzing))]
pub(crate) use tokens::{Located, Token, tokens};
