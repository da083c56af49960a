//! What must hold whatever a guest sends, as functions of bytes that panic where it does not. `fuzz/` looks for such bytes; what it has
//! kept is replayed by the tests here. Each compares with a second, simpler reading of the same bytes, which shares no code with the first.

mod cells;
mod input;
mod plain;
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

    /// Runs a target's property on all that the repository keeps for it.
    fn replay(target: &str, property: fn(&[u8])) {
        let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus").join(target);
        let seeds: Vec<_> = fs::read_dir(&corpus).unwrap().map(|entry| entry.unwrap().path()).collect();
        assert!(seeds.len() > 10, "{} seeds in {}", seeds.len(), corpus.display());
        for seed in seeds {
            let data = fs::read(&seed).unwrap();
            assert!(catch_unwind(|| property(&data)).is_ok(), "{}: see the panic above", seed.display());
        }
    }

    #[test]
    fn what_is_known_of_statements_holds_for_all_that_were_found() {
        replay("statement_kind", statement_kind);
    }

    #[test]
    fn what_is_known_of_parameters_holds_for_all_that_were_found() {
        replay("guest_values", guest_values);
    }

    /// As much text as a grant allows, of what could make a reader go deep or back.
    #[test]
    fn the_longest_statement_is_told_in_time_whatever_it_repeats() {
        const BYTES: usize = 1024 * 1024;
        for part in [
            "(",
            ")",
            "()",
            "'",
            "''",
            "`a`.",
            "/*",
            "/**/",
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
                let begun = Instant::now();
                statements::read_once(&sql);
                assert!(begun.elapsed() < Duration::from_secs(2), "{start}{part}: {:?}", begun.elapsed());
            }
        }
    }
}
