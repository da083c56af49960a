//! Databases, as their servers tell of them, against their grants.

use std::io::{self, Write};

use wasmysql_host::{Database, Encryption, Inspection, Statements};

use super::accounts;
use super::report::Report;
use crate::databases::{GuestDatabase, Offer};
use crate::interrupt::SHUTDOWN_PATIENCE;

/// Modes by which a server reads statements otherwise than guests' sessions do.
const READS_OTHERWISE: [&str; 5] = ["ANSI_QUOTES", "PIPES_AS_CONCAT", "NO_BACKSLASH_ESCAPES", "IGNORE_SPACE", "ORACLE"];

/// As many lines of privileges as are shown.
const SHOWN_PRIVILEGES: usize = 12;

/// Connects to each database, and tells of it.
pub(super) async fn report<W: Write>(report: &mut Report<W>, offer: &Offer) -> io::Result<()> {
    if !offer.problems.is_empty() {
        report.section("configuration")?;
    }
    for problem in &offer.problems {
        report.error(problem)?;
    }
    if offer.databases.is_empty() && offer.problems.is_empty() {
        report.section("configuration")?;
        report.warning("it has no databases")?;
    }
    for (name, database) in &offer.databases {
        report.section(&format!("database {name}: {}", database.location()))?;
        let grants: Vec<&GuestDatabase> = offer.grants.iter().filter(|grant| grant.database == *name).collect();
        // The most that any guest may do: what is needed for others is part of it.
        let most = grants.iter().map(|grant| grant.statements).max();
        match database.inspect().await {
            Ok(inspection) => {
                server(report, database, &inspection)?;
                self::grants(report, &grants)?;
                problems(report, name, database, &inspection, most)?;
            }
            Err(error) => {
                self::grants(report, &grants)?;
                report.error(&error.to_string())?;
                if error.is_about_the_account() {
                    let sql = database.account_sql(database.user(), most.unwrap_or_default());
                    report.lines("", &["an administrator makes an account with what its grants need by:"])?;
                    report.lines("", &sql.map(|sql| format!("  {sql}")))?;
                }
            }
        }
        database.shutdown(SHUTDOWN_PATIENCE).await;
    }
    Ok(())
}

fn server<W: Write>(report: &mut Report<W>, database: &Database, inspection: &Inspection) -> io::Result<()> {
    let flavour = match inspection.server_flavour {
        "mariadb" => "MariaDB",
        _ => "MySQL, which nothing was tested with yet:",
    };
    report.line("server", &format!("{flavour} {}", inspection.server_version))?;
    let tls = match &inspection.encryption {
        Encryption::Tls { protocol, cipher } => format!("{protocol}, {cipher}"),
        Encryption::Local => "off; the server is on this machine".to_owned(),
        _ => "off".to_owned(),
    };
    report.line("TLS", &tls)?;
    report.line("account", &inspection.account)?;
    report.line("schema", inspection.schema.as_deref().unwrap_or("none; statements have to name it"))?;
    let account = match inspection.account_connections {
        Some(connections) => connections.to_string(),
        None => "no limit of its own".to_owned(),
    };
    let pool = database.status().max_size;
    let server = inspection.server_connections;
    report.line(
        "connections",
        &format!("pool: {pool}, and 1 to stop statements; account: {account}; server: {server}"),
    )?;
    let modes: Vec<&str> =
        inspection.server_sql_mode.split(',').filter(|mode| READS_OTHERWISE.contains(mode)).collect();
    if !modes.is_empty() {
        report.line(
            "sql_mode",
            &format!("the server's has {}, which sessions of plugins do not have", modes.join(", ")),
        )?;
    }
    let privileges: Vec<String> = inspection
        .privileges
        .iter()
        .map(|line| format!("{} on {}", accounts::shown(&line.names), line.scope))
        .collect();
    let shown = &privileges[..privileges.len().min(SHOWN_PRIVILEGES)];
    report.lines("privileges", shown)?;
    match privileges.len() - shown.len() {
        0 if shown.is_empty() => report.line("privileges", "none"),
        0 => Ok(()),
        more => report.line("", &format!("and {more} more")),
    }
}

fn grants<W: Write>(report: &mut Report<W>, grants: &[&GuestDatabase]) -> io::Result<()> {
    let to = |guest: &str| if guest == "*" { "every plugin".to_owned() } else { guest.to_owned() };
    let rows: Vec<Vec<String>> =
        grants.iter().map(|grant| vec![grant.statements.to_string(), format!("to {}", to(&grant.guest))]).collect();
    report.table("grants", &rows)?;
    if rows.is_empty() {
        report.warning("no grant names this database, so no plugin can open it")?;
    }
    Ok(())
}

fn problems<W: Write>(
    report: &mut Report<W>,
    name: &str,
    database: &Database,
    inspection: &Inspection,
    most: Option<Statements>,
) -> io::Result<()> {
    if inspection.encryption == Encryption::Insecure {
        report.warning(
            "the server is on another machine, and passwords and data go there in plain text, as `insecure` allows;\n\
             give the server a certificate, and say tls=required",
        )?;
    }
    let pool = database.status().max_size;
    let wanted = pool as u64 + 1;
    if let Some(connections) = inspection.account_connections.filter(|connections| *connections < wanted) {
        report.warning(&format!(
            "the account may have {connections} connections, and {wanted} are wanted: {pool} for the pool, and one to stop \
             statements;\nmake max_connections of this database less, or\n  ALTER USER {} WITH MAX_USER_CONNECTIONS {wanted};",
            inspection.account
        ))?;
    }
    if inspection.server_connections < wanted {
        report.warning(&format!(
            "the server takes {} connections from everybody, and this database wants {wanted};\n\
             make max_connections of this database less, or that of the server more",
            inspection.server_connections
        ))?;
    }
    let Some(most) = most else { return Ok(()) };
    if inspection.read_only && most > Statements::Read {
        report.warning(&format!(
            "the server is read-only, as a replica is: it refuses what guests with grants of `{most}` write"
        ))?;
    }
    accounts::report(report, name, database, inspection, most)
}
