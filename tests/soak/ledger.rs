//! Compares the outcomes that guests reported for their transactions with the rows on the server.

use wasmysql_tests::{Trial, series};

/// The numbers of transactions, by the outcome that their guests reported.
///
/// A transaction without a report may be committed or rolled back, but only as a whole.
#[derive(Default)]
pub(crate) struct Ledger {
    committed: Vec<u64>,
    unknown: Vec<u64>,
    failed: Vec<u64>,
}

/// The differences between the reported outcomes and the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Differences {
    /// The number of committed transactions whose rows are missing.
    pub(crate) lost: u64,
    /// The number of failed or rolled back transactions whose rows are present.
    pub(crate) unexpected: u64,
    /// The number of transactions of which only some rows are present.
    pub(crate) partial: u64,
    /// The absolute difference, in cents, between the increase of the balances and the recorded
    /// cents.
    pub(crate) cents: u64,
}

impl Ledger {
    /// Creates the tables that guests work on.
    pub(crate) async fn prepare(trial: &mut Trial) {
        for sql in [
            "CREATE TABLE ledger (tx BIGINT, n INT, total INT, PRIMARY KEY (tx, n)) ENGINE = InnoDB",
            "CREATE TABLE contended (id INT PRIMARY KEY, n INT) ENGINE = InnoDB",
            &format!("INSERT INTO contended SELECT seq - 1, 0 FROM {} AS series", series(8)),
            "CREATE TABLE points (id INT PRIMARY KEY) ENGINE = InnoDB",
            &format!("INSERT INTO points SELECT seq - 1 FROM {} AS series", series(1000)),
            "CREATE TABLE balances (id INT PRIMARY KEY, balance DECIMAL(30, 2)) ENGINE = InnoDB",
            &format!("INSERT INTO balances SELECT seq - 1, 12345678901234567890.11 FROM {} AS series", series(4)),
            "CREATE TABLE cents (tx BIGINT PRIMARY KEY) ENGINE = InnoDB",
            &format!(
                "CREATE PROCEDURE inserts_last(IN number BIGINT) BEGIN \
                 SELECT seq, REPEAT('x', 4000) FROM {} AS series; SELECT number; \
                 INSERT INTO ledger VALUES (number, 0, 2), (number, 1, 2); END",
                series(500)
            ),
        ] {
            trial.schema.run(sql).await;
        }
        let flushes: u32 = trial.schema.value("SELECT @@innodb_flush_log_at_trx_commit").await;
        assert_eq!(flushes, 1, "committed transactions must survive a crash of the server");
    }

    /// Records a line of a guest's output if it reports the outcome of a transaction. Returns
    /// whether it does.
    pub(crate) fn record(&mut self, line: &str) -> bool {
        let Some((outcome, number)) = line.split_once(' ') else { return false };
        let list = match outcome {
            "committed" => &mut self.committed,
            "unknown" => &mut self.unknown,
            "failed" => &mut self.failed,
            _ => return false,
        };
        list.push(number.parse().unwrap());
        true
    }

    pub(crate) fn counts(&self) -> [usize; 3] {
        [self.committed.len(), self.unknown.len(), self.failed.len()]
    }

    /// Compares the reported outcomes with the table.
    pub(crate) async fn compare(self, trial: &mut Trial) -> Differences {
        trial.schema.run("CREATE TABLE reported (tx BIGINT PRIMARY KEY, committed BOOL) ENGINE = InnoDB").await;
        for (numbers, committed) in [(&self.committed, true), (&self.failed, false)] {
            for chunk in numbers.chunks(1000) {
                let rows: Vec<_> = chunk.iter().map(|number| format!("({number}, {committed})")).collect();
                trial.schema.run(&format!("INSERT INTO reported VALUES {}", rows.join(","))).await;
            }
        }
        let lost = "SELECT COUNT(*) FROM reported WHERE committed AND tx NOT IN (SELECT tx FROM ledger)";
        let unexpected = "SELECT COUNT(*) FROM reported WHERE NOT committed AND tx IN (SELECT tx FROM ledger)";
        let partial = "SELECT COUNT(*) FROM (SELECT tx FROM ledger GROUP BY tx HAVING COUNT(*) <> MAX(total) OR MAX(n) >= MAX(total)) t";
        let cents = "SELECT CAST(ABS((SELECT SUM(balance) - 4 * 12345678901234567890.11 FROM balances) * 100 \
                     - (SELECT COUNT(*) FROM cents)) AS UNSIGNED)";
        Differences {
            lost: trial.schema.value(lost).await,
            unexpected: trial.schema.value(unexpected).await,
            partial: trial.schema.value(partial).await,
            cents: trial.schema.value(cents).await,
        }
    }
}

impl Differences {
    pub(crate) const NONE: Self = Self { lost: 0, unexpected: 0, partial: 0, cents: 0 };
}
