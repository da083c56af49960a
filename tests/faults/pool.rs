//! The pool, and calls that are cancelled: rows P1 to P13.
