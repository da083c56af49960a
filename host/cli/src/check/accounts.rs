//! Compares the privileges of an account with the grants, and suggests statements that fix them.

use std::io::{self, Write};

use wasmysql_host::{Database, Inspection, Privileges, Scope, Statements};

use super::report::Report;

/// The effects of privileges that are shown as the reason to revoke them.
const REASONS: [(&str, &str); 17] = [
    ("FILE", "reads and writes files of the server"),
    ("SUPER", "administers the server"),
    ("PROCESS", "shows statements of other accounts"),
    ("CREATE USER", "creates accounts and changes passwords"),
    ("GRANT OPTION", "grants its privileges to other accounts"),
    ("PROXY", "acts as that account"),
    ("SHUTDOWN", "stops the server"),
    ("RELOAD", "flushes caches and logs of the server"),
    ("EVENT", "runs statements later, without a plugin"),
    ("TRIGGER", "runs statements within those of other accounts"),
    ("CREATE ROUTINE", "creates stored procedures"),
    ("CONNECTION ADMIN", "kills sessions of other accounts"),
    ("CONNECTION_ADMIN", "kills sessions of other accounts"),
    ("SYSTEM_VARIABLES_ADMIN", "changes the settings of the server"),
    ("ROLE_ADMIN", "grants roles to accounts"),
    ("SET_ANY_DEFINER", "creates code that runs as other accounts"),
    ("XA_RECOVER_ADMIN", "shows two-phase transactions of other accounts"),
];

/// Privileges on the whole server that only an administrator has.
const ADMINISTRATION: [&str; 4] = ["ALL PRIVILEGES", "SUPER", "CREATE USER", "GRANT OPTION"];

/// The maximum number of privileges that are shown in a line. Longer lists in other schemas are
/// revoked with ALL PRIVILEGES.
const SHOWN_NAMES: usize = 8;

/// Joins the names of privileges, up to the maximum.
pub(super) fn shown(names: &[String]) -> String {
    match names.split_at_checked(SHOWN_NAMES) {
        Some((first, more)) if !more.is_empty() => format!("{} and {} more", first.join(", "), more.len()),
        _ => names.join(", "),
    }
}

/// Compares an account with `most`, the widest grant of its database.
pub(super) fn report<W: Write>(
    report: &mut Report<W>,
    name: &str,
    database: &Database,
    inspection: &Inspection,
    most: Statements,
) -> io::Result<()> {
    let lacking = inspection.lacking(most);
    if !lacking.is_empty() {
        let grant = inspection.grant_sql(&lacking);
        if is_unusable(inspection, most, &lacking) {
            report.error(&format!("the account lacks every privilege that grants of `{most}` need; run\n  {grant}"))?;
        } else {
            report.warning(&format!(
                "grants of `{most}` allow more than the account: the server refuses statements that need {}; if plugins \
                 need them, run\n  {grant}",
                lacking.join(", ")
            ))?;
        }
    }
    if most == Statements::Any && inspection.privileges.iter().any(is_administration) {
        return report
            .warning("this is an administrator account, so plugins with grants of `any` can administer the server");
    }
    let excess = inspection.excess(most);
    if excess.iter().any(is_administration) {
        let user = if database.user() == name { format!("{name}_plugins") } else { name.to_owned() };
        let [create, grant] = database.account_sql(&user, most);
        return report.warning(&format!(
            "this is an administrator account, so only grants of `{most}` restrict plugins; create an account for the database:\n  \
             {create}\n  {grant}"
        ));
    }
    if excess.is_empty() {
        return Ok(());
    }
    let mut statements: Vec<String> = excess.iter().map(|line| revoke(line, inspection)).collect();
    let again = inspection.only_in_excess(most);
    if !again.is_empty() {
        statements.push(inspection.grant_sql(&again));
    }
    report.warning(&format!(
        "the account has more privileges than grants of `{most}` need, so only the grants restrict plugins; revoke them:\n  {}",
        statements.join("\n  ")
    ))
}

/// Returns whether guests can't use the database at all.
///
/// An account with only EXECUTE is usable, because it can be restricted to procedures on purpose.
fn is_unusable(inspection: &Inspection, most: Statements, lacking: &[&str]) -> bool {
    let calls = inspection.privileges.iter().any(|line| line.names.iter().any(|name| name == "EXECUTE"));
    lacking.len() == most.privileges().len() && !calls
}

fn is_administration(line: &Privileges) -> bool {
    line.scope == Scope::Server && line.names.iter().any(|name| ADMINISTRATION.contains(&name.as_str()))
}

/// Returns the statement that revokes unneeded privileges, with the reason as a comment.
fn revoke(line: &Privileges, inspection: &Inspection) -> String {
    let mut reasons: Vec<&str> = Vec::new();
    let is_own = |schema: &str| inspection.schema.as_ref().is_none_or(|own| schema.replace('\\', "") == *own);
    match &line.scope {
        Scope::Schema(pattern) if pattern.contains('%') && !is_own(pattern) => reasons.push("more than one schema"),
        Scope::Schema(schema) | Scope::Table { schema, .. } | Scope::Routine { schema, .. } if !is_own(schema) => {
            reasons.push("another schema");
        }
        _ => {}
    }
    let matching = REASONS.iter().filter(|(privilege, _)| line.names.iter().any(|name| name == privilege));
    reasons.extend(matching.map(|(_, reason)| *reason));
    let is_own_privilege = line.holders == [inspection.account.as_str()];
    if line.holders == ["PUBLIC"] {
        reasons = vec!["every account has it"];
    } else if !is_own_privilege {
        reasons.push("through a role, which other accounts can have");
    }
    let comment = if reasons.is_empty() { String::new() } else { format!("   -- {}", reasons.join("; ")) };
    let is_wide = line.names.len() > SHOWN_NAMES && !line.names.iter().any(|name| name == "GRANT OPTION");
    let names = match &line.scope {
        Scope::Schema(schema) if is_wide && !is_own(schema) => "ALL PRIVILEGES".to_owned(),
        _ => line.names.join(", "),
    };
    // Only one of these roles may hold the privileges.
    let if_exists = if line.holders.len() > 1 { "IF EXISTS " } else { "" };
    let holders = line.holders.join(", ");
    format!("REVOKE {if_exists}{names} ON {} FROM {holders};{comment}", line.scope)
}
