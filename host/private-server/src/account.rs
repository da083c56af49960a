//! The schema and the accounts, which the server creates at each start.

use std::fs::File;
use std::io::{self, Read};

pub(crate) const SCHEMA: &str = "main";
pub(crate) const USER: &str = "wasmysql";
pub(crate) const ROOT: &str = "root";

/// Returns 128 random bits in hexadecimal, which need no quoting in SQL or in a URL.
pub(crate) fn random_password() -> io::Result<String> {
    let mut bytes = [0; 16];
    File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Returns the SQL that `--init-file` runs before the server listens.
///
/// Each statement can be repeated, because a persistent data directory has run it at earlier
/// starts.
///
/// Each statement is on a line of its own, as MySQL requires.
///
/// The server does not resolve host names (`--skip-name-resolve`), so `localhost` matches only the
/// unix socket. The administrator has no password and therefore can't log in over TCP.
pub(crate) fn init_sql(password: &str) -> String {
    let mut sql = format!("CREATE DATABASE IF NOT EXISTS `{SCHEMA}`;\n");
    for host in ["127.0.0.1", "localhost"] {
        sql += &format!("DROP USER IF EXISTS '{USER}'@'{host}';\n");
        sql += &format!("CREATE USER '{USER}'@'{host}' IDENTIFIED BY '{password}';\n");
        sql += &format!("GRANT ALL PRIVILEGES ON `{SCHEMA}`.* TO '{USER}'@'{host}';\n");
    }
    for host in ["127.0.0.1", "::1"] {
        sql += &format!("DROP USER IF EXISTS '{ROOT}'@'{host}';\n");
    }
    sql
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_differ_and_need_no_quoting() {
        let (first, second) = (random_password().unwrap(), random_password().unwrap());
        assert_ne!(first, second);
        assert_eq!(first.len(), 32);
        assert!(first.bytes().all(|byte| byte.is_ascii_hexdigit()), "{first}");
    }
}
