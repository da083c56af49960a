//! The schema and the accounts, made by the server itself at each start.

use std::fs::File;
use std::io::{self, Read};

pub(crate) const SCHEMA: &str = "main";
pub(crate) const USER: &str = "wasmysql";
pub(crate) const ROOT: &str = "root";

/// 128 random bits, in hexadecimal: it needs no quoting, neither in SQL nor in a URL.
pub(crate) fn random_password() -> io::Result<String> {
    let mut bytes = [0; 16];
    File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// What `--init-file` runs before the server listens. A kept directory has run it before.
///
/// Names are not resolved (`--skip-name-resolve`), so `localhost` is the unix socket and nothing else: the administrator,
/// who has no password, can't be reached over TCP.
pub(crate) fn init_sql(password: &str) -> String {
    let mut sql = format!("CREATE DATABASE IF NOT EXISTS `{SCHEMA}`;\n");
    for host in ["127.0.0.1", "localhost"] {
        sql += &format!("CREATE OR REPLACE USER '{USER}'@'{host}' IDENTIFIED BY '{password}';\n");
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
        let (one, other) = (random_password().unwrap(), random_password().unwrap());
        assert_ne!(one, other);
        assert_eq!(one.len(), 32);
        assert!(one.bytes().all(|byte| byte.is_ascii_hexdigit()), "{one}");
    }
}
