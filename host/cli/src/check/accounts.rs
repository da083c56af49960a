//! What an account may do beyond its grants, or not do that they allow, and the statements that mend it.

use std::io::{self, Write};

use wasmysql_host::{Database, Inspection, Privileges, Scope, Statements};

use super::report::Report;

/// What is worth to be said of a privilege.
const REASONS: [(&str, &str); 12] = [
    ("FILE", "reads and writes files of the server"),
    ("SUPER", "administers the server"),
    ("PROCESS", "sees the statements of others"),
    ("CREATE USER", "makes accounts and changes their passwords"),
    ("GRANT OPTION", "gives to others what it has"),
    ("PROXY", "can be that account"),
    ("SHUTDOWN", "ends the server"),
    ("RELOAD", "empties the server's caches and logs"),
    ("EVENT", "runs statements later, with no plugin there"),
    ("TRIGGER", "runs statements with those of others"),
    ("CREATE ROUTINE", "stores procedures"),
    ("CONNECTION ADMIN", "ends sessions of others"),
];

/// Privileges on the whole server that only an administrator has.
const ADMINISTRATION: [&str; 4] = ["ALL PRIVILEGES", "SUPER", "CREATE USER", "GRANT OPTION"];

/// As many privileges of one line as are shown, and more of which are taken away as all.
const SHOWN_NAMES: usize = 8;

/// The names of privileges, or the first of them.
pub(super) fn shown(names: &[String]) -> String {
    match names.split_at_checked(SHOWN_NAMES) {
        Some((first, more)) if !more.is_empty() => format!("{} and {} more", first.join(", "), more.len()),
        _ => names.join(", "),
    }
}

/// Compares an account with what guests of its database may run at most.
pub(super) fn report<W: Write>(
    report: &mut Report<W>,
    name: &str,
    database: &Database,
    inspection: &Inspection,
    most: Statements,
) -> io::Result<()> {
    let lacking = inspection.lacking(most);
    if !lacking.is_empty() {
        let grant = database.grant_sql(&inspection.account, &lacking);
        if can_do_nothing(inspection, most, &lacking) {
            report.error(&format!(
                "the account can do nothing there of what grants of `{most}` are for; it needs\n  {grant}"
            ))?;
        } else {
            report.warning(&format!(
                "grants of `{most}` allow more than the account: the server refuses what needs {}; if plugins do need it,\n  {grant}",
                lacking.join(", ")
            ))?;
        }
    }
    if most == Statements::Any && inspection.privileges.iter().any(is_administration) {
        return report
            .warning("this is the account of an administrator, and plugins with grants of `any` are then, too");
    }
    let excess = inspection.excess(most);
    if excess.iter().any(is_administration) {
        let user = if database.user() == name { format!("{name}_plugins") } else { name.to_owned() };
        let [create, grant] = database.account_sql(&user, most);
        return report.warning(&format!(
            "this is the account of an administrator, and grants of `{most}` are the only wall; give the database one of its own:\n  \
             {create}\n  {grant}"
        ));
    }
    if excess.is_empty() {
        return Ok(());
    }
    let statements: Vec<String> = excess.iter().flat_map(|line| revoke(line, database, inspection, most)).collect();
    report.warning(&format!(
        "the account may do more than grants of `{most}` need, and those are then the only wall; take it away:\n  {}",
        statements.join("\n  ")
    ))
}

/// Whether guests can't use the database at all. One whose account may only call procedures can be meant so.
fn can_do_nothing(inspection: &Inspection, most: Statements, lacking: &[&str]) -> bool {
    let calls = inspection.privileges.iter().any(|line| line.names.iter().any(|name| name == "EXECUTE"));
    lacking.len() == most.privileges().len() && !calls
}

fn is_administration(line: &Privileges) -> bool {
    line.scope == Scope::Server && line.names.iter().any(|name| ADMINISTRATION.contains(&name.as_str()))
}

/// The statements that take privileges away, with the reason.
fn revoke(line: &Privileges, database: &Database, inspection: &Inspection, most: Statements) -> Vec<String> {
    let mut reasons: Vec<&str> = Vec::new();
    let is_own = |schema: &str| inspection.schema.as_ref().is_none_or(|own| schema.replace('\\', "") == *own);
    match &line.scope {
        Scope::Schema(pattern) if pattern.contains('%') && !is_own(pattern) => reasons.push("more than one schema"),
        Scope::Schema(schema) | Scope::Table { schema, .. } | Scope::Routine { schema, .. } if !is_own(schema) => {
            reasons.push("another schema");
        }
        _ => {}
    }
    let told = REASONS.iter().filter(|(privilege, _)| line.names.iter().any(|name| name == privilege));
    reasons.extend(told.map(|(_, reason)| *reason));
    if line.holder == "PUBLIC" {
        reasons = vec!["everybody has it"];
    } else if line.holder != inspection.account {
        reasons.push("by a role, which others can have");
    }
    let comment = if reasons.is_empty() { String::new() } else { format!("   -- {}", reasons.join("; ")) };
    let is_wide = line.names.len() > SHOWN_NAMES && !line.names.iter().any(|name| name == "GRANT OPTION");
    let names = match &line.scope {
        Scope::Schema(schema) if is_wide && !is_own(schema) => "ALL PRIVILEGES".to_owned(),
        _ => line.names.join(", "),
    };
    let mut statements = vec![format!("REVOKE {names} ON {} FROM {};{comment}", line.scope, line.holder)];
    // What is needed was part of all.
    let is_own_schema = matches!(&line.scope, Scope::Schema(schema) if is_own(schema));
    if is_own_schema && line.holder == inspection.account && line.names.iter().any(|name| name == "ALL PRIVILEGES") {
        statements.push(database.grant_sql(&inspection.account, &most.privileges()));
    }
    statements
}
