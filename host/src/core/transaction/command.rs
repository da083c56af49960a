//! What transactions send. The text is the host's own, and an xid is the only part of it that a guest may have chosen.

use super::xid::Xid;
use crate::driver::Session;
use crate::telemetry::Operation;
use crate::types::{ErrorKind, Result, Step};

/// What a call has to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Command {
    Nothing,
    Commit,
    Rollback,
    /// Keeps what was done since the savepoint of this depth.
    Release(usize),
    /// Undoes what was done since the savepoint of this depth.
    RollbackTo(usize),
    Prepare(Xid),
    CommitOnePhase(Xid),
    CommitPrepared(Xid),
    /// Of a branch that is not prepared.
    RollbackBranch(Xid),
    RollbackPrepared(Xid),
}

/// XAER_NOTA: there is no such branch.
const NO_SUCH_BRANCH: u16 = 1397;
/// XA_RBROLLBACK: the server has rolled the branch back by itself.
const BRANCH_ROLLED_BACK: u16 = 1402;

impl Command {
    /// The savepoint of a depth.
    pub(super) fn savepoint(depth: usize) -> String {
        format!("SAVEPOINT wasmysql_{depth}")
    }

    /// What a deadline interrupts.
    pub(super) fn step(&self) -> Step {
        match self {
            Command::Commit | Command::CommitOnePhase(_) | Command::CommitPrepared(_) => Step::Commit,
            Command::Nothing | Command::Release(_) | Command::Prepare(_) => Step::Execute,
            Command::Rollback | Command::RollbackTo(_) | Command::RollbackBranch(_) | Command::RollbackPrepared(_) => {
                Step::Rollback
            }
        }
    }

    /// What it is counted as.
    pub(super) fn operation(&self) -> Operation {
        match self {
            Command::Commit | Command::CommitOnePhase(_) | Command::CommitPrepared(_) => Operation::Commit,
            Command::Release(_) => Operation::Release,
            Command::Prepare(_) => Operation::PrepareTransaction,
            _ => Operation::Rollback,
        }
    }

    /// Whether work becomes durable by it, so that without an answer its outcome is unknown.
    pub(in crate::core) fn commits(&self) -> bool {
        self.step() == Step::Commit
    }

    pub(crate) async fn send(&self, session: &mut Session) -> Result<()> {
        match self {
            Command::Nothing => Ok(()),
            Command::Commit => session.command("COMMIT").await,
            Command::Rollback => session.command("ROLLBACK").await,
            Command::Release(depth) => session.command(&format!("RELEASE {}", Self::savepoint(*depth))).await,
            Command::RollbackTo(depth) => session.command(&format!("ROLLBACK TO {}", Self::savepoint(*depth))).await,
            Command::Prepare(xid) => {
                session.command(&format!("XA END {xid}")).await?;
                session.command(&format!("XA PREPARE {xid}")).await
            }
            Command::CommitOnePhase(xid) => {
                session.command(&format!("XA END {xid}")).await?;
                session.command(&format!("XA COMMIT {xid} ONE PHASE")).await
            }
            Command::CommitPrepared(xid) => session.command(&format!("XA COMMIT {xid}")).await,
            Command::RollbackBranch(xid) => {
                // Refused where the branch has ended, or can only be rolled back: which is what follows.
                match session.command(&format!("XA END {xid}")).await {
                    Err(error) if !matches!(error.kind, ErrorKind::Server(_)) => return Err(error),
                    _ => {}
                }
                match session.command(&format!("XA ROLLBACK {xid}")).await {
                    Err(error) if has_code(&error.kind, &[NO_SUCH_BRANCH, BRANCH_ROLLED_BACK]) => Ok(()),
                    answer => answer,
                }
            }
            Command::RollbackPrepared(xid) => session.command(&format!("XA ROLLBACK {xid}")).await,
        }
    }
}

fn has_code(kind: &ErrorKind, codes: &[u16]) -> bool {
    matches!(kind, ErrorKind::Server(server) if codes.contains(&server.code))
}
