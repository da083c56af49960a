//! What transactions do, told without a server: the model that a host and a server are compared with. A table is a set of numbers.

use std::collections::BTreeSet;
use std::fmt;

/// One call of a guest. Transactions are named by the order of their begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Call {
    Insert(u32),
    /// Reads the rows.
    Look,
    /// A statement that fails, and leaves the transaction as it was.
    Fail,
    /// Commits what is open, by itself.
    Ddl,
    /// The same, and then fails.
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
            Call::Commit(which) => write!(f, "commit {which}"),
            Call::Rollback(which) => write!(f, "rollback {which}"),
            Call::Close(which) => write!(f, "close {which}"),
            Call::Prepare(which) => write!(f, "prepare {which}"),
            Call::Drop(which) => write!(f, "drop {which}"),
        }
    }
}

type Answer = Result<(), &'static str>;

const INACTIVE: Answer = Err("InvalidRequest");
const LEFT_INSIDE: &str = "TransactionAborted(InnerRollback)";
const COMMITTED_BY_ITSELF: &str = "TransactionAborted(ImplicitCommit)";

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
    which: usize,
    kind: Kind,
    /// The table when it began.
    before: BTreeSet<u32>,
    /// What every use of it is told, where it is gone.
    gone: Option<&'static str>,
}

/// A connection, and the table it works on.
#[derive(Debug, Default)]
pub(crate) struct Model {
    /// As the connection sees it.
    table: BTreeSet<u32>,
    open: Vec<Open>,
    /// Whether the handle of each transaction that was begun is still there.
    held: Vec<bool>,
    /// The connection was closed with a prepared transaction.
    closed: bool,
}

impl Model {
    /// How many transactions were begun.
    pub(crate) fn begun(&self) -> usize {
        self.held.len()
    }

    pub(crate) fn holds(&self, which: usize) -> bool {
        self.held.get(which) == Some(&true)
    }

    /// What others see once the connection is closed, and nothing is open any more.
    pub(crate) fn committed(&self) -> String {
        match self.open.first() {
            Some(root) if root.gone != Some(COMMITTED_BY_ITSELF) => listed(&root.before),
            _ => listed(&self.table),
        }
    }

    /// Whether a prepared transaction waits for a decision.
    pub(crate) fn left_prepared(&self) -> bool {
        self.closed
    }

    /// Makes a call, and tells the line that the guest prints for it.
    pub(crate) fn does(&mut self, call: Call) -> String {
        let answer = match call {
            _ if self.closed => self.does_closed(call),
            Call::Look => self.admit(),
            Call::Insert(id) => self.admit().map(|()| {
                self.table.insert(id);
            }),
            Call::Fail => self.admit().and(Err("1062")),
            Call::Ddl => self.admit().and_then(|()| self.commits_by_itself()),
            Call::FailingDdl => self.admit().and_then(|()| self.commits_by_itself()).and(Err("1050")),
            Call::Begin => self.begin(Kind::Inner),
            Call::Nested => self.begin(Kind::Savepoint),
            Call::Twophase if self.open.is_empty() => self.begin(Kind::Twophase { prepared: false }),
            Call::Twophase => self.admit().and(INACTIVE),
            Call::Commit(which) => self.commit(which),
            Call::Rollback(which) => self.rollback(which),
            Call::Close(which) => self.close(which),
            Call::Prepare(which) => self.prepare(which),
            Call::Drop(which) => {
                self.dropped(which);
                match self.closed {
                    true => Err("ResourceClosed"),
                    false => Ok(()),
                }
            }
        };
        let active = (0..self.held.len()).map(|which| match self.held[which] {
            false => '-',
            true if self.alive(which).is_ok() => '1',
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

    fn does_closed(&mut self, call: Call) -> Answer {
        match call {
            Call::Rollback(_) | Call::Close(_) => Ok(()),
            Call::Drop(which) => {
                self.held[which] = false;
                Err("ResourceClosed")
            }
            _ => Err("ResourceClosed"),
        }
    }

    fn state(&self) -> &'static str {
        match self.open.first() {
            None => "None",
            Some(root) if root.gone == Some(COMMITTED_BY_ITSELF) => "None",
            Some(root) if root.gone.is_some() => "RolledBack",
            Some(_) => "Open",
        }
    }

    /// Whether a statement may run.
    fn admit(&self) -> Answer {
        if let Some(why) = self.open.iter().find_map(|open| open.gone) {
            return Err(why);
        }
        match self.open.first() {
            Some(Open { kind: Kind::Twophase { prepared: true }, .. }) => INACTIVE,
            _ => Ok(()),
        }
    }

    fn commits_by_itself(&mut self) -> Answer {
        match self.open.first().map(|root| root.kind) {
            // The server refuses it in a two-phase transaction.
            Some(Kind::Twophase { .. }) => Err("1399"),
            _ => {
                self.open.iter_mut().for_each(|open| open.gone = Some(COMMITTED_BY_ITSELF));
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
        let which = self.held.len();
        self.open.push(Open { which, kind, before: self.table.clone(), gone: None });
        self.held.push(true);
        Ok(())
    }

    fn at(&self, which: usize) -> Option<usize> {
        self.open.iter().position(|open| open.which == which)
    }

    fn alive(&self, which: usize) -> Result<usize, &'static str> {
        let at = self.at(which).ok_or("InvalidRequest")?;
        self.open[at].gone.map_or(Ok(at), Err)
    }

    fn commit(&mut self, which: usize) -> Answer {
        let at = self.alive(which)?;
        self.open.truncate(at);
        Ok(())
    }

    fn prepare(&mut self, which: usize) -> Answer {
        let at = self.alive(which)?;
        let Kind::Twophase { prepared: false } = self.open[at].kind else { return INACTIVE };
        self.open[at].kind = Kind::Twophase { prepared: true };
        self.open.truncate(at + 1);
        Ok(())
    }

    fn rollback(&mut self, which: usize) -> Answer {
        let Some(at) = self.at(which) else { return Ok(()) };
        if let Some(why) = self.open[at].gone {
            self.open.truncate(at);
            return if why == COMMITTED_BY_ITSELF { Err(why) } else { Ok(()) };
        }
        let undone = (0..=at).rev().find(|&at| self.open[at].kind != Kind::Inner).unwrap_or(0);
        self.table = self.open[undone].before.clone();
        self.open.truncate(at);
        // An inner one takes along what encloses it, whose owners have yet to learn of it.
        self.open.iter_mut().skip(undone).for_each(|open| open.gone = Some(LEFT_INSIDE));
        Ok(())
    }

    fn close(&mut self, which: usize) -> Answer {
        match self.at(which) {
            Some(0) => self.rollback(which),
            Some(at) => {
                self.open.truncate(at);
                Ok(())
            }
            None => Ok(()),
        }
    }

    fn dropped(&mut self, which: usize) {
        self.held[which] = false;
        match self.at(which) {
            Some(0) if self.open[0].kind == (Kind::Twophase { prepared: true }) => {
                // The server keeps it for whoever decides; the connection goes.
                self.table = std::mem::take(&mut self.open[0].before);
                self.open.clear();
                self.closed = true;
            }
            // Whoever dropped it asks for no answer.
            _ => drop(self.rollback(which)),
        }
    }
}

fn listed(rows: &BTreeSet<u32>) -> String {
    rows.iter().map(u32::to_string).collect::<Vec<_>>().join(",")
}
