//! Inspects databases and compares them with their grants.

use std::io::{self, Write};

use wasmysql_host::{Database, Encryption, Inspection, Statements};

use super::report::Report;
use super::{accounts, servers};
use crate::databases::{GuestDatabase, Offer};
use crate::interrupt::SHUTDOWN_TIMEOUT;

/// SQL modes that change how a server parses statements. The sessions of guests don't use them.
const PARSER_MODES: [&str; 5] = ["ANSI_QUOTES", "PIPES_AS_CONCAT", "NO_BACKSLASH_ESCAPES", "IGNORE_SPACE", "ORACLE"];

/// The maximum number of lines of privileges that are shown.
const SHOWN_PRIVILEGES: usize = 12;

/// Connects to each database and reports its state.
pub(super) async fn report<W: Write>(report: &mut Report<W>, offer: &Offer) -> io::Result<()> {
    if !offer.problems.is_empty() {
        report.section("configuration")?;
    }
    for problem in &offer.problems {
        report.error(problem)?;
    }
    if offer.databases.is_empty() && offer.problems.is_empty() {
        report.section("configuration")?;
        report.warning("no databases are configured")?;
    }
    for (name, database) in &offer.databases {
        report.section(&format!("database {name}: {}", database.location()))?;
        let grants: Vec<&GuestDatabase> = offer.grants.iter().filter(|grant| grant.database == *name).collect();
        // The widest grant. It includes the required privileges of all other grants.
        let most = grants.iter().map(|grant| grant.statements).max();
        match database.inspect().await {
            Ok(inspection) => {
                server(report, database, &inspection)?;
                self::grants(report, &grants)?;
                servers::report(report, &inspection)?;
                problems(report, name, database, &inspection, most)?;
            }
            Err(error) => {
                self::grants(report, &grants)?;
                report.error(&error.to_string())?;
                if error.is_about_the_account() {
                    let sql = database.account_sql(database.user(), most.unwrap_or_default());
                    report.lines("", &["an administrator can create an account with the required privileges:"])?;
                    report.lines("", &sql.map(|sql| format!("  {sql}")))?;
                }
            }
        }
        database.shutdown(SHUTDOWN_TIMEOUT).await;
    }
    Ok(())
}

fn server<W: Write>(report: &mut Report<W>, database: &Database, inspection: &Inspection) -> io::Result<()> {
    let flavour = match inspection.server_flavour {
        "mariadb" => "MariaDB",
        _ => "MySQL",
    };
    report.line("server", &format!("{flavour} {}", inspection.server_version))?;
    let tls = match &inspection.encryption {
        Encryption::Tls { protocol, cipher, host_name_verified: true } => format!("{protocol}, {cipher}"),
        Encryption::Tls { protocol, cipher, .. } => {
            format!("{protocol}, {cipher}; the host name of the server is not verified (verify-ca)")
        }
        Encryption::Local => "off; the server is on this machine".to_owned(),
        _ => "off".to_owned(),
    };
    report.line("TLS", &tls)?;
    report.line("account", &inspection.account)?;
    report.line("schema", inspection.schema.as_deref().unwrap_or("none; statements must qualify table names"))?;
    let account = match inspection.account_connections {
        Some(connections) => connections.to_string(),
        None => "no limit".to_owned(),
    };
    let pool = database.status().max_size;
    let beside = database.required_connections() - pool;
    let server = inspection.server_connections;
    report
        .line("connections", &format!("pool: {pool}, plus {beside} beside it; account: {account}; server: {server}"))?;
    let modes: Vec<&str> = inspection.server_sql_mode.split(',').filter(|mode| PARSER_MODES.contains(mode)).collect();
    if !modes.is_empty() {
        report.line(
            "sql_mode",
            &format!("the server default includes {}; sessions of plugins don't use it", modes.join(", ")),
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
            "passwords and data are sent to another machine in plain text, because `insecure` allows it;\n\
             install a certificate on the server and set tls=verify-identity",
        )?;
    }
    let pool = database.status().max_size;
    let required = database.required_connections() as u64;
    if let Some(connections) = inspection.account_connections.filter(|connections| *connections < required) {
        report.warning(&format!(
            "the account is limited to {connections} connections, but the database needs {required}: {pool} for the pool \
             and {} to stop statements and finish cancelled logins;\nreduce max_connections of this database, or run\n  \
             ALTER USER {} WITH MAX_USER_CONNECTIONS {required};",
            required - pool as u64,
            inspection.account
        ))?;
    }
    if inspection.server_connections < required {
        report.warning(&format!(
            "the server accepts {} connections in total, but this database needs {required};\n\
             reduce max_connections of this database, or raise that of the server",
            inspection.server_connections
        ))?;
    }
    let Some(most) = most else { return Ok(()) };
    if inspection.read_only && most > Statements::Read {
        report.warning(&format!(
            "the server is read-only, like a replica, so it refuses the writes that grants of `{most}` allow"
        ))?;
    }
    accounts::report(report, name, database, inspection, most)
}
