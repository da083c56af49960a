//! The state machine of a connection's transactions, without I/O. A call requests the command to
//! send, sends it, and reports that the server executed it. ARCHITECTURE.md, "Transactions", has
//! the table of all transitions.

use super::command::Command;
use super::xid::Xid;
use crate::types::{AbortReason, Error, ErrorKind, Result, TransactionState};

/// The identity of a transaction on its connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TransactionId(u64);

/// A transaction that has begun and has not ended.
#[derive(Debug)]
struct Frame {
    id: TransactionId,
    kind: Kind,
}

/// The kind of a transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kind {
    /// An outermost transaction.
    Root,
    /// An outermost two-phase transaction (XA).
    TwoPhase(Branch),
    /// A savepoint.
    Savepoint,
    /// An emulated transaction: a `begin` inside another transaction, which sends nothing.
    Inner,
}

/// The branch of a two-phase transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Branch {
    pub(crate) xid: Xid,
    pub(crate) prepared: bool,
}

/// The stack of the transactions of a connection.
#[derive(Debug, Default)]
pub(crate) struct Transactions {
    /// The outermost transaction comes first. Empty in autocommit.
    frames: Vec<Frame>,
    /// The transactions from this depth on are aborted: they can't continue, and their owners have
    /// not ended them yet.
    aborted: Option<(usize, AbortReason)>,
    last_id: u64,
}

impl Transactions {
    /// Fails if no statement may run now. In an aborted transaction a statement would run in
    /// autocommit, and its changes would persist.
    pub(crate) fn admit_statement(&self) -> Result<()> {
        match self.aborted {
            Some((_, reason)) => Err(self.aborted_error(reason)),
            None if self.is_prepared() => {
                Err(invalid("This transaction is prepared: it can only be committed or rolled back"))
            }
            None => Ok(()),
        }
    }

    /// Returns whether a `begin` starts an outermost transaction.
    pub(crate) fn begins_root(&self) -> Result<bool> {
        self.admit_statement()?;
        Ok(self.frames.is_empty())
    }

    /// Fails if a transaction is open. `action` describes the two-phase call in the message.
    pub(crate) fn admit_twophase(&self, action: &str) -> Result<()> {
        if self.frames.is_empty() {
            return Ok(());
        }
        self.admit_statement()?;
        Err(invalid(&format!("Cannot {action} when a transaction is already in progress.")))
    }

    /// Returns the depth of the next transaction. A savepoint has this depth in its name, so it
    /// replaces a savepoint that was left open at the same depth.
    pub(crate) fn depth(&self) -> usize {
        self.frames.len()
    }

    /// Records that a transaction has begun.
    pub(crate) fn begun(&mut self, kind: Kind) -> TransactionId {
        self.last_id += 1;
        let id = TransactionId(self.last_id);
        self.frames.push(Frame { id, kind });
        id
    }

    /// Returns the command that commits `id`.
    pub(crate) fn commit(&self, id: TransactionId) -> Result<Command> {
        let depth = self.active_depth(id)?;
        Ok(match &self.frames[depth].kind {
            Kind::Root => Command::Commit,
            Kind::TwoPhase(Branch { xid, prepared: false }) => Command::CommitOnePhase(xid.clone()),
            Kind::TwoPhase(Branch { xid, prepared: true }) => Command::CommitPrepared(xid.clone()),
            Kind::Savepoint => Command::Release(depth),
            Kind::Inner => Command::Nothing,
        })
    }

    /// Returns the command that prepares `id`.
    pub(crate) fn prepare(&self, id: TransactionId) -> Result<Command> {
        let depth = self.active_depth(id)?;
        match &self.frames[depth].kind {
            Kind::TwoPhase(Branch { xid, prepared: false }) => Ok(Command::Prepare(xid.clone())),
            Kind::TwoPhase(_) => Err(invalid("This transaction is prepared already")),
            _ => Err(invalid("Only a two-phase transaction can be prepared; begin it with begin-twophase")),
        }
    }

    /// Returns the command that rolls back `id`. For a transaction that has ended this is
    /// `Command::Nothing`, as in SQLAlchemy.
    pub(crate) fn rollback(&mut self, id: TransactionId) -> Result<Command> {
        let Some(depth) = self.position(id) else { return Ok(Command::Nothing) };
        match self.aborted {
            Some(_) if depth == 0 && self.has_aborted_branch() => Ok(self.undo(0)),
            // The server ended the transaction, perhaps with a commit. So success of a rollback
            // must not be reported.
            Some((_, reason @ (AbortReason::ImplicitCommit | AbortReason::Other))) => {
                let error = self.aborted_error(reason);
                self.pop(depth);
                Err(error)
            }
            Some((aborted, _)) if aborted <= depth => Ok(Command::Nothing),
            _ => Ok(self.undo(self.enclosing(depth))),
        }
    }

    /// Returns the command that closes `id`. Closing an outermost transaction rolls it back.
    /// Closing another transaction sends nothing and leaves it open at the server.
    pub(crate) fn close(&mut self, id: TransactionId) -> Result<Command> {
        match self.position(id) {
            Some(0) => self.rollback(id),
            _ => Ok(Command::Nothing),
        }
    }

    /// Returns the command that rolls back everything that may be open at the server.
    pub(crate) fn undo_all(&self) -> Command {
        match self.aborted {
            Some((0, _)) if !self.has_aborted_branch() => Command::Nothing,
            _ if self.frames.is_empty() => Command::Nothing,
            _ => self.undo(0),
        }
    }

    /// Records that the server executed the command of a commit, rollback, close or prepare of
    /// `id`.
    pub(crate) fn answered(&mut self, id: TransactionId, command: &Command) {
        let Some(depth) = self.position(id) else { return };
        match command {
            Command::Prepare(_) => {
                self.pop(1);
                if let Some(Frame { kind: Kind::TwoPhase(branch), .. }) = self.frames.first_mut() {
                    branch.prepared = true;
                }
            }
            // Aborts the enclosing transaction, so that its owner can't continue unaware of the
            // rollback.
            Command::Rollback | Command::RollbackTo(_) | Command::RollbackBranch(_)
                if self.frames[depth].kind == Kind::Inner =>
            {
                let enclosing = self.enclosing(depth);
                self.pop(depth);
                self.aborted = Some((enclosing, AbortReason::InnerRollback));
            }
            _ => self.pop(depth),
        }
    }

    /// Records that no transaction is open any more.
    pub(crate) fn ended(&mut self) {
        self.frames.clear();
        self.aborted = None;
    }

    /// Aborts the whole transaction. An earlier reason for the whole transaction stays.
    pub(crate) fn abort(&mut self, reason: AbortReason) {
        if self.is_open() {
            self.aborted = Some((0, reason));
        }
    }

    /// Returns whether a transaction is open at the server, as far as the host knows.
    pub(crate) fn is_open(&self) -> bool {
        !self.frames.is_empty() && self.aborted.is_none_or(|(depth, _)| depth > 0)
    }

    /// Returns whether the transaction is prepared. A prepared transaction outlives its connection.
    pub(crate) fn is_prepared(&self) -> bool {
        matches!(self.frames.first(), Some(Frame { kind: Kind::TwoPhase(Branch { prepared: true, .. }), .. }))
    }

    /// Returns whether the owner of the transaction has not ended it yet.
    pub(crate) fn contains(&self, id: TransactionId) -> bool {
        self.position(id).is_some()
    }

    /// Returns whether the transaction can be committed.
    pub(crate) fn is_active(&self, id: TransactionId) -> bool {
        self.active_depth(id).is_ok()
    }

    /// Returns the error of every call on a closed connection that had a transaction.
    pub(crate) fn lost(&self) -> Option<Error> {
        let reason = self.aborted.map_or(AbortReason::ConnectionLost, |(_, reason)| reason);
        (!self.frames.is_empty()).then(|| self.aborted_error(reason))
    }

    /// Returns the state, as the contract reports it.
    pub(crate) fn state(&self) -> TransactionState {
        match self.aborted {
            _ if self.frames.is_empty() => TransactionState::None,
            Some((0, AbortReason::ImplicitCommit)) => TransactionState::None,
            Some((0, AbortReason::Other)) => TransactionState::Unknown,
            Some((0, _)) if self.is_prepared() => TransactionState::Unknown,
            Some((0, _)) => TransactionState::RolledBack,
            _ => TransactionState::Open,
        }
    }

    fn position(&self, id: TransactionId) -> Option<usize> {
        self.frames.iter().position(|frame| frame.id == id)
    }

    /// Returns the depth of an active transaction. Fails if it has ended or is aborted.
    fn active_depth(&self, id: TransactionId) -> Result<usize> {
        let depth = self.position(id).ok_or_else(|| invalid("This transaction is inactive"))?;
        match self.aborted {
            Some((aborted, reason)) if aborted <= depth => Err(self.aborted_error(reason)),
            _ => Ok(depth),
        }
    }

    /// Returns the depth to which the server can roll back the transaction at `depth`. It is the
    /// depth of the nearest enclosing transaction that is not an inner transaction.
    fn enclosing(&self, depth: usize) -> usize {
        self.frames[..=depth].iter().rposition(|frame| frame.kind != Kind::Inner).unwrap_or(0)
    }

    /// Returns the command that rolls back the transaction at `depth`, which is not an inner
    /// transaction.
    fn undo(&self, depth: usize) -> Command {
        match &self.frames[depth].kind {
            Kind::TwoPhase(Branch { xid, prepared: false }) => Command::RollbackBranch(xid.clone()),
            Kind::TwoPhase(Branch { xid, prepared: true }) => Command::RollbackPrepared(xid.clone()),
            Kind::Savepoint => Command::RollbackTo(depth),
            Kind::Root | Kind::Inner => Command::Rollback,
        }
    }

    /// Returns whether a two-phase transaction is aborted but its branch still exists at the
    /// server. After a deadlock the server has undone the changes, and the branch can only be
    /// rolled back.
    fn has_aborted_branch(&self) -> bool {
        let is_twophase = matches!(self.frames.first(), Some(Frame { kind: Kind::TwoPhase(_), .. }));
        is_twophase && matches!(self.aborted, Some((0, reason)) if reason != AbortReason::InnerRollback)
    }

    /// Removes the transactions at `depth` and deeper.
    fn pop(&mut self, depth: usize) {
        self.frames.truncate(depth);
        if self.aborted.is_some_and(|(aborted, _)| aborted >= depth) {
            self.aborted = None;
        }
    }

    fn aborted_error(&self, reason: AbortReason) -> Error {
        let message = match reason {
            _ if self.is_prepared() => {
                "the connection of this prepared transaction is closed or broken; recover-twophase lists the transaction if it \
                 still waits for commit-prepared or rollback-prepared"
            }
            AbortReason::Deadlock => {
                "the transaction was rolled back to resolve a deadlock; repeat it from its beginning"
            }
            AbortReason::ImplicitCommit => {
                "a statement of this transaction committed it (schema changes commit implicitly); the earlier changes are kept"
            }
            AbortReason::ConnectionLost => {
                "the transaction's connection is closed or broken, so the transaction has ended"
            }
            AbortReason::Idle => "the transaction was idle for longer than the grant allows, and was rolled back",
            AbortReason::Timeout => {
                "the transaction, or a statement in it, exceeded a time limit, and the transaction was rolled back"
            }
            AbortReason::InnerRollback => {
                "an inner transaction was rolled back, which also rolled back this transaction"
            }
            AbortReason::Other => "the server ended this transaction; whether its changes are kept is unknown",
        };
        Error::new(ErrorKind::TransactionAborted(reason), message)
    }
}

fn invalid(message: &str) -> Error {
    Error::new(ErrorKind::InvalidRequest, message)
}

#[cfg(test)]
#[path = "states_tests.rs"]
mod tests;
