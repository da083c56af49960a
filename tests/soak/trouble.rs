//! What happens to the server meanwhile.

use std::time::{Duration, Instant};

use wasmysql_tests::{Root, Trial};

use crate::random::Random;

/// Between two troubles.
const PAUSE: Duration = Duration::from_millis(250);
/// How often the server crashes, in a long soak.
const CRASHES_EVERY: Duration = Duration::from_secs(20);

#[derive(Default, Debug)]
pub(crate) struct Trouble {
    crashes_every: Duration,
    crashed_at: Option<Instant>,
    /// Of the servers that have gone.
    pub(crate) statements: u64,
    pub(crate) killed_sessions: u32,
    pub(crate) killed_statements: u32,
    pub(crate) freezes: u32,
    pub(crate) crashes: u32,
}

impl Trouble {
    pub(crate) fn new(length: Duration) -> Self {
        Self { crashes_every: CRASHES_EVERY.min(length / 3), crashed_at: Some(Instant::now()), ..Self::default() }
    }

    /// Makes one, after a pause.
    pub(crate) async fn make(&mut self, trial: &mut Trial, random: &mut Random) {
        tokio::time::sleep(PAUSE).await;
        if self.crashed_at.is_none_or(|at| at.elapsed() > self.crashes_every) {
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
            _ => decide_what_is_prepared(trial).await,
        }
    }

    async fn kill(&mut self, trial: &mut Trial, what: &str) {
        let mut root = Root::connect(&trial.server.socket()).await;
        let sessions = format!("FROM information_schema.processlist WHERE user = '{}'", trial.server.user());
        // Somebody at work, if there is one.
        let id: u64 = root
            .value(&format!("SELECT COALESCE((SELECT id {sessions} ORDER BY command = 'Sleep', RAND() LIMIT 1), 0)"))
            .await;
        if id > 0 {
            // Refused where it has gone by itself.
            root.attempt(&format!("KILL {what} {id}")).await;
            match what {
                "QUERY" => self.killed_statements += 1,
                _ => self.killed_sessions += 1,
            }
        }
    }

    /// Leaves nothing that is to be decided.
    pub(crate) async fn is_over(&mut self, trial: &mut Trial) {
        trial.commit_what_is_prepared().await;
        self.statements += trial.schema.status("Com_stmt_execute").await;
    }
}

/// Commits what guests that are gone have left prepared. Of those that are there it is refused.
async fn decide_what_is_prepared(trial: &mut Trial) {
    let mut root = Root::connect(&trial.server.socket()).await;
    for xid in root.prepared().await {
        root.attempt(&format!("XA COMMIT {xid}")).await;
    }
}
