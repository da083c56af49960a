//! What guests were told of their transactions, and what the server has of them.

use wasmysql_tests::Trial;

/// The numbers of transactions, by what their guests were told. Of those of whom nobody heard, all or nothing is right.
#[derive(Default)]
pub(crate) struct Ledger {
    committed: Vec<u64>,
    unknown: Vec<u64>,
    failed: Vec<u64>,
}

/// Transactions that are not as they should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Found {
    /// Acknowledged, and not there.
    pub(crate) lost: u64,
    /// Failed or rolled back, and there.
    pub(crate) risen: u64,
    /// There in part.
    pub(crate) torn: u64,
    /// Cents that were added to balances and are not there, or are there and were not added.
    pub(crate) cents: u64,
}

impl Ledger {
    /// The tables that guests work on.
    pub(crate) async fn prepare(trial: &mut Trial) {
        for sql in [
            "CREATE TABLE ledger (tx BIGINT, n INT, of INT, PRIMARY KEY (tx, n)) ENGINE = InnoDB",
            "CREATE TABLE contended (id INT PRIMARY KEY, n INT) ENGINE = InnoDB",
            "INSERT INTO contended SELECT seq, 0 FROM seq_0_to_7",
            "CREATE TABLE points (id INT PRIMARY KEY) ENGINE = InnoDB",
            "INSERT INTO points SELECT seq FROM seq_0_to_999",
            "CREATE TABLE balances (id INT PRIMARY KEY, balance DECIMAL(30, 2)) ENGINE = InnoDB",
            "INSERT INTO balances SELECT seq, 12345678901234567890.11 FROM seq_0_to_3",
            "CREATE TABLE cents (tx BIGINT PRIMARY KEY) ENGINE = InnoDB",
            "CREATE PROCEDURE inserts_last(IN number BIGINT) BEGIN \
             SELECT seq, REPEAT('x', 4000) FROM seq_1_to_500; SELECT number; INSERT INTO ledger VALUES (number, 0, 2), (number, 1, 2); \
             END",
        ] {
            trial.schema.run(sql).await;
        }
        let flushes: u32 = trial.schema.value("SELECT @@innodb_flush_log_at_trx_commit").await;
        assert_eq!(flushes, 1, "what is committed must outlive the server");
    }

    /// Takes down a line of a guest, if it is one for a ledger.
    pub(crate) fn hear(&mut self, line: &str) -> bool {
        let Some((told, number)) = line.split_once(' ') else { return false };
        let list = match told {
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

    /// Compares it with the table.
    pub(crate) async fn compare(self, trial: &mut Trial) -> Found {
        trial.schema.run("CREATE TABLE told (tx BIGINT PRIMARY KEY, committed BOOL) ENGINE = InnoDB").await;
        for (numbers, committed) in [(&self.committed, true), (&self.failed, false)] {
            for some in numbers.chunks(1000) {
                let rows: Vec<_> = some.iter().map(|number| format!("({number}, {committed})")).collect();
                trial.schema.run(&format!("INSERT INTO told VALUES {}", rows.join(","))).await;
            }
        }
        let lost = "SELECT COUNT(*) FROM told WHERE committed AND tx NOT IN (SELECT tx FROM ledger)";
        let risen = "SELECT COUNT(*) FROM told WHERE NOT committed AND tx IN (SELECT tx FROM ledger)";
        let torn = "SELECT COUNT(*) FROM (SELECT tx FROM ledger GROUP BY tx HAVING COUNT(*) <> MAX(of) OR MAX(n) >= MAX(of)) t";
        let cents = "SELECT CAST(ABS((SELECT SUM(balance) - 4 * 12345678901234567890.11 FROM balances) * 100 \
                     - (SELECT COUNT(*) FROM cents)) AS UNSIGNED)";
        Found {
            lost: trial.schema.value(lost).await,
            risen: trial.schema.value(risen).await,
            torn: trial.schema.value(torn).await,
            cents: trial.schema.value(cents).await,
        }
    }
}

impl Found {
    pub(crate) const NOTHING: Self = Self { lost: 0, risen: 0, torn: 0, cents: 0 };
}
