//! Transactions, and the state of sessions: rows T1 to T9.
