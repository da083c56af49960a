//! Asks for databases that it was not given, and prints each different answer.

#[wasmysql_macros::both_apis]
mod program {
    use std::collections::BTreeSet;

    use wasmysql::{Engine, ErrorKind, Result};

    pub(super) async fn main() -> Result<()> {
        let of_the_test = std::env::args().skip(1);
        let odd = ["", " ", "MAIN", "main ", "main\0", "\0", "../main", "/etc/passwd", "*", "%", "main; DROP", "🦀"];
        let addresses = ["mysql://root@127.0.0.1/mysql", "127.0.0.1:3306", "unix:/run/mysqld/mysqld.sock"];
        let names = odd.into_iter().chain(addresses).map(str::to_owned).chain(["x".repeat(1 << 20)]);
        let mut answers = BTreeSet::new();
        for name in names.chain(of_the_test) {
            let error = Engine::connect(&name).await.map(drop).expect_err("not its database");
            assert_eq!(error.kind(), &ErrorKind::EngineDenied, "{error}");
            answers.insert(error.to_string());
        }
        for answer in answers {
            println!("{answer}");
        }
        Ok(())
    }
}
