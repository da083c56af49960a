//! The commands of transactions. Their texts are the host's own. Only an xid can come from a guest.

use super::xid::Xid;
use crate::driver::Session;
use crate::telemetry::Operation;
use crate::types::{ErrorKind, Result, Step};

/// The command that a call sends to the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Command {
    Nothing,
    Commit,
    Rollback,
    /// Releases the savepoint of this depth, and keeps the changes since then.
    Release(usize),
    /// Undoes the changes since the savepoint of this depth.
    RollbackTo(usize),
    Prepare(Xid),
    CommitOnePhase(Xid),
    CommitPrepared(Xid),
    /// Rolls back a branch that is not prepared.
    RollbackBranch(Xid),
    RollbackPrepared(Xid),
}

/// XAER_NOTA: the branch does not exist.
pub(super) const NO_SUCH_BRANCH: u16 = 1397;
/// XA_RBROLLBACK: the server has already rolled back the branch.
const BRANCH_ROLLED_BACK: u16 = 1402;

impl Command {
    /// Returns the statement that sets the savepoint of this depth.
    pub(super) fn savepoint(depth: usize) -> String {
        format!("SAVEPOINT wasmysql_{depth}")
    }

    /// Returns the step that a timeout of this command reports.
    pub(super) fn step(&self) -> Step {
        match self {
            Command::Commit | Command::CommitOnePhase(_) | Command::CommitPrepared(_) => Step::Commit,
            Command::Nothing | Command::Release(_) | Command::Prepare(_) => Step::Execute,
            Command::Rollback | Command::RollbackTo(_) | Command::RollbackBranch(_) | Command::RollbackPrepared(_) => {
                Step::Rollback
            }
        }
    }

    /// Returns the operation of this command in metrics and spans.
    pub(super) fn operation(&self) -> Operation {
        match self {
            Command::Commit | Command::CommitOnePhase(_) | Command::CommitPrepared(_) => Operation::Commit,
            Command::Release(_) => Operation::Release,
            Command::Prepare(_) => Operation::PrepareTransaction,
            _ => Operation::Rollback,
        }
    }

    /// Returns whether the command makes changes durable. Without a response the commit is then in
    /// doubt.
    pub(in crate::core) fn commits(&self) -> bool {
        self.step() == Step::Commit
    }

    /// Whether the transaction may outlive its session if the command is not answered.
    pub(super) fn persists(&self) -> bool {
        self.commits() || matches!(self, Command::Prepare(_))
    }

    /// Sends the command and waits for the response.
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
                // The server refuses XA END if the branch was ended before or can only be rolled
                // back. XA ROLLBACK is correct in both cases.
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
