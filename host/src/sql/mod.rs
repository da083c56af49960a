//! What must be known of a statement's text before it is sent. Pure functions over tokens; nothing here talks to a server.

mod kind;
mod multi_row;
mod tokens;

pub(crate) use kind::{StatementKind, classify};
pub(crate) use multi_row::MultiRow;
