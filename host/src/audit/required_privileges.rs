//! Which privileges guests need: what an account has beyond that is too much, and what it lacks will be refused by the server.

use super::privilege::{Privileges, Scope};
use crate::core::Statements;

const ALL: &str = "ALL PRIVILEGES";

/// What statements of each kind need, and what is no more than a convenience to them: with it they reach nothing new.
const NEEDS: [(Statements, &[&str], &[&str]); 3] = [
    (Statements::Read, &["SELECT"], &["SHOW VIEW", "EXECUTE"]),
    (Statements::Dml, &["INSERT", "UPDATE", "DELETE"], &["CREATE TEMPORARY TABLES", "LOCK TABLES"]),
    (Statements::Ddl, &["CREATE", "ALTER", "DROP", "INDEX", "CREATE VIEW", "REFERENCES"], &[]),
];

impl Statements {
    /// The privileges that these statements need in a schema, as GRANT writes them.
    #[must_use]
    pub fn privileges(self) -> Vec<&'static str> {
        match self {
            Statements::Any => vec![ALL],
            _ => up_to(self).flat_map(|(_, needed, _)| needed.iter().copied()).collect(),
        }
    }
}

/// What of these privileges guests of such a grant don't need, where `own` is the schema they work in; without one it is every schema.
/// Guests with a grant of `any` may use whatever there is.
pub(super) fn excess(privileges: &[Privileges], own: Option<&str>, statements: Statements) -> Vec<Privileges> {
    if statements == Statements::Any {
        return Vec::new();
    }
    let tolerated: Vec<&str> =
        up_to(statements).flat_map(|(_, needed, tolerated)| needed.iter().chain(*tolerated).copied()).collect();
    let is_too_wide = |scope: &Scope| match own {
        Some(own) => !scope.is_within(own),
        None => matches!(scope, Scope::Server | Scope::Account(_)),
    };
    let beyond = |line: &Privileges| {
        let is_excess = |name: &&String| is_too_wide(&line.scope) || !tolerated.contains(&base(name));
        Privileges { names: line.names.iter().filter(is_excess).cloned().collect(), ..line.clone() }
    };
    privileges.iter().map(beyond).filter(|line| !line.names.is_empty()).collect()
}

/// What guests of such a grant may run and the account may not, not even on one table.
pub(super) fn lacking(privileges: &[Privileges], own: Option<&str>, statements: Statements) -> Vec<&'static str> {
    if statements == Statements::Any {
        return Vec::new();
    }
    let here: Vec<&str> = privileges
        .iter()
        .filter(|line| line.scope.reaches(own))
        .flat_map(|line| line.names.iter().map(|name| base(name)))
        .collect();
    let is_missing = |name: &&str| !here.contains(name) && !here.contains(&ALL);
    statements.privileges().into_iter().filter(is_missing).collect()
}

fn up_to(
    statements: Statements,
) -> impl Iterator<Item = &'static (Statements, &'static [&'static str], &'static [&'static str])> {
    NEEDS.iter().filter(move |(kind, ..)| *kind <= statements)
}

/// A privilege without the columns it is restricted to.
fn base(name: &str) -> &str {
    name.split_once(" (").map_or(name, |(name, _)| name)
}

#[cfg(test)]
mod tests {
    use super::Statements::*;
    use super::*;

    /// What SHOW GRANTS says, and what of it is too much and too little for `statements` in the schema `shop`.
    #[track_caller]
    fn check(statements: Statements, lines: &[&str], too_much: &[&str], too_little: &[&str]) {
        let told: Vec<Privileges> = lines
            .iter()
            .filter_map(|line| super::super::show_grants::privileges(&format!("GRANT {line} TO `a`@`%`")))
            .collect();
        let shown = |line: &Privileges| format!("{} ON {}", line.names.join(", "), line.scope);
        let excess: Vec<String> = excess(&told, Some("shop"), statements).iter().map(shown).collect();
        assert_eq!(
            (excess, lacking(&told, Some("shop"), statements)),
            (strings(too_much), too_little.to_vec()),
            "{lines:?}"
        );
    }

    fn strings(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    #[test]
    fn what_is_needed_is_neither_too_much_nor_too_little() {
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
    fn what_reaches_further_is_too_much() {
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
    fn what_the_server_would_refuse_is_too_little() {
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
    fn without_a_schema_every_schema_is_meant() {
        let told = ["SELECT ON `a`.*", "INSERT ON *.*"].map(|line| format!("GRANT {line} TO `a`@`%`"));
        let told: Vec<Privileges> =
            told.iter().filter_map(|line| super::super::show_grants::privileges(line)).collect();
        assert_eq!(excess(&told, None, Dml), told[1..]);
        assert_eq!(lacking(&told, None, Dml), ["UPDATE", "DELETE"]);
    }
}
