//! The settings of a session for a guest, and the query that identifies a server after connecting.

use std::time::Duration;

use super::server_flavour::ServerFlavour;
use super::user_variables::UserVariables;

/// The server's timeout exceeds the host's deadline by this time, so that the server acts only if
/// the host has died.
const SERVER_DELAY: Duration = Duration::from_secs(1);

/// The server's time limit for a statement whose host has died or is unreachable. The time for
/// sending the result counts, and results have no size limit, so the backstop is far longer than
/// any result takes to read.
pub(super) const BACKSTOP: Duration = Duration::from_secs(24 * 60 * 60);

/// The maximum timeout that servers accept: one year.
const MAX_LIMIT: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// The SQL expression of the active roles. Empty if none is active on MariaDB, or if the server has
/// no roles. It is short, because each reset computes it.
pub(super) const ROLES: &str = "COALESCE(/*!80000 CURRENT_ROLE(), *//*M!100301 CURRENT_ROLE(), */'')";

/// The query for the second in which the server started. Both numbers are of one clock and of one
/// statement, so the difference is the same until the server restarts, even if its clock is set.
/// It runs after the session defaults, because a server can limit the rows of a SELECT by default.
pub(super) const SERVER_START: &str = "SELECT UNIX_TIMESTAMP() - variable_value \
     FROM /*M!100000 information_schema *//*!50706 performance_schema */.global_status \
     WHERE variable_name = 'Uptime'";

/// The settings of a session for a guest: its variables, and the limits of its grant that the
/// server enforces too. The host enforces all limits; the server is a second line of defence, and
/// acts if the host has died.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SessionSettings {
    pub(crate) read_only: bool,
    pub(crate) idle_transaction_timeout: Duration,
    pub(crate) variables: UserVariables,
}

/// The server's time limit for a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StatementLimit {
    /// The current limit stays, because no command can be sent now or the limit does not matter.
    Unchanged,
    /// The host stops the statement. The server's limit is the backstop of one day, or this time if
    /// it is longer.
    AtLeast(Duration),
    /// The server stops the statement, because the host may be unable to: the account can't kill
    /// code of another account. MySQL has no such limit for a CALL, and keeps the backstop.
    Exact(Duration),
}

/// The time limits that the server or the account sets for a session by default.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct ServerLimits {
    /// In seconds; 0 means no limit.
    pub(super) statement: f64,
    /// In seconds; 0 means no limit.
    pub(super) idle_transaction: f64,
}

/// Returns the query for the identity and the flavour of the server, its time limits, its packet
/// size, whether `init_connect` runs statements at login, and the active roles. Each session needs
/// it, because a host name can lead to a different server each time.
pub(super) fn identity_query() -> String {
    format!(
        "SELECT CONCAT_WS('/', @@hostname, @@port, @@server_id), {}, \
         0.0 /*M!100301 + @@max_statement_time */ /*!80000 + @@max_execution_time / 1000 */, \
         0.0 /*M!100301 + @@idle_transaction_timeout */, \
         GREATEST(@@max_allowed_packet, @@net_buffer_length), COALESCE(@@init_connect, '') <> '', {ROLES}",
        ServerFlavour::EXPRESSION
    )
}

impl SessionSettings {
    /// Returns the assignments of a SET statement that apply the settings and a limit for each
    /// statement. `previous` are the variables that the session has.
    ///
    /// MariaDB and MySQL have different variables, and each ignores the executable comment of the
    /// other. MySQL has no timeout for idle transactions. A lower limit of the account stays in
    /// effect.
    pub(super) fn assignments(
        &self,
        limit: Duration,
        server: ServerFlavour,
        server_limits: ServerLimits,
        previous: &UserVariables,
    ) -> Vec<String> {
        let (variable, read_only) = (server.read_only_variable(), u8::from(self.read_only));
        let (seconds, ms) = statement_limit(limit, server_limits);
        let idle = self.idle_transaction_timeout.saturating_add(SERVER_DELAY);
        let idle = at_most(idle, server_limits.idle_transaction).ceil();
        let mut assignments = vec![format!(
            "SESSION {variable}={read_only}\
             /*M!100301 ,SESSION max_statement_time={seconds:.3},SESSION idle_transaction_timeout={idle:.0}*/\
             /*!80000 ,SESSION max_execution_time={ms:.0}*/"
        )];
        assignments.extend(self.variables.assignments(previous));
        assignments
    }
}

/// Returns SET statements with these assignments that each fit into a packet.
pub(super) fn set_statements(assignments: &[String], packet: usize) -> Vec<String> {
    let mut texts: Vec<String> = Vec::new();
    for assignment in assignments {
        match texts.last_mut() {
            // The comma and the command take one byte each.
            Some(text) if text.len() + 2 + assignment.len() < packet => {
                text.push(',');
                text.push_str(assignment);
            }
            _ => texts.push(format!("SET {assignment}")),
        }
    }
    texts
}

/// Returns the SQL that sets the server's time limit for each statement.
pub(super) fn statement_limit_sql(limit: Duration, server_limits: ServerLimits) -> String {
    let (seconds, ms) = statement_limit(limit, server_limits);
    format!("SET /*M!100301 SESSION max_statement_time={seconds:.3}*//*!80000 SESSION max_execution_time={ms:.0}*/")
}

/// Returns the limit in seconds and in milliseconds, at most the server's own limit.
fn statement_limit(limit: Duration, server_limits: ServerLimits) -> (f64, f64) {
    let seconds = at_most(limit, server_limits.statement);
    (seconds, seconds * 1000.0)
}

/// Returns the limit in seconds, at most the server's own limit.
fn at_most(wanted: Duration, server_limit: f64) -> f64 {
    let wanted = wanted.min(MAX_LIMIT).as_secs_f64();
    if server_limit > 0.0 { wanted.min(server_limit) } else { wanted }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(read_only: bool, idle_transaction_timeout: Duration) -> SessionSettings {
        SessionSettings { read_only, idle_transaction_timeout, variables: UserVariables::default() }
    }

    fn assignments(settings: &SessionSettings, limit: Duration, version: &str, limits: ServerLimits) -> Vec<String> {
        settings.assignments(limit, ServerFlavour::parse(version), limits, &UserVariables::default())
    }

    #[test]
    fn settings_suit_mariadb_and_mysql() {
        let settings = settings(true, Duration::MAX);
        for (version, variable) in [
            ("10.11.6-MariaDB", "tx_read_only"),
            ("11.8.2-MariaDB", "transaction_read_only"),
            ("5.7.19", "tx_read_only"),
            ("8.4.3", "transaction_read_only"),
        ] {
            assert_eq!(
                assignments(&settings, Duration::from_millis(2500), version, ServerLimits::default()),
                [format!(
                    "SESSION {variable}=1\
                     /*M!100301 ,SESSION max_statement_time=2.500,SESSION idle_transaction_timeout=31536000*/\
                     /*!80000 ,SESSION max_execution_time=2500*/"
                )]
            );
        }
    }

    #[test]
    fn assignments_are_split_only_for_small_packets() {
        let assignments = ["@a=1".to_owned(), "@b=2".to_owned(), "@c=3".to_owned()];
        assert_eq!(set_statements(&assignments, 1024), ["SET @a=1,@b=2,@c=3"]);
        assert_eq!(set_statements(&assignments, 16), ["SET @a=1,@b=2", "SET @c=3"]);
    }

    #[test]
    fn lower_limit_of_the_account_stays_in_effect() {
        let timeout = Duration::from_secs(30);
        let settings = settings(false, timeout);
        let limits = ServerLimits { statement: 0.2, idle_transaction: 5.0 };
        assert_eq!(
            assignments(&settings, BACKSTOP, "8.4.3", limits),
            ["SESSION transaction_read_only=0\
              /*M!100301 ,SESSION max_statement_time=0.200,SESSION idle_transaction_timeout=5*/\
              /*!80000 ,SESSION max_execution_time=200*/"]
        );
        assert_eq!(
            statement_limit_sql(BACKSTOP, limits),
            "SET /*M!100301 SESSION max_statement_time=0.200*//*!80000 SESSION max_execution_time=200*/"
        );
    }
}
