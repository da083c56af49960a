//! What a grant asks of a session, and what the server says of itself when it is connected to.

use std::time::Duration;

/// What the server adds to a deadline of the host's: it acts only where the host is gone.
const AFTER_THE_HOST: Duration = Duration::from_secs(1);

/// How long a statement may take at the server where nobody stops it: its host is gone, or out of reach. The time in which a result is
/// sent counts, and results of any size are promised, so it is far longer than anybody reads.
pub(super) const BACKSTOP: Duration = Duration::from_secs(24 * 60 * 60);

/// Servers take no more than a year.
pub(super) const LONGEST: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// What the grant of a borrower asks of its session. The host sees to all of it by itself; this is for what slips through, and for
/// a host that is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SessionSettings {
    pub(crate) read_only: bool,
    pub(crate) idle_transaction_timeout: Duration,
}

/// How long the server lets a statement take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StatementLimit {
    /// Whatever it is: nothing may be sent, or it does not matter.
    Kept,
    /// The host stops it by itself. Where it may take longer than a day, the server allows that too.
    AtLeast(Duration),
    /// The server stops it, where the host can't: code of another account can't be killed.
    Exact(Duration),
}

/// What the server, or the account, allows a session before anything is asked of it.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Allowed {
    /// In seconds; 0 is without end.
    pub(super) statement: f64,
    pub(super) idle_transaction: f64,
}

/// Asks which server it is, what it allows, how large a packet it takes, and whether a login has statements of its own. Names and
/// addresses can lead to another one each time.
pub(super) const IDENTITY: &str = "SELECT CONCAT_WS('/', @@hostname, @@port, @@server_id), \
     0.0 /*M!100301 + @@max_statement_time */ /*!80000 + @@max_execution_time / 1000 */, \
     0.0 /*M!100301 + @@idle_transaction_timeout */, \
     GREATEST(@@max_allowed_packet, @@net_buffer_length), COALESCE(@@init_connect, '') <> ''";

impl SessionSettings {
    /// As statements, with a limit for each statement. MariaDB and MySQL have different names for the timeouts, and each passes over the
    /// other's comment; MySQL knows none for idle transactions. A limit that is lower already stays.
    pub(super) fn as_sql(&self, limit: Duration, allowed: Allowed) -> String {
        let access = if self.read_only { "READ ONLY" } else { "READ WRITE" };
        let idle = self.idle_transaction_timeout.saturating_add(AFTER_THE_HOST);
        let idle = seconds(idle, allowed.idle_transaction).ceil();
        format!(
            "SET SESSION TRANSACTION {access}; {} /*M!100301 , SESSION idle_transaction_timeout = {idle:.0} */",
            limited(limit, allowed)
        )
    }
}

/// Has the server stop each statement after so long.
pub(super) fn limited(limit: Duration, allowed: Allowed) -> String {
    let seconds = seconds(limit, allowed.statement);
    let ms = seconds * 1000.0;
    format!(
        "SET /*M!100301 SESSION max_statement_time = {seconds:.3} */ /*!80000 SESSION max_execution_time = {ms:.0} */"
    )
}

/// The seconds to set.
fn seconds(wanted: Duration, allowed: f64) -> f64 {
    let wanted = wanted.min(LONGEST).as_secs_f64();
    if allowed > 0.0 { wanted.min(allowed) } else { wanted }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_for_either_server() {
        let settings = SessionSettings { read_only: true, idle_transaction_timeout: Duration::MAX };
        assert_eq!(
            settings.as_sql(Duration::from_millis(2500), Allowed::default()),
            "SET SESSION TRANSACTION READ ONLY; \
             SET /*M!100301 SESSION max_statement_time = 2.500 */ /*!80000 SESSION max_execution_time = 2500 */ \
             /*M!100301 , SESSION idle_transaction_timeout = 31536000 */"
        );
    }

    #[test]
    fn a_limit_of_the_account_is_not_lifted() {
        let timeout = Duration::from_secs(30);
        let settings = SessionSettings { read_only: false, idle_transaction_timeout: timeout };
        assert_eq!(
            settings.as_sql(BACKSTOP, Allowed { statement: 0.2, idle_transaction: 5.0 }),
            "SET SESSION TRANSACTION READ WRITE; \
             SET /*M!100301 SESSION max_statement_time = 0.200 */ /*!80000 SESSION max_execution_time = 200 */ \
             /*M!100301 , SESSION idle_transaction_timeout = 5 */"
        );
    }
}
