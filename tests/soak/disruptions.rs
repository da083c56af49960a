//! Disruptions of the server during the soak: kills, freezes, crashes.

use std::time::{Duration, Instant};

use wasmysql_tests::{Root, Trial};

use crate::random::Random;

/// The time between two disruptions.
const PAUSE: Duration = Duration::from_millis(250);
/// The time between two crashes of the server in a long soak.
const CRASH_INTERVAL: Duration = Duration::from_secs(20);

#[derive(Default, Debug)]
pub(crate) struct Disruptions {
    crash_interval: Duration,
    crashed_at: Option<Instant>,
    /// The number of executed statements, counted at each crash and at the end.
    pub(crate) statements: u64,
    pub(crate) killed_sessions: u32,
    pub(crate) killed_statements: u32,
    pub(crate) freezes: u32,
    pub(crate) crashes: u32,
}

impl Disruptions {
    pub(crate) fn new(length: Duration) -> Self {
        Self { crash_interval: CRASH_INTERVAL.min(length / 3), crashed_at: Some(Instant::now()), ..Self::default() }
    }

    /// Waits for a pause, then disrupts the server in a random way.
    pub(crate) async fn inject(&mut self, trial: &mut Trial, random: &mut Random) {
        tokio::time::sleep(PAUSE).await;
        if self.crashed_at.is_none_or(|at| at.elapsed() > self.crash_interval) {
            self.statements += trial.schema.status("Com_stmt_execute").await;
            trial.server.kill();
            trial.restarted().await;
            (self.crashes, self.crashed_at) = (self.crashes + 1, Some(Instant::now()));
            return;
        }
        match random.below(8) {
            0 => {
                trial.server.pause();
                tokio::time::sleep(Duration::from_millis(random.below(700))).await;
                trial.server.resume();
                self.freezes += 1;
            }
            1..=3 => self.kill(trial, "CONNECTION").await,
            4 | 5 => self.kill(trial, "QUERY").await,
            _ => commit_prepared_transactions(trial).await,
        }
    }

    /// Kills a statement (`QUERY`) or a session (`CONNECTION`).
    async fn kill(&mut self, trial: &mut Trial, target: &str) {
        let mut root = Root::connect(&trial.server.socket()).await;
        let sessions = format!("FROM information_schema.processlist WHERE user = '{}'", trial.server.user());
        // Sessions that run a statement are preferred.
        let id: u64 = root
            .value(&format!("SELECT COALESCE((SELECT id {sessions} ORDER BY command = 'Sleep', RAND() LIMIT 1), 0)"))
            .await;
        if id > 0 {
            // The server refuses the KILL if the session has ended meanwhile.
            root.attempt(&format!("KILL {target} {id}")).await;
            match target {
                "QUERY" => self.killed_statements += 1,
                _ => self.killed_sessions += 1,
            }
        }
    }

    /// Commits the remaining prepared transactions and counts the last statements.
    pub(crate) async fn finish(&mut self, trial: &mut Trial) {
        trial.commit_prepared_transactions().await;
        self.statements += trial.schema.status("Com_stmt_execute").await;
    }
}

/// Commits the prepared transactions of guests that have ended. The server refuses it for the
/// transactions of connected guests.
async fn commit_prepared_transactions(trial: &mut Trial) {
    let mut root = Root::connect(&trial.server.socket()).await;
    for xid in root.prepared().await {
        root.attempt(&format!("XA COMMIT {xid}")).await;
    }
}
