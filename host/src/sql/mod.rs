//! What must be known of a statement's text before it is sent. Pure functions over tokens; nothing here talks to a server.

mod casts;
mod columns;
mod definition;
mod functions;
mod kind;
mod multi_row;
mod placeholders;
mod reach;
mod tokens;

pub(crate) use casts::{CAST_BYTES, Cast, typed, untyped};
pub(crate) use columns::may_wrap_columns;
pub(crate) use functions::calls_unknown_function;
pub(crate) use kind::{Scope, StatementKind, classify, is_call};
pub(crate) use multi_row::{MultiRow, returns_rows};
pub(crate) use placeholders::{has_named_placeholder, set_apart};
pub(crate) use reach::takes_named_locks;
#[cfg(any(test, fuzzing))]
pub(crate) use tokens::{Located, Token, tokens};
