//! What a grant asks of a session, and what the server says of itself when it is connected to.

use std::time::Duration;

/// What the server adds to a deadline of the host's: it acts only where the host is gone.
const AFTER_THE_HOST: Duration = Duration::from_secs(1);

/// What the grant of a borrower asks of its session. The host sees to all of it by itself; this is for what slips through, and for
/// a host that is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SessionSettings {
    pub(crate) read_only: bool,
    pub(crate) statement_timeout: Duration,
    pub(crate) idle_transaction_timeout: Duration,
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
    /// As statements. MariaDB and MySQL have different names for the timeouts, and each passes over the other's comment; MySQL knows
    /// none for idle transactions. A limit that is lower already stays.
    pub(super) fn as_sql(&self, allowed: Allowed) -> String {
        let access = if self.read_only { "READ ONLY" } else { "READ WRITE" };
        let statement = seconds(self.statement_timeout, allowed.statement);
        let idle = seconds(self.idle_transaction_timeout, allowed.idle_transaction).ceil();
        format!(
            "SET SESSION TRANSACTION {access}; \
             SET /*M!100301 SESSION max_statement_time = {statement:.3}, SESSION idle_transaction_timeout = {idle:.0} */\
             /*!80000 SESSION max_execution_time = {:.0} */",
            statement * 1000.0
        )
    }
}

/// The seconds to set, a little more than the host's own. Servers take no more than a year.
fn seconds(timeout: Duration, allowed: f64) -> f64 {
    const YEAR: f64 = 365.0 * 24.0 * 60.0 * 60.0;
    let wanted = timeout.saturating_add(AFTER_THE_HOST).as_secs_f64().min(YEAR);
    if allowed > 0.0 { wanted.min(allowed) } else { wanted }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_for_either_server() {
        let settings = SessionSettings {
            read_only: true,
            statement_timeout: Duration::from_millis(1500),
            idle_transaction_timeout: Duration::MAX,
        };
        assert_eq!(
            settings.as_sql(Allowed::default()),
            "SET SESSION TRANSACTION READ ONLY; \
             SET /*M!100301 SESSION max_statement_time = 2.500, SESSION idle_transaction_timeout = 31536000 */\
             /*!80000 SESSION max_execution_time = 2500 */"
        );
    }

    #[test]
    fn a_limit_of_the_account_is_not_lifted() {
        let timeout = Duration::from_secs(30);
        let settings =
            SessionSettings { read_only: false, statement_timeout: timeout, idle_transaction_timeout: timeout };
        assert_eq!(
            settings.as_sql(Allowed { statement: 0.2, idle_transaction: 5.0 }),
            "SET SESSION TRANSACTION READ WRITE; \
             SET /*M!100301 SESSION max_statement_time = 0.200, SESSION idle_transaction_timeout = 5 */\
             /*!80000 SESSION max_execution_time = 200 */"
        );
    }
}
