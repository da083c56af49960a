//! The product and the version of a server, which decide how the driver handles the differences of
//! servers. Every session has its own, because a host name can lead to different servers.

/// The product of a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Family {
    MariaDb,
    MySql,
}

/// The product and the version of a server, as the identity query reported them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ServerFlavour {
    family: Family,
    version: (u16, u16, u16),
}

impl ServerFlavour {
    /// The SQL expression that reports the flavour. An operator can set another text as the version
    /// of MariaDB, but the executable comment is always executed.
    pub(super) const EXPRESSION: &str = "CONCAT(VERSION() /*M! , '-MariaDB' */)";

    /// Parses the value of `EXPRESSION`, for example `8.4.3` or `10.11.6-MariaDB-log-MariaDB`.
    pub(super) fn parse(text: &str) -> Self {
        let family = if text.ends_with("-MariaDB") { Family::MariaDb } else { Family::MySql };
        let mut numbers = text.split(|letter: char| !letter.is_ascii_digit()).map_while(|number| number.parse().ok());
        let mut next = || numbers.next().unwrap_or(0);
        Self { family, version: (next(), next(), next()) }
    }

    /// Returns the product, as engines and metrics report it: `mariadb` or `mysql`.
    pub(crate) fn name(self) -> &'static str {
        match self.family {
            Family::MariaDb => "mariadb",
            Family::MySql => "mysql",
        }
    }

    /// Returns whether the version is this one or a newer one.
    pub(super) fn is_at_least(self, version: (u16, u16, u16)) -> bool {
        self.version >= version
    }

    /// Whether a prepared statement keeps the parameter types of its first execution. Later
    /// executions then convert parameters of other types, for example a text to the number 0.
    pub(super) fn keeps_parameter_types(self) -> bool {
        self.family == Family::MySql && self.version >= (8, 0, 22)
    }

    /// Whether SHOW GRANTS shows the privileges of active roles as privileges of the account. The
    /// tables with the active roles exist from this version on.
    pub(super) fn hides_holders(self) -> bool {
        self.family == Family::MySql && self.version >= (8, 0, 19)
    }

    /// Returns roles that `CURRENT_ROLE()` reports in the form that SET ROLE accepts. MariaDB
    /// reports the name of one role, MySQL a list of quoted names.
    pub(super) fn role_list(self, roles: &str) -> String {
        match (self.family, roles) {
            (_, "") => "NONE".to_owned(),
            (Family::MariaDb, role) => format!("`{}`", role.replace('`', "``")),
            (Family::MySql, roles) => roles.to_owned(),
        }
    }

    /// The variable that makes transactions read-only.
    pub(super) fn read_only_variable(self) -> &'static str {
        let renamed = match self.family {
            Family::MariaDb => (11, 1, 1),
            Family::MySql => (5, 7, 20),
        };
        if self.version >= renamed { "transaction_read_only" } else { "tx_read_only" }
    }

    /// Whether the server's time limit for a statement also stops a CALL. MySQL's stops only SELECT
    /// outside of procedures.
    pub(super) fn stops_calls(self) -> bool {
        self.family == Family::MariaDb
    }

    /// Whether the server can have bulk commands (COM_STMT_BULK_EXECUTE).
    pub(super) fn may_offer_bulk(self) -> bool {
        self.family == Family::MariaDb
    }

    /// Whether the diagnostics of an INSERT include the number of the row that failed.
    pub(super) fn reports_row_numbers(self) -> bool {
        self.family == Family::MariaDb && self.version >= (10, 7, 0)
    }

    /// Whether the server sends a packet before it closes an idle session.
    pub(super) fn announces_idle_timeout(self) -> bool {
        self.family == Family::MySql && self.version >= (8, 0, 24)
    }

    /// The table of the sessions, without a privilege for those of the same account.
    ///
    /// `information_schema.processlist` of MySQL lacks sessions that roll back at their end, and
    /// fails while any session runs a statement with an emoji (error 3854).
    pub(super) fn process_list(self) -> &'static str {
        match self.family {
            Family::MySql if self.version >= (8, 0, 22) => "performance_schema.processlist",
            _ => "information_schema.processlist",
        }
    }

    /// Whether KILL finds no session that rolls back at its end.
    pub(super) fn hides_ending_sessions(self) -> bool {
        self.family == Family::MySql
    }

    /// Whether the server can stop a statement at its time limit without an error.
    pub(super) fn stops_statements_silently(self) -> bool {
        self.family == Family::MySql
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn product_and_version_are_parsed() {
        for (text, name, version) in [
            ("9.7.4-2", "mysql", (9, 7, 4)),
            ("8.0.36-0ubuntu0.22.04.1", "mysql", (8, 0, 36)),
            ("10.11.6-MariaDB-0+deb12u1-log-MariaDB", "mariadb", (10, 11, 6)),
            ("5.5.5-fake-MariaDB", "mariadb", (5, 5, 5)),
            ("8.4", "mysql", (8, 4, 0)),
            ("", "mysql", (0, 0, 0)),
        ] {
            let flavour = ServerFlavour::parse(text);
            assert_eq!((flavour.name(), flavour.version), (name, version), "{text}");
        }
    }

    #[test]
    fn roles_are_in_the_form_of_set_role() {
        let list = |version, roles| ServerFlavour::parse(version).role_list(roles);
        assert_eq!(list("10.11.6-MariaDB", ""), "NONE");
        assert_eq!(list("10.11.6-MariaDB", "a`b"), "`a``b`");
        assert_eq!(list("8.4.3", "NONE"), "NONE");
        assert_eq!(list("8.4.3", "`a`@`%`,`b`@`%`"), "`a`@`%`,`b`@`%`");
    }

    #[test]
    fn parameter_types_are_kept_from_mysql_8_0_22_on() {
        for (text, expected) in [("8.0.21", false), ("8.0.22", true), ("9.7.4", true), ("11.8.2-MariaDB", false)] {
            assert_eq!(ServerFlavour::parse(text).keeps_parameter_types(), expected, "{text}");
        }
    }
}
