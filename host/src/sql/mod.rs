//! What must be known of a statement's text before it is sent. Pure functions over tokens; nothing here talks to a server.

mod definition;
mod kind;
mod multi_row;
mod placeholders;
mod reach;
mod show_grants;
mod tokens;

pub(crate) use kind::{Scope, StatementKind, classify};
pub(crate) use multi_row::MultiRow;
pub(crate) use placeholders::{has_named_placeholder, set_apart};
pub(crate) use reach::takes_named_locks;
pub(crate) use show_grants::privileges;
#[cfg(any(test, fuzzing))]
pub(crate) use tokens::{Located, Token, tokens};
