//! A model of transactions without a server, with which host and server are compared. The table is
//! a set of numbers.

use std::collections::BTreeSet;
use std::fmt;

/// A call of a guest. Transactions are numbered in the order in which they begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Call {
    Insert(u32),
    /// Reads the rows.
    Look,
    /// A statement that fails without changing the transaction.
    Fail,
    /// A statement that commits the open transaction implicitly.
    Ddl,
    /// A statement that commits the open transaction implicitly and then fails.
    FailingDdl,
    Begin,
    Nested,
    Twophase,
    Commit(usize),
    Rollback(usize),
    Close(usize),
    Prepare(usize),
    Drop(usize),
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Call::Insert(id) => write!(f, "insert {id}"),
            Call::Look => f.write_str("look"),
            Call::Fail => f.write_str("fail"),
            Call::Ddl => f.write_str("ddl"),
            Call::FailingDdl => f.write_str("failing-ddl"),
            Call::Begin => f.write_str("begin"),
            Call::Nested => f.write_str("nested"),
            Call::Twophase => f.write_str("twophase"),
            Call::Commit(tx) => write!(f, "commit {tx}"),
            Call::Rollback(tx) => write!(f, "rollback {tx}"),
            Call::Close(tx) => write!(f, "close {tx}"),
            Call::Prepare(tx) => write!(f, "prepare {tx}"),
            Call::Drop(tx) => write!(f, "drop {tx}"),
        }
    }
}

type Answer = Result<(), &'static str>;

const INACTIVE: Answer = Err("InvalidRequest");
const INNER_ROLLBACK: &str = "TransactionAborted(InnerRollback)";
const IMPLICIT_COMMIT: &str = "TransactionAborted(ImplicitCommit)";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Root,
    Twophase { prepared: bool },
    Savepoint,
    Inner,
}

/// A transaction that has not ended.
#[derive(Debug)]
struct Open {
    tx: usize,
    kind: Kind,
    /// The table when the transaction began.
    before: BTreeSet<u32>,
    /// The error that every further use gets, if the transaction is aborted.
    aborted: Option<&'static str>,
}

/// A connection and its table.
#[derive(Debug, Default)]
pub(crate) struct Model {
    /// The rows as the connection sees them.
    table: BTreeSet<u32>,
    open: Vec<Open>,
    /// Whether the guest still holds the handle, for each transaction that was begun.
    held: Vec<bool>,
    /// Whether the connection was closed because a prepared transaction was dropped.
    closed: bool,
}

impl Model {
    /// Returns the number of transactions that were begun.
    pub(crate) fn begun(&self) -> usize {
        self.held.len()
    }

    pub(crate) fn holds(&self, tx: usize) -> bool {
        self.held.get(tx) == Some(&true)
    }

    /// Returns the rows that other connections see after this connection is closed.
    pub(crate) fn committed(&self) -> String {
        match self.open.first() {
            Some(root) if root.aborted != Some(IMPLICIT_COMMIT) => listed(&root.before),
            _ => listed(&self.table),
        }
    }

    /// Returns whether a prepared transaction awaits a decision.
    pub(crate) fn left_prepared(&self) -> bool {
        self.closed
    }

    /// Applies a call, and returns the line that the guest prints for it.
    pub(crate) fn apply(&mut self, call: Call) -> String {
        let answer = match call {
            _ if self.closed => self.apply_when_closed(call),
            Call::Look => self.admit(),
            Call::Insert(id) => self.admit().map(|()| {
                self.table.insert(id);
            }),
            Call::Fail => self.admit().and(Err("1062")),
            Call::Ddl => self.admit().and_then(|()| self.commit_implicitly()),
            Call::FailingDdl => self.admit().and_then(|()| self.commit_implicitly()).and(Err("1050")),
            Call::Begin => self.begin(Kind::Inner),
            Call::Nested => self.begin(Kind::Savepoint),
            Call::Twophase if self.open.is_empty() => self.begin(Kind::Twophase { prepared: false }),
            Call::Twophase => self.admit().and(INACTIVE),
            Call::Commit(tx) => self.commit(tx),
            Call::Rollback(tx) => self.rollback(tx),
            Call::Close(tx) => self.close(tx),
            Call::Prepare(tx) => self.prepare(tx),
            Call::Drop(tx) => {
                self.dropped(tx);
                match self.closed {
                    true => Err("ResourceClosed"),
                    false => Ok(()),
                }
            }
        };
        let active = (0..self.held.len()).map(|tx| match self.held[tx] {
            false => '-',
            true if self.active(tx).is_ok() => '1',
            true => '0',
        });
        let active: String = active.collect();
        let answer = match answer {
            Ok(()) if call == Call::Look => listed(&self.table),
            Ok(()) => "ok".to_owned(),
            Err(kind) => kind.to_owned(),
        };
        format!("{call}: {answer} {} {active}", self.state())
    }

    fn apply_when_closed(&mut self, call: Call) -> Answer {
        match call {
            Call::Rollback(_) | Call::Close(_) => Ok(()),
            Call::Drop(tx) => {
                self.held[tx] = false;
                Err("ResourceClosed")
            }
            _ => Err("ResourceClosed"),
        }
    }

    fn state(&self) -> &'static str {
        match self.open.first() {
            None => "None",
            Some(root) if root.aborted == Some(IMPLICIT_COMMIT) => "None",
            Some(root) if root.aborted.is_some() => "RolledBack",
            Some(_) => "Open",
        }
    }

    /// Returns the error of a statement that may not run.
    fn admit(&self) -> Answer {
        if let Some(why) = self.open.iter().find_map(|open| open.aborted) {
            return Err(why);
        }
        match self.open.first() {
            Some(Open { kind: Kind::Twophase { prepared: true }, .. }) => INACTIVE,
            _ => Ok(()),
        }
    }

    fn commit_implicitly(&mut self) -> Answer {
        match self.open.first().map(|root| root.kind) {
            // The server refuses implicit commits in a two-phase transaction.
            Some(Kind::Twophase { .. }) => Err("1399"),
            _ => {
                self.open.iter_mut().for_each(|open| open.aborted = Some(IMPLICIT_COMMIT));
                Ok(())
            }
        }
    }

    fn begin(&mut self, inside: Kind) -> Answer {
        self.admit()?;
        let kind = match (self.open.is_empty(), inside) {
            (true, Kind::Inner | Kind::Savepoint) => Kind::Root,
            (_, kind) => kind,
        };
        let tx = self.held.len();
        self.open.push(Open { tx, kind, before: self.table.clone(), aborted: None });
        self.held.push(true);
        Ok(())
    }

    fn position(&self, tx: usize) -> Option<usize> {
        self.open.iter().position(|open| open.tx == tx)
    }

    fn active(&self, tx: usize) -> Result<usize, &'static str> {
        let at = self.position(tx).ok_or("InvalidRequest")?;
        self.open[at].aborted.map_or(Ok(at), Err)
    }

    fn commit(&mut self, tx: usize) -> Answer {
        let at = self.active(tx)?;
        self.open.truncate(at);
        Ok(())
    }

    fn prepare(&mut self, tx: usize) -> Answer {
        let at = self.active(tx)?;
        let Kind::Twophase { prepared: false } = self.open[at].kind else { return INACTIVE };
        self.open[at].kind = Kind::Twophase { prepared: true };
        self.open.truncate(at + 1);
        Ok(())
    }

    fn rollback(&mut self, tx: usize) -> Answer {
        let Some(at) = self.position(tx) else { return Ok(()) };
        if let Some(why) = self.open[at].aborted {
            self.open.truncate(at);
            return if why == IMPLICIT_COMMIT { Err(why) } else { Ok(()) };
        }
        let undone = (0..=at).rev().find(|&at| self.open[at].kind != Kind::Inner).unwrap_or(0);
        self.table = self.open[undone].before.clone();
        self.open.truncate(at);
        // The rollback of an inner transaction aborts the enclosing transactions. Their handles
        // report it later.
        self.open.iter_mut().skip(undone).for_each(|open| open.aborted = Some(INNER_ROLLBACK));
        Ok(())
    }

    fn close(&mut self, tx: usize) -> Answer {
        match self.position(tx) {
            Some(0) => self.rollback(tx),
            Some(at) => {
                self.open.truncate(at);
                Ok(())
            }
            None => Ok(()),
        }
    }

    fn dropped(&mut self, tx: usize) {
        self.held[tx] = false;
        match self.position(tx) {
            Some(0) if self.open[0].kind == (Kind::Twophase { prepared: true }) => {
                // The server keeps the prepared transaction until it is decided. The connection is
                // closed.
                self.table = std::mem::take(&mut self.open[0].before);
                self.open.clear();
                self.closed = true;
            }
            // A drop reports no error.
            _ => drop(self.rollback(tx)),
        }
    }
}

fn listed(rows: &BTreeSet<u32>) -> String {
    rows.iter().map(u32::to_string).collect::<Vec<_>>().join(",")
}
