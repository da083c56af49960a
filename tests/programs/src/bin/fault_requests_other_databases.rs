//! Requests databases that it has no grant for, and prints each distinct error message.

#[wasmysql_macros::both_apis]
mod program {
    use std::collections::BTreeSet;

    use wasmysql::{Engine, ErrorKind, Result};

    pub(super) async fn main() -> Result<()> {
        let arguments = std::env::args().skip(1);
        let odd = ["", " ", "MAIN", "main ", "main\0", "\0", "../main", "/etc/passwd", "*", "%", "main; DROP", "🦀"];
        let addresses = ["mysql://root@127.0.0.1/mysql", "127.0.0.1:3306", "unix:/run/mysqld/mysqld.sock"];
        let names = odd.into_iter().chain(addresses).map(str::to_owned).chain(["x".repeat(1 << 20)]);
        let mut messages = BTreeSet::new();
        for name in names.chain(arguments) {
            let error = Engine::connect(&name).await.map(drop).expect_err("no grant for this database");
            assert_eq!(error.kind(), &ErrorKind::EngineDenied, "{error}");
            messages.insert(error.to_string());
        }
        for message in messages {
            println!("{message}");
        }
        Ok(())
    }
}
