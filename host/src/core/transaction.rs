//! The state of a connection's transaction, and what each call may do in it. No I/O here: a call asks what to send, sends it, and
//! tells what came of it. The table is in ARCHITECTURE.md, "Transactions".

use crate::types::{AbortReason, Error, ErrorKind, Result, TransactionState};

/// Names one `begin` of one connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TransactionId(u64);

/// Where the connection stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Autocommit: each statement is its own transaction.
    None,
    /// Begun, and the server agrees.
    Open,
    /// It can go no further; its owner has yet to end it.
    Aborted(AbortReason),
}

/// What a `commit`, `rollback` or `close` has to send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Send {
    Commit,
    Rollback,
    Nothing,
}

/// The stack of begun transactions: the root, then emulated inner ones.
#[derive(Debug)]
pub(crate) struct Transactions {
    state: State,
    open: Vec<TransactionId>,
    begun: u64,
}

impl Default for Transactions {
    fn default() -> Transactions {
        Transactions { state: State::None, open: Vec::new(), begun: 0 }
    }
}

impl Transactions {
    /// Whether a statement may run now. In an aborted transaction it would run in autocommit, and stay.
    pub(crate) fn admit_statement(&self) -> Result<()> {
        match self.state {
            State::None | State::Open => Ok(()),
            State::Aborted(reason) => Err(aborted(reason)),
        }
    }

    /// Whether `begin` starts the root (true), or an inner transaction.
    pub(crate) fn begins_root(&self) -> Result<bool> {
        self.admit_statement()?;
        Ok(self.state == State::None)
    }

    /// A transaction was begun.
    pub(crate) fn begun(&mut self) -> TransactionId {
        self.begun += 1;
        let id = TransactionId(self.begun);
        self.state = State::Open;
        self.open.push(id);
        id
    }

    /// Whether it still has to be ended by its owner.
    pub(crate) fn is_open(&self, id: TransactionId) -> bool {
        self.open.contains(&id)
    }

    pub(crate) fn is_active(&self, id: TransactionId) -> bool {
        self.state == State::Open && self.open.contains(&id)
    }

    /// What committing `id` has to send. An inner one only leaves the stack, which is done here.
    pub(crate) fn commit(&mut self, id: TransactionId) -> Result<Send> {
        let Some(depth) = self.open.iter().position(|open| *open == id) else {
            return Err(Error::new(ErrorKind::InvalidRequest, "This transaction is inactive"));
        };
        if let State::Aborted(reason) = self.state {
            return Err(aborted(reason));
        }
        if depth == 0 {
            return Ok(Send::Commit);
        }
        self.open.truncate(depth);
        Ok(Send::Nothing)
    }

    /// What rolling `id` back has to send. One that is over: nothing, as in SQLAlchemy.
    pub(crate) fn rollback(&mut self, id: TransactionId) -> Result<Send> {
        if !self.open.contains(&id) {
            return Ok(Send::Nothing);
        }
        match self.state {
            State::None => Ok(Send::Nothing),
            State::Open => Ok(Send::Rollback),
            // What the server committed by itself can't be rolled back, and saying otherwise would be a lie.
            State::Aborted(reason @ AbortReason::ImplicitCommit) => {
                self.rolled_back(id);
                Err(aborted(reason))
            }
            State::Aborted(AbortReason::ConnectionLost | AbortReason::Timeout | AbortReason::InnerRollback) => {
                self.rolled_back(id);
                Ok(Send::Nothing)
            }
            State::Aborted(_) => Ok(Send::Rollback),
        }
    }

    /// What leaving `id` has to send: the root is rolled back, an inner one merely left.
    pub(crate) fn close(&mut self, id: TransactionId) -> Result<Send> {
        match self.open.iter().position(|open| *open == id) {
            Some(0) => self.rollback(id),
            Some(depth) => {
                self.open.truncate(depth);
                Ok(Send::Nothing)
            }
            None => Ok(Send::Nothing),
        }
    }

    /// The root was committed.
    pub(crate) fn committed(&mut self) {
        self.ended();
    }

    /// ROLLBACK was done for `id`. For an inner one the root is left to its owner, who must not go on as if nothing had happened.
    pub(crate) fn rolled_back(&mut self, id: TransactionId) {
        match self.open.iter().position(|open| *open == id) {
            Some(depth @ 1..) => {
                self.open.truncate(depth);
                if self.state == State::Open {
                    self.state = State::Aborted(AbortReason::InnerRollback);
                }
            }
            _ => self.ended(),
        }
    }

    /// Everything was rolled back, whoever had begun it.
    pub(crate) fn ended(&mut self) {
        self.state = State::None;
        self.open.clear();
    }

    /// The server answered, and said whether a transaction is open.
    pub(crate) fn server_says(&mut self, in_transaction: bool) {
        if self.state == State::Open && !in_transaction {
            self.state = State::Aborted(AbortReason::ImplicitCommit);
        }
    }

    /// The transaction can go no further.
    pub(crate) fn abort(&mut self, reason: AbortReason) {
        if self.state == State::Open {
            self.state = State::Aborted(reason);
        }
    }

    /// Whether the server may have something open.
    pub(crate) fn needs_rollback(&self) -> bool {
        self.state != State::None
    }

    /// The error of every call on a connection whose session is gone, where it had a transaction.
    pub(crate) fn lost(&self) -> Option<Error> {
        match self.state {
            State::None => None,
            State::Open => Some(aborted(AbortReason::ConnectionLost)),
            State::Aborted(reason) => Some(aborted(reason)),
        }
    }

    /// What the contract calls the state.
    pub(crate) fn state(&self) -> TransactionState {
        match self.state {
            State::None | State::Aborted(AbortReason::ImplicitCommit) => TransactionState::None,
            State::Open => TransactionState::Open,
            State::Aborted(AbortReason::Other) => TransactionState::Unknown,
            State::Aborted(_) => TransactionState::RolledBack,
        }
    }
}

fn aborted(reason: AbortReason) -> Error {
    let message = match reason {
        AbortReason::Deadlock => "the transaction was rolled back to resolve a deadlock; repeat it from its beginning",
        AbortReason::ImplicitCommit => {
            "a statement of this transaction committed it (statements that change the schema do); what ran before is kept"
        }
        AbortReason::ConnectionLost => "the transaction's connection is gone, and the transaction with it",
        AbortReason::Timeout => "a statement of this transaction ran out of time, and the transaction is rolled back",
        AbortReason::InnerRollback => "an inner transaction was rolled back, and this one with it",
        AbortReason::Other => "the transaction can go no further; roll it back",
    };
    let mut error = Error::new(ErrorKind::TransactionAborted(reason), message);
    error.transaction = match reason {
        AbortReason::ImplicitCommit => TransactionState::None,
        AbortReason::Other => TransactionState::Unknown,
        _ => TransactionState::RolledBack,
    };
    error
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn is_aborted<T: std::fmt::Debug>(result: Result<T>, reason: AbortReason) {
        assert_eq!(result.expect_err("aborted").kind, ErrorKind::TransactionAborted(reason));
    }

    #[test]
    fn a_root_is_begun_and_committed() {
        let mut tx = Transactions::default();
        assert!(tx.begins_root().unwrap());
        let root = tx.begun();
        assert!(tx.is_active(root));
        assert_eq!(tx.commit(root).unwrap(), Send::Commit);
        tx.committed();
        assert!(!tx.is_active(root));
        assert_eq!(tx.commit(root).unwrap_err().message, "This transaction is inactive");
        assert_eq!(tx.rollback(root).unwrap(), Send::Nothing);
    }

    #[test]
    fn an_inner_commit_sends_nothing_and_an_inner_rollback_ends_the_root() {
        let mut tx = Transactions::default();
        let root = tx.begun();
        assert!(!tx.begins_root().unwrap());
        let inner = tx.begun();
        assert_eq!(tx.commit(inner).unwrap(), Send::Nothing);
        let inner = tx.begun();
        assert_eq!(tx.rollback(inner).unwrap(), Send::Rollback);
        tx.rolled_back(inner);
        is_aborted(tx.admit_statement(), AbortReason::InnerRollback);
        is_aborted(tx.commit(root), AbortReason::InnerRollback);
        assert_eq!(tx.rollback(root).unwrap(), Send::Nothing);
        assert!(tx.begins_root().unwrap());
    }

    #[test]
    fn a_deadlock_leaves_only_rollback() {
        let mut tx = Transactions::default();
        let root = tx.begun();
        tx.abort(AbortReason::Deadlock);
        is_aborted(tx.admit_statement(), AbortReason::Deadlock);
        is_aborted(tx.begins_root(), AbortReason::Deadlock);
        is_aborted(tx.commit(root), AbortReason::Deadlock);
        assert_eq!(tx.rollback(root).unwrap(), Send::Rollback);
        tx.rolled_back(root);
        assert!(tx.admit_statement().is_ok());
    }

    #[test]
    fn an_implicit_commit_is_never_called_rolled_back() {
        let mut tx = Transactions::default();
        let root = tx.begun();
        tx.server_says(true);
        assert!(tx.is_active(root));
        tx.server_says(false);
        assert_eq!(tx.state(), TransactionState::None);
        is_aborted(tx.admit_statement(), AbortReason::ImplicitCommit);
        is_aborted(tx.rollback(root), AbortReason::ImplicitCommit);
        assert!(tx.admit_statement().is_ok());
    }

    #[test]
    fn closing_the_root_rolls_back_and_closing_an_inner_one_leaves_it() {
        let mut tx = Transactions::default();
        let root = tx.begun();
        let inner = tx.begun();
        assert_eq!(tx.close(inner).unwrap(), Send::Nothing);
        assert!(tx.is_active(root));
        assert_eq!(tx.close(root).unwrap(), Send::Rollback);
    }
}
