//! Reads and checks migration files before any statement is sent.

use std::fmt::Write;
use std::fs;
use std::io;
use std::path::Path;

use sha2::{Digest, Sha256};
use wasmysql_sql::{Token, Tokens, split};

use super::error::MigrationError;

/// The maximum size of a file, in bytes. Larger data belongs into a program that imports it.
const MAX_FILE_BYTES: usize = 16 << 20;
/// The maximum length of a file name, in characters: that of the column of the ledger.
const MAX_NAME_CHARACTERS: usize = 255;
/// The number of words of LOAD before LOCAL.
const WORDS_BEFORE_LOCAL: usize = 4;

/// A migration: a file with SQL statements.
#[derive(Debug, Clone)]
pub struct MigrationFile {
    version: u64,
    name: String,
    /// The path or the name of the file, for messages.
    pub(super) location: String,
    checksum: String,
    pub(super) statements: Vec<FileStatement>,
}

/// A statement of a file.
#[derive(Debug, Clone)]
pub(super) struct FileStatement {
    pub(super) line: usize,
    pub(super) sql: String,
    /// Whether a syntax error may be due to a missing DELIMITER.
    pub(super) may_need_delimiter: bool,
}

impl MigrationFile {
    /// Returns the version: the number at the beginning of the name.
    #[must_use]
    pub fn version(&self) -> u64 {
        self.version
    }

    /// Returns the file name, for example `0001_create_visits.sql`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the checksum: the SHA-256 of the text, with LF in place of CRLF, as 64 hexadecimal
    /// digits.
    #[must_use]
    pub fn checksum(&self) -> &str {
        &self.checksum
    }

    /// Returns the statements in order, each with the line where it begins, from 1.
    pub fn statements(&self) -> impl ExactSizeIterator<Item = (usize, &str)> {
        self.statements.iter().map(|statement| (statement.line, statement.sql.as_str()))
    }

    /// Parses a file. `location` is its path or its name.
    pub(super) fn parse(name: &str, location: String, text: &str) -> Result<Self, MigrationError> {
        let version = version(name).ok_or_else(|| MigrationError::FileName { file: location.clone() })?;
        if text.len() > MAX_FILE_BYTES {
            return Err(MigrationError::FileTooLarge { file: location, limit: MAX_FILE_BYTES });
        }
        let syntax =
            |line, problem: &str| MigrationError::Syntax { file: location.clone(), line, problem: problem.to_owned() };
        let mut statements = Vec::new();
        for statement in split(text).map_err(|error| syntax(error.line, error.problem))? {
            if reads_local_file(statement.sql) {
                let problem = "LOAD ... LOCAL reads a file of this host, which migrations can't do; use INSERT";
                return Err(syntax(statement.line, problem));
            }
            if is_xa(statement.sql) {
                let problem = "XA transactions outlive a migration; use START TRANSACTION and COMMIT";
                return Err(syntax(statement.line, problem));
            }
            let may_need_delimiter = statement.may_need_delimiter();
            statements.push(FileStatement { line: statement.line, sql: statement.sql.to_owned(), may_need_delimiter });
        }
        if statements.is_empty() {
            return Err(syntax(
                1,
                "the file has no statement; a comment can hide them if the lines do not end with LF or CRLF",
            ));
        }
        Ok(Self { version, name: name.to_owned(), checksum: checksum(text), location, statements })
    }
}

/// Reads the migrations of a directory.
pub(super) fn read_directory(directory: &Path) -> Result<Vec<MigrationFile>, MigrationError> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |source| MigrationError::Read { path, source }
    };
    let mut files = Vec::new();
    for entry in fs::read_dir(directory).map_err(failed(directory))? {
        let path = entry.map_err(failed(directory))?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if !is_sql(&name) || name.starts_with('.') {
            continue;
        }
        let location = path.display().to_string();
        let metadata = fs::metadata(&path).map_err(failed(&path))?;
        if !metadata.is_file() {
            // To read a pipe can take for ever.
            return Err(failed(&path)(io::Error::other("it is not a regular file")));
        }
        let bytes = metadata.len();
        if usize::try_from(bytes).is_ok_and(|bytes| bytes <= MAX_FILE_BYTES) {
            let bytes = fs::read(&path).map_err(failed(&path))?;
            let text = String::from_utf8(bytes).map_err(|_| MigrationError::NotUtf8 { file: location.clone() })?;
            files.push(MigrationFile::parse(&name, location, &text)?);
        } else {
            return Err(MigrationError::FileTooLarge { file: location, limit: MAX_FILE_BYTES });
        }
    }
    match files.is_empty() {
        true => Err(MigrationError::NoFiles { directory: directory.to_owned() }),
        false => ordered(files),
    }
}

/// Sorts files by version. Fails if two files have the same version.
pub(super) fn ordered(mut files: Vec<MigrationFile>) -> Result<Vec<MigrationFile>, MigrationError> {
    files.sort_by(|left, right| (left.version, &left.name).cmp(&(right.version, &right.name)));
    match files.windows(2).find(|pair| pair[0].version == pair[1].version) {
        None => Ok(files),
        Some(pair) => Err(MigrationError::DuplicateVersion {
            version: pair[0].version,
            first: pair[0].location.clone(),
            second: pair[1].location.clone(),
        }),
    }
}

fn is_xa(sql: &str) -> bool {
    matches!(Tokens::new(sql).next(), Some(Ok(first)) if first.token.is("XA"))
}

fn is_sql(name: &str) -> bool {
    Path::new(name).extension().is_some_and(|extension| extension.eq_ignore_ascii_case("sql"))
}

/// Returns the version of a name of the form `0001_create_visits.sql`.
fn version(name: &str) -> Option<u64> {
    let (version, words) = name.strip_suffix(".sql")?.split_once('_')?;
    let is_word = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-');
    let is_valid = !words.is_empty() && words.chars().all(is_word) && name.len() <= MAX_NAME_CHARACTERS;
    // `parse` accepts a sign.
    let is_number = version.chars().all(|letter| letter.is_ascii_digit());
    version.parse().ok().filter(|_| is_valid && is_number)
}

/// Returns the SHA-256 of the text. A checkout on Windows can replace LF by CRLF.
fn checksum(text: &str) -> String {
    let mut hash = Sha256::new();
    for (at, line) in text.split("\r\n").enumerate() {
        if at > 0 {
            hash.update(b"\n");
        }
        hash.update(line);
    }
    hexadecimal(&hash.finalize())
}

pub(super) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a string can't fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Returns whether a statement asks the host for a file.
fn reads_local_file(sql: &str) -> bool {
    let mut tokens = Tokens::new(sql).map_while(Result::ok).map(|located| located.token);
    tokens.next().is_some_and(|first| first.is("LOAD"))
        && tokens.take(WORDS_BEFORE_LOCAL).any(|token: Token<'_>| token.is("LOCAL"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(name: &str, text: &str) -> Result<MigrationFile, String> {
        MigrationFile::parse(name, name.to_owned(), text).map_err(|error| error.to_string())
    }

    #[track_caller]
    fn check_error(name: &str, text: &str, words: &[&str]) {
        let error = parse(name, text).unwrap_err();
        assert!(words.iter().all(|words| error.contains(words)), "{name}: {error}");
    }

    #[test]
    fn names_have_a_version_and_words() {
        for (name, expected) in [
            ("0001_create_visits.sql", Some(1)),
            ("20261127_a-b_C9.sql", Some(20_261_127)),
            ("0_a.sql", Some(0)),
            ("18446744073709551615_a.sql", Some(u64::MAX)),
            ("18446744073709551616_a.sql", None),
            ("+1_a.sql", None),
            ("1.sql", None),
            ("1_.sql", None),
            ("_a.sql", None),
            ("1-a.sql", None),
            ("1_a b.sql", None),
            ("1_a.b.sql", None),
            ("1_ü.sql", None),
            ("1_a.SQL", None),
            ("schema.sql", None),
        ] {
            assert_eq!(version(name), expected, "{name}");
        }
        check_error("schema.sql", "", &["schema.sql", "0001_create_visits.sql"]);
        check_error(&format!("1_{}.sql", "a".repeat(250)), "", &["name"]);
    }

    #[test]
    fn files_are_checked_before_a_statement_is_sent() {
        let file = parse("0002_a.sql", "-- x\nSELECT 1;\n\nSELECT 2;").unwrap();
        assert_eq!(file.statements().collect::<Vec<_>>(), [(2, "SELECT 1"), (4, "SELECT 2")]);
        check_error("1_a.sql", "SELECT 1;\nSELECT 'x", &["1_a.sql:2: ", "not closed"]);
        check_error("1_a.sql", "CREATE PROCEDURE p() BEGIN SELECT 1; END;", &["1_a.sql:1: ", "DELIMITER //"]);
        for local in ["LOAD DATA LOCAL INFILE 'a' INTO TABLE t", "load xml low_priority local infile 'a' into table t"]
        {
            check_error("1_a.sql", local, &["1_a.sql:1: ", "LOCAL"]);
        }
        check_error("1_a.sql", "SELECT 1;\nxa start 'x';", &["1_a.sql:2: ", "XA", "START TRANSACTION"]);
        assert!(parse("1_a.sql", "LOAD DATA INFILE 'local' INTO TABLE t").is_ok());
        check_error("1_a.sql", &" ".repeat(MAX_FILE_BYTES + 1), &["1_a.sql", "16 MiB"]);
        let largest = "SELECT 1;".to_owned() + &" ".repeat(MAX_FILE_BYTES - 9);
        assert!(parse("1_a.sql", &largest).is_ok());
        for empty in ["", " \n", "-- CREATE TABLE t (id INT);", "-- a\rCREATE TABLE t (id INT);\r"] {
            check_error("1_a.sql", empty, &["1_a.sql:1: ", "no statement"]);
        }
    }

    #[test]
    fn checksum_ignores_the_kind_of_line_ends() {
        let of = |text| parse("1_a.sql", text).unwrap().checksum;
        assert_eq!(of("SELECT 1;\r\nSELECT 2;\r\n"), of("SELECT 1;\nSELECT 2;\n"));
        assert_ne!(of("SELECT 1;\n"), of("SELECT 1;\n\n"));
        assert_eq!(of("SELECT 1;"), "17db4fd369edb9244b9f91d9aeed145c3d04ad8ba6e95d06247f07a63527d11a");
    }

    #[test]
    fn directory_is_read_in_the_order_of_versions() {
        let directory = std::env::temp_dir().join(format!("wasmysql-migrations-{}", std::process::id()));
        fs::create_dir_all(&directory).unwrap();
        let write = |name: &str, text: &[u8]| fs::write(directory.join(name), text).unwrap();
        let read = || read_directory(&directory).map_err(|error| error.to_string());
        assert!(read().unwrap_err().contains("contains no migrations"));
        for name in ["0010_c.sql", "0009_b.sql", "2_a.sql", "README.md", ".2_a.sql.swp", "._2_a.sql"] {
            write(name, b"SELECT 1;");
        }
        let names: Vec<_> = read().unwrap().iter().map(|file| file.name.clone()).collect();
        assert_eq!(names, ["2_a.sql", "0009_b.sql", "0010_c.sql"]);
        write("9_b.sql", b"SELECT 1;");
        let error = read().unwrap_err();
        assert!(error.contains("0009_b.sql") && error.contains("9_b.sql") && error.contains("version 9"), "{error}");
        write("9_b.sql", b"SELECT '\xff'");
        assert!(read().unwrap_err().contains("UTF-8"));
        fs::remove_file(directory.join("9_b.sql")).unwrap();
        fs::create_dir(directory.join("9_b.sql")).unwrap();
        assert!(read().unwrap_err().contains("9_b.sql: it is not a regular file"));
        fs::remove_dir_all(&directory).unwrap();
        assert!(matches!(read_directory(&directory), Err(MigrationError::Read { .. })));
    }
}
