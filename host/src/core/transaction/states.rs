//! The states of a connection's transaction, and what each call may do in them. No I/O here: a call asks what to send, sends it, and
//! tells that it was answered. The table is in ARCHITECTURE.md, "Transactions".

use super::command::Command;
use super::xid::Xid;
use crate::types::{AbortReason, Error, ErrorKind, Result, TransactionState};

/// Names one transaction of one connection, from its begin on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TransactionId(u64);

/// A transaction that was begun and has not ended.
#[derive(Debug)]
struct Frame {
    id: TransactionId,
    kind: Kind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The outermost one.
    Root,
    /// The outermost one, of XA.
    TwoPhase(Branch),
    /// A savepoint in the outermost one.
    Savepoint,
    /// A begin inside another: nothing is sent for it.
    Inner,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Branch {
    pub(crate) xid: Xid,
    pub(crate) prepared: bool,
}

/// What was begun, outermost first, and from where on it is dead. Empty: autocommit, each statement is its own transaction.
#[derive(Debug, Default)]
pub(crate) struct Transactions {
    frames: Vec<Frame>,
    /// What is at this depth and deeper can go no further; its owners have yet to end it.
    dead: Option<(usize, AbortReason)>,
    begun: u64,
}

impl Transactions {
    /// Whether a statement may run now. In a transaction that is gone it would run in autocommit, and stay.
    pub(crate) fn admit_statement(&self) -> Result<()> {
        match self.dead {
            Some((_, reason)) => Err(self.aborted(reason)),
            None if self.is_prepared() => {
                Err(invalid("This transaction is prepared: it can only be committed or rolled back"))
            }
            None => Ok(()),
        }
    }

    /// Whether a begin starts the outermost transaction.
    pub(crate) fn begins_root(&self) -> Result<bool> {
        self.admit_statement()?;
        Ok(self.frames.is_empty())
    }

    /// Whether none is open, as two-phase calls need it; `what` they can't do otherwise.
    pub(crate) fn admit_twophase(&self, what: &str) -> Result<()> {
        if self.frames.is_empty() {
            return Ok(());
        }
        self.admit_statement()?;
        Err(invalid(&format!("Cannot {what} when a transaction is already in progress.")))
    }

    /// The depth of the next savepoint, which makes its name: one of the same name that was left is replaced by it.
    pub(crate) fn depth(&self) -> usize {
        self.frames.len()
    }

    /// A transaction was begun.
    pub(crate) fn begun(&mut self, kind: Kind) -> TransactionId {
        self.begun += 1;
        let id = TransactionId(self.begun);
        self.frames.push(Frame { id, kind });
        id
    }

    /// What committing `id` has to send.
    pub(crate) fn commit(&self, id: TransactionId) -> Result<Command> {
        let depth = self.alive(id)?;
        Ok(match &self.frames[depth].kind {
            Kind::Root => Command::Commit,
            Kind::TwoPhase(Branch { xid, prepared: false }) => Command::CommitOnePhase(xid.clone()),
            Kind::TwoPhase(Branch { xid, prepared: true }) => Command::CommitPrepared(xid.clone()),
            Kind::Savepoint => Command::Release(depth),
            Kind::Inner => Command::Nothing,
        })
    }

    /// What preparing `id` has to send.
    pub(crate) fn prepare(&self, id: TransactionId) -> Result<Command> {
        let depth = self.alive(id)?;
        match &self.frames[depth].kind {
            Kind::TwoPhase(Branch { xid, prepared: false }) => Ok(Command::Prepare(xid.clone())),
            Kind::TwoPhase(_) => Err(invalid("This transaction is prepared already")),
            _ => Err(invalid("Only a two-phase transaction can be prepared; begin it with begin-twophase")),
        }
    }

    /// What rolling `id` back has to send. One that has ended: nothing, as in SQLAlchemy.
    pub(crate) fn rollback(&mut self, id: TransactionId) -> Result<Command> {
        let Some(depth) = self.position(id) else { return Ok(Command::Nothing) };
        match self.dead {
            Some(_) if depth == 0 && self.branch_is_left() => Ok(self.undo(0)),
            // What the server ended by itself may be kept, and saying that it was rolled back would be a lie.
            Some((_, reason @ (AbortReason::ImplicitCommit | AbortReason::Other))) => {
                let error = self.aborted(reason);
                self.pop(depth);
                Err(error)
            }
            Some((dead, _)) if dead <= depth => Ok(Command::Nothing),
            _ => Ok(self.undo(self.enclosing(depth))),
        }
    }

    /// What leaving `id` has to send: the outermost is rolled back, others are merely left.
    pub(crate) fn close(&mut self, id: TransactionId) -> Result<Command> {
        match self.position(id) {
            Some(0) => self.rollback(id),
            _ => Ok(Command::Nothing),
        }
    }

    /// What ends everything that may be open at the server.
    pub(crate) fn undo_all(&self) -> Command {
        match self.dead {
            Some((0, _)) if !self.branch_is_left() => Command::Nothing,
            _ if self.frames.is_empty() => Command::Nothing,
            _ => self.undo(0),
        }
    }

    /// The server did what a commit, rollback, close or prepare of `id` had sent.
    pub(crate) fn answered(&mut self, id: TransactionId, command: &Command) {
        let Some(depth) = self.position(id) else { return };
        match command {
            Command::Prepare(_) => {
                self.pop(1);
                if let Some(Frame { kind: Kind::TwoPhase(branch), .. }) = self.frames.first_mut() {
                    branch.prepared = true;
                }
            }
            // The enclosing one is left to its owner, who must not go on as if nothing had happened.
            Command::Rollback | Command::RollbackTo(_) | Command::RollbackBranch(_)
                if self.frames[depth].kind == Kind::Inner =>
            {
                let enclosing = self.enclosing(depth);
                self.pop(depth);
                self.dead = Some((enclosing, AbortReason::InnerRollback));
            }
            _ => self.pop(depth),
        }
    }

    /// Nothing is open any more, whoever had begun it.
    pub(crate) fn ended(&mut self) {
        self.frames.clear();
        self.dead = None;
    }

    /// The whole transaction can go no further.
    pub(crate) fn abort(&mut self, reason: AbortReason) {
        if !self.frames.is_empty() && self.dead.is_none_or(|(depth, _)| depth > 0) {
            self.dead = Some((0, reason));
        }
    }

    /// Whether the server has one open, as far as is known here.
    pub(crate) fn is_open(&self) -> bool {
        !self.frames.is_empty() && self.dead.is_none_or(|(depth, _)| depth > 0)
    }

    /// Whether it is two-phase and prepared: then it outlives its connection.
    pub(crate) fn is_prepared(&self) -> bool {
        matches!(self.frames.first(), Some(Frame { kind: Kind::TwoPhase(Branch { prepared: true, .. }), .. }))
    }

    /// Whether its owner has yet to end it.
    pub(crate) fn contains(&self, id: TransactionId) -> bool {
        self.position(id).is_some()
    }

    /// Whether it can be committed.
    pub(crate) fn is_active(&self, id: TransactionId) -> bool {
        self.alive(id).is_ok()
    }

    /// What every call on a connection is told whose session is gone, where it had a transaction.
    pub(crate) fn lost(&self) -> Option<Error> {
        let reason = self.dead.map_or(AbortReason::ConnectionLost, |(_, reason)| reason);
        (!self.frames.is_empty()).then(|| self.aborted(reason))
    }

    /// What the contract calls the state.
    pub(crate) fn state(&self) -> TransactionState {
        match self.dead {
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

    /// The depth of one that can go on.
    fn alive(&self, id: TransactionId) -> Result<usize> {
        let depth = self.position(id).ok_or_else(|| invalid("This transaction is inactive"))?;
        match self.dead {
            Some((dead, reason)) if dead <= depth => Err(self.aborted(reason)),
            _ => Ok(depth),
        }
    }

    /// Where the server can roll back to for what is at `depth`.
    fn enclosing(&self, depth: usize) -> usize {
        self.frames[..=depth].iter().rposition(|frame| frame.kind != Kind::Inner).unwrap_or(0)
    }

    /// What rolls back what is at `depth`, which is not an inner one.
    fn undo(&self, depth: usize) -> Command {
        match &self.frames[depth].kind {
            Kind::TwoPhase(Branch { xid, prepared: false }) => Command::RollbackBranch(xid.clone()),
            Kind::TwoPhase(Branch { xid, prepared: true }) => Command::RollbackPrepared(xid.clone()),
            Kind::Savepoint => Command::RollbackTo(depth),
            Kind::Root | Kind::Inner => Command::Rollback,
        }
    }

    /// Whether a two-phase transaction is dead and its branch still there: after a deadlock the server has undone its work, and
    /// the branch can only be rolled back.
    fn branch_is_left(&self) -> bool {
        let is_twophase = matches!(self.frames.first(), Some(Frame { kind: Kind::TwoPhase(_), .. }));
        is_twophase && matches!(self.dead, Some((0, reason)) if reason != AbortReason::InnerRollback)
    }

    /// Ends what is at `depth` and deeper.
    fn pop(&mut self, depth: usize) {
        self.frames.truncate(depth);
        if self.dead.is_some_and(|(dead, _)| dead >= depth) {
            self.dead = None;
        }
    }

    fn aborted(&self, reason: AbortReason) -> Error {
        let message = match reason {
            _ if self.is_prepared() => {
                "the connection of this prepared transaction is gone; recover-twophase tells whether it still waits for \
                 commit-prepared or rollback-prepared"
            }
            AbortReason::Deadlock => {
                "the transaction was rolled back to resolve a deadlock; repeat it from its beginning"
            }
            AbortReason::ImplicitCommit => {
                "a statement of this transaction committed it (statements that change the schema do); what ran before is kept"
            }
            AbortReason::ConnectionLost => "the transaction's connection is gone, and the transaction with it",
            AbortReason::Idle => "the transaction was idle for longer than the grant allows, and is rolled back",
            AbortReason::Timeout => {
                "the transaction, or a statement of it, ran out of time, and the transaction is rolled back"
            }
            AbortReason::InnerRollback => "an inner transaction was rolled back, and this one with it",
            AbortReason::Other => "the server ended this transaction by itself; whether it is kept is unknown",
        };
        let mut error = Error::new(ErrorKind::TransactionAborted(reason), message);
        error.transaction = self.state();
        error
    }
}

fn invalid(message: &str) -> Error {
    Error::new(ErrorKind::InvalidRequest, message)
}

#[cfg(test)]
#[path = "states_tests.rs"]
mod tests;
