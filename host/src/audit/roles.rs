//! Attributes privileges to the account and to its active roles.
//!
//! MariaDB shows the holder of each privilege. MySQL shows the privileges of active roles as
//! privileges of the account, and REVOKE needs the holder. An account without access to the system
//! tables can't see the privileges of a role alone. But it can see its own privileges without any
//! role, and with each role.

use super::inspect::with_timeout;
use super::privilege::{Privileges, quoted_role};
use super::show_grants::{columns, partial_revoke, privileges};
use crate::driver::Session;
use crate::types::Result;

/// The privileges of an account.
#[derive(Debug)]
pub(super) struct Grants {
    /// The privileges of the account and of its active roles.
    pub(super) privileges: Vec<Privileges>,
    /// The privileges on the whole server that are revoked for a schema.
    pub(super) partial_revokes: Vec<Privileges>,
}

impl Grants {
    /// Queries the privileges of this account. Its name must be quoted.
    pub(super) async fn query(session: &mut Session, account: &str) -> Result<Self> {
        let all = with_timeout(session.show_grants()).await?;
        let partial_revokes = all.iter().filter_map(|line| partial_revoke(line)).collect();
        let active = with_timeout(session.hidden_roles()).await?;
        if active.is_empty() {
            return Ok(Self { privileges: parsed(&all), partial_revokes });
        }
        let own = parsed(&with_timeout(session.show_grants_with(account, None)).await?);
        let grants = with_timeout(session.role_grants()).await?;
        let mut privileges = own.clone();
        for role in &active {
            let with_role = with_timeout(session.show_grants_with(account, Some(&quoted_role(role)))).await?;
            privileges.extend(of_role(parsed(&with_role), &own, &included(role, &grants)));
        }
        Ok(Self { privileges, partial_revokes })
    }
}

fn parsed(lines: &[String]) -> Vec<Privileges> {
    lines.iter().filter_map(|line| privileges(line)).collect()
}

/// Returns a role and all roles that it includes, quoted.
fn included(role: &(String, String), grants: &[(String, String, String, String)]) -> Vec<String> {
    let mut roles = vec![role.clone()];
    let mut next = 0;
    while let Some(role) = roles.get(next).cloned() {
        let of_role = grants.iter().filter(|grant| (&grant.0, &grant.1) == (&role.0, &role.1));
        for (_, _, name, host) in of_role {
            let role = (name.clone(), host.clone());
            if !roles.contains(&role) {
                roles.push(role);
            }
        }
        next += 1;
    }
    roles.iter().map(quoted_role).collect()
}

/// Returns the privileges of a role: those that the account has only with the role.
///
/// `holders` are the role and the roles that it includes. The server does not show which of them
/// holds a privilege.
fn of_role(with_role: Vec<Privileges>, own: &[Privileges], holders: &[String]) -> Vec<Privileges> {
    let lines = with_role.into_iter().map(|line| {
        let here = own.iter().filter(|other| other.scope == line.scope);
        let own: Vec<&str> = here.flat_map(|other| &other.names).map(String::as_str).collect();
        let names = line.names.iter().filter_map(|name| without(name, &own)).collect();
        Privileges { names, holders: holders.to_vec(), ..line }
    });
    lines.filter(|line| !line.names.is_empty()).collect()
}

/// Returns the part of a privilege that is not among `own`. A privilege can be limited to columns.
fn without(name: &str, own: &[&str]) -> Option<String> {
    let (privilege, mut limited) = columns(name);
    if own.contains(&privilege) {
        return None;
    }
    if limited.is_empty() {
        return Some(name.to_owned());
    }
    for (_, others) in own.iter().map(|other| columns(other)).filter(|(other, _)| *other == privilege) {
        limited.retain(|column| !others.contains(column));
    }
    (!limited.is_empty()).then(|| format!("{privilege} ({})", limited.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_account(lines: &[&str]) -> Vec<Privileges> {
        lines.iter().filter_map(|line| privileges(&format!("GRANT {line} TO `a`@`%`"))).collect()
    }

    #[track_caller]
    fn check(own: &[&str], with_role: &[&str], expected: &[&str]) {
        let of_role = of_role(of_account(with_role), &of_account(own), &["'r'@'%'".to_owned()]);
        let shown: Vec<_> = of_role
            .iter()
            .map(|line| format!("{} ON {} FROM {}", line.names.join(", "), line.scope, line.holders.join(", ")))
            .collect();
        assert_eq!(shown, expected, "{own:?}");
    }

    #[test]
    fn only_additional_privileges_are_those_of_the_role() {
        check(&["USAGE ON *.*"], &["USAGE ON *.*"], &[]);
        check(
            &["SELECT ON `shop`.*"],
            &["FILE ON *.*", "SELECT, INSERT ON `shop`.*", "SELECT ON `mysql`.*"],
            &["FILE ON *.* FROM 'r'@'%'", "INSERT ON `shop`.* FROM 'r'@'%'", "SELECT ON `mysql`.* FROM 'r'@'%'"],
        );
        check(&["SELECT ON `shop`.*"], &["ALL PRIVILEGES ON `shop`.*"], &["ALL PRIVILEGES ON `shop`.* FROM 'r'@'%'"]);
        check(
            &["PROCESS ON *.*"],
            &["PROCESS ON *.*", "ROLE_ADMIN,XA_RECOVER_ADMIN ON *.*"],
            &["ROLE_ADMIN, XA_RECOVER_ADMIN ON *.* FROM 'r'@'%'"],
        );
    }

    #[test]
    fn columns_are_compared_one_by_one() {
        check(
            &["UPDATE (`a`), SELECT ON `s`.`t`"],
            &["UPDATE (`a`, `b``, ``c`), SELECT, SELECT (`a`) ON `s`.`t`", "UPDATE (`a`) ON `s`.`u`"],
            &["UPDATE (`b``, ``c`) ON `s`.`t` FROM 'r'@'%'", "UPDATE (`a`) ON `s`.`u` FROM 'r'@'%'"],
        );
    }

    #[test]
    fn included_roles_are_found() {
        let role = |name: &str| (name.to_owned(), "%".to_owned());
        let grants = [("app", "w"), ("w", "deep"), ("deep", "w"), ("deep", "o'dd"), ("r", "other")]
            .map(|(grantee, name)| (grantee.to_owned(), "%".to_owned(), name.to_owned(), "%".to_owned()));
        assert_eq!(included(&role("w"), &grants), ["'w'@'%'", "'deep'@'%'", "'o''dd'@'%'"]);
        assert_eq!(included(&role("other"), &grants), ["'other'@'%'"]);
    }
}
