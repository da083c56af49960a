//! Properties that must hold for any input of a guest, as functions of bytes that panic on a
//! violation.
//!
//! The fuzz targets in `fuzz/` search for violations. The tests here replay the corpus of the
//! fuzzer. Each property compares the host's parser with a second, simpler parser that shares no
//! code with the first.

mod cells;
mod generated;
mod input;
mod plain;
mod sent;
mod statements;
mod values;

pub use statements::statement_kind;
pub use values::guest_values;

#[cfg(test)]
mod tests {
    use std::fs;
    use std::panic::catch_unwind;
    use std::path::Path;
    use std::time::{Duration, Instant};

    use super::*;

    /// Runs the property of a fuzz target on all files of its corpus.
    fn replay(target: &str, property: fn(&[u8])) {
        let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus").join(target);
        let seeds: Vec<_> = fs::read_dir(&corpus).unwrap().map(|entry| entry.unwrap().path()).collect();
        assert!(seeds.len() > 10, "only {} seeds in {}", seeds.len(), corpus.display());
        for seed in seeds {
            let data = fs::read(&seed).unwrap();
            assert!(
                catch_unwind(|| property(&data)).is_ok(),
                "{} violates the property; see the panic above",
                seed.display()
            );
        }
    }

    #[test]
    fn statement_corpus_satisfies_its_property() {
        replay("statement_kind", statement_kind);
    }

    #[test]
    fn parameter_corpus_satisfies_its_property() {
        replay("guest_values", guest_values);
    }

    /// Parses texts of the maximum size of a grant. The repeated parts could cause recursion or
    /// backtracking in a parser: then a text takes minutes.
    #[test]
    fn longest_statements_are_parsed_in_time() {
        const BYTES: usize = 1024 * 1024;
        const MAX_TIME: Duration = Duration::from_secs(2);
        for part in [
            "(",
            ")",
            "()",
            "'",
            "''",
            "`a`.",
            "/*",
            "/**/",
            "SELECT/*+*/",
            "SELECT/*+ SET_VA",
            "--",
            "-- \n",
            "#\n",
            "1e",
            "\\",
            "?",
            ",",
            ";",
            "OR ",
            "INTO ",
            "é",
            "SELECT ",
            "WITH a AS (",
            "CREATE OR ",
            "INSERT INTO t VALUES (?),",
            "information_schema.",
            "EXPLAIN FOR ",
        ] {
            for start in ["", "SELECT ", "INSERT INTO t VALUES (", "WITH ", "CREATE "] {
                let sql = format!("{start}{}", part.repeat((BYTES - start.len()) / part.len()));
                let begin = Instant::now();
                statements::parse_once(&sql);
                assert!(begin.elapsed() < MAX_TIME, "{start}{part}: {:?}", begin.elapsed());
            }
        }
    }
}
