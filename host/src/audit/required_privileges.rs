//! The required privileges of grants. An account with more privileges has excess privileges;
//! without a required privilege, the server rejects statements that the grant allows.

use super::privilege::{Privileges, Scope};
use crate::sql::Statements;

const ALL: &str = "ALL PRIVILEGES";

/// The privilege of MySQL that the recovery of two-phase transactions needs. `dml` grants allow
/// two-phase transactions.
const RECOVERY: &str = "XA_RECOVER_ADMIN";

/// For each kind of statement: the required privileges, and the tolerated privileges. Tolerated
/// privileges give no access to further data.
const REQUIRED: [(Statements, &[&str], &[&str]); 3] = [
    (Statements::Read, &["SELECT"], &["SHOW VIEW", "EXECUTE"]),
    (Statements::Dml, &["INSERT", "UPDATE", "DELETE"], &["CREATE TEMPORARY TABLES", "LOCK TABLES"]),
    (Statements::Ddl, &["CREATE", "ALTER", "DROP", "INDEX", "CREATE VIEW", "REFERENCES"], &[]),
];

impl Statements {
    /// Returns the required privileges of these statements in a schema, as GRANT writes them.
    ///
    /// The result includes the required privileges of the kinds below: `dml` includes `SELECT`.
    #[must_use]
    pub fn privileges(self) -> Vec<&'static str> {
        match self {
            Statements::Any => vec![ALL],
            _ => up_to(self).flat_map(|(_, required, _)| required.iter().copied()).collect(),
        }
    }
}

/// Returns the privileges that guests with such a grant don't need. `own` is the schema of the
/// database; `None` stands for all schemas. A grant of `any` has no excess, because it allows every
/// privilege.
pub(super) fn excess(privileges: &[Privileges], own: Option<&str>, statements: Statements) -> Vec<Privileges> {
    if statements == Statements::Any {
        return Vec::new();
    }
    let tolerated: Vec<&str> =
        up_to(statements).flat_map(|(_, required, tolerated)| required.iter().chain(*tolerated).copied()).collect();
    let is_too_wide = |scope: &Scope| match own {
        Some(own) => !scope.is_within(own),
        None => matches!(scope, Scope::Server | Scope::Account(_)),
    };
    let beyond = |line: &Privileges| {
        let is_for_recovery = |name: &str| name == RECOVERY && statements >= Statements::Dml;
        let is_excess =
            |name: &&String| !is_for_recovery(name) && (is_too_wide(&line.scope) || !tolerated.contains(&base(name)));
        Privileges { names: line.names.iter().filter(is_excess).cloned().collect(), ..line.clone() }
    };
    privileges.iter().map(beyond).filter(|line| !line.names.is_empty()).collect()
}

/// Returns the required privileges that the account would lack without this `excess`.
pub(super) fn only_in_excess(
    privileges: &[Privileges],
    excess: &[Privileges],
    own: Option<&str>,
    statements: Statements,
) -> Vec<&'static str> {
    let needed = |line: &Privileges| {
        let is_excess = |name: &&String| {
            excess
                .iter()
                .any(|other| other.scope == line.scope && other.holders == line.holders && other.names.contains(*name))
        };
        Privileges { names: line.names.iter().filter(|name| !is_excess(name)).cloned().collect(), ..line.clone() }
    };
    let kept: Vec<Privileges> = privileges.iter().map(needed).collect();
    let held = lacking(privileges, &[], own, statements);
    lacking(&kept, &[], own, statements).into_iter().filter(|name| !held.contains(name)).collect()
}

/// Returns the required privileges that the account lacks, even on a single table. `revoked` are
/// the privileges on the whole server that are revoked for schemas.
pub(super) fn lacking(
    privileges: &[Privileges],
    revoked: &[Privileges],
    own: Option<&str>,
    statements: Statements,
) -> Vec<&'static str> {
    if statements == Statements::Any {
        return Vec::new();
    }
    let is_own = |line: &&Privileges| own.is_some_and(|own| line.scope.is_within(own));
    let revoked: Vec<&String> = revoked.iter().filter(is_own).flat_map(|line| &line.names).collect();
    let here: Vec<&str> = privileges
        .iter()
        .filter(|line| line.scope.reaches(own))
        .flat_map(|line| line.names.iter().filter(|name| line.scope != Scope::Server || !revoked.contains(name)))
        .map(|name| base(name))
        .collect();
    let is_missing = |name: &&str| !here.contains(name) && !here.contains(&ALL);
    statements.privileges().into_iter().filter(is_missing).collect()
}

fn up_to(
    statements: Statements,
) -> impl Iterator<Item = &'static (Statements, &'static [&'static str], &'static [&'static str])> {
    REQUIRED.iter().filter(move |(kind, ..)| *kind <= statements)
}

/// Returns a privilege without its column list.
fn base(name: &str) -> &str {
    name.split_once(" (").map_or(name, |(name, _)| name)
}

#[cfg(test)]
mod tests {
    use super::Statements::*;
    use super::*;

    /// Checks the excess and the lacking privileges of SHOW GRANTS `lines` for `statements` in the
    /// schema `shop`.
    #[track_caller]
    fn check(statements: Statements, lines: &[&str], too_much: &[&str], too_little: &[&str]) {
        let held: Vec<Privileges> = lines
            .iter()
            .filter_map(|line| super::super::show_grants::privileges(&format!("GRANT {line} TO `a`@`%`")))
            .collect();
        let shown = |line: &Privileges| format!("{} ON {}", line.names.join(", "), line.scope);
        let excess: Vec<String> = excess(&held, Some("shop"), statements).iter().map(shown).collect();
        assert_eq!(
            (excess, lacking(&held, &[], Some("shop"), statements)),
            (strings(too_much), too_little.to_vec()),
            "{lines:?}"
        );
    }

    fn strings(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    #[test]
    fn required_privileges_are_neither_excess_nor_lacking() {
        check(Read, &["SELECT ON `shop`.*"], &[], &[]);
        check(Read, &["SELECT, SHOW VIEW, EXECUTE ON `shop`.*"], &[], &[]);
        check(Read, &["SELECT (`a`) ON `shop`.`t`", "EXECUTE ON FUNCTION `shop`.`f`"], &[], &[]);
        check(Dml, &["SELECT, INSERT, UPDATE, DELETE, LOCK TABLES ON `shop`.*"], &[], &[]);
        let ddl = "SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, DROP, INDEX, CREATE VIEW, REFERENCES ON `shop`.*";
        check(Ddl, &[ddl], &[], &[]);
        check(Any, &["ALL PRIVILEGES ON *.*"], &[], &[]);
        check(Any, &[], &[], &[]);
    }

    #[test]
    fn other_privileges_and_scopes_are_excess() {
        check(Read, &["SELECT, INSERT ON `shop`.*"], &["INSERT ON `shop`.*"], &[]);
        check(Read, &["SELECT, UPDATE (`a`) ON `shop`.`t`"], &["UPDATE (`a`) ON `shop`.`t`"], &[]);
        check(Dml, &["ALL PRIVILEGES ON `shop`.*"], &["ALL PRIVILEGES ON `shop`.*"], &[]);
        check(Ddl, &["ALL PRIVILEGES ON `shop`.*"], &["ALL PRIVILEGES ON `shop`.*"], &[]);
        check(Read, &["SELECT, FILE ON *.*"], &["SELECT, FILE ON *.*"], &[]);
        check(Read, &["SELECT ON `shop%`.*"], &["SELECT ON `shop%`.*"], &[]);
        check(Read, &["SELECT ON `shop`.*", "SELECT ON `other`.*"], &["SELECT ON `other`.*"], &[]);
        check(Read, &["SELECT ON `shop`.*", "PROXY ON `root`@`%`"], &["PROXY ON 'root'@'%'"], &[]);
        check(Read, &["SELECT, ALTER ROUTINE ON `shop`.*"], &["ALTER ROUTINE ON `shop`.*"], &[]);
    }

    #[test]
    fn required_privileges_that_only_the_excess_contains_are_found() {
        for (lines, expected) in [
            (&["SELECT, INSERT ON *.*"][..], &["SELECT", "INSERT"][..]),
            (&["SELECT, INSERT ON *.*", "SELECT, DELETE ON `shop`.*"], &["INSERT"]),
            (&["ALL PRIVILEGES ON `shop`.*"], &["SELECT", "INSERT", "UPDATE", "DELETE"]),
            (&["SELECT, ALTER ON `shop`.*"], &[]),
        ] {
            let held: Vec<Privileges> = lines
                .iter()
                .filter_map(|line| super::super::show_grants::privileges(&format!("GRANT {line} TO `a`@`%`")))
                .collect();
            let excess = excess(&held, Some("shop"), Dml);
            assert_eq!(only_in_excess(&held, &excess, Some("shop"), Dml), expected, "{lines:?}");
        }
    }

    #[test]
    fn missing_privileges_are_lacking() {
        check(Read, &[], &[], &["SELECT"]);
        check(Read, &["SELECT ON `other`.*"], &["SELECT ON `other`.*"], &["SELECT"]);
        check(Dml, &["SELECT ON `shop`.*", "INSERT ON `shop`.`t`"], &[], &["UPDATE", "DELETE"]);
        check(
            Ddl,
            &["SELECT, INSERT, UPDATE, DELETE ON `shop`.*", "CREATE, DROP ON `shop`.*"],
            &[],
            &["ALTER", "INDEX", "CREATE VIEW", "REFERENCES"],
        );
    }

    #[test]
    fn without_a_schema_all_schemas_count() {
        let lines = ["SELECT ON `a`.*", "INSERT ON *.*"].map(|line| format!("GRANT {line} TO `a`@`%`"));
        let held: Vec<Privileges> =
            lines.iter().filter_map(|line| super::super::show_grants::privileges(line)).collect();
        assert_eq!(excess(&held, None, Dml), held[1..]);
        assert_eq!(lacking(&held, &[], None, Dml), ["UPDATE", "DELETE"]);
    }

    #[test]
    fn recovery_of_two_phase_transactions_needs_a_privilege() {
        let lines = ["SELECT, INSERT, UPDATE, DELETE ON `shop`.*", "XA_RECOVER_ADMIN,ROLE_ADMIN ON *.*"];
        check(Dml, &lines, &["ROLE_ADMIN ON *.*"], &[]);
        check(Read, &lines, &["INSERT, UPDATE, DELETE ON `shop`.*", "XA_RECOVER_ADMIN, ROLE_ADMIN ON *.*"], &[]);
    }

    #[test]
    fn partially_revoked_privileges_are_lacking() {
        let held = |lines: &[&str]| -> Vec<Privileges> {
            lines.iter().filter_map(|line| super::super::show_grants::privileges(line)).collect()
        };
        let revoked: Vec<Privileges> = ["shop", "mysql"]
            .iter()
            .filter_map(|schema| {
                super::super::show_grants::partial_revoke(&format!("REVOKE INSERT ON `{schema}`.* FROM `a`@`%`"))
            })
            .collect();
        let wide = "GRANT SELECT, INSERT, UPDATE, DELETE ON *.* TO `a`@`%`";
        assert_eq!(lacking(&held(&[wide]), &revoked, Some("shop"), Dml), ["INSERT"]);
        assert_eq!(lacking(&held(&[wide]), &revoked, Some("store"), Dml), [] as [&str; 0]);
        assert_eq!(lacking(&held(&[wide]), &revoked, None, Dml), [] as [&str; 0]);
        let with_table = held(&[wide, "GRANT INSERT ON `shop`.`t` TO `a`@`%`"]);
        assert_eq!(lacking(&with_table, &revoked, Some("shop"), Dml), [] as [&str; 0]);
    }
}
