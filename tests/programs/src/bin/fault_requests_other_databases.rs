//! Requests databases that it has no grant for, and prints each distinct error message without the
//! name of the database.

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
            let message = error.to_string();
            let around_the_name = message.split_once('\'').zip(message.rsplit_once('\''));
            let ((before, _), (_, after)) = around_the_name.expect("the message names the database");
            messages.insert(format!("{before}NAME{after}"));
        }
        for message in messages {
            println!("{message}");
        }
        Ok(())
    }
}
