//! The columns of a result.

use crate::error::{Error, ErrorKind, Result};

pub use crate::bindings::types::{Column, ColumnFlags, ColumnKind};

/// The protocol's type code of BIT.
pub(crate) const BIT: u8 = 16;

/// The collation id of columns that hold bytes instead of text.
const BINARY: u16 = 63;

impl Column {
    /// Returns the SQL name of the column's type, for people: `BIGINT UNSIGNED`, `VARCHAR`,
    /// `DECIMAL`.
    pub fn type_name(&self) -> &'static str {
        let unsigned = self.column_flags.contains(ColumnFlags::UNSIGNED);
        let binary = self.charset == BINARY;
        match self.type_code {
            0 | 246 => "DECIMAL",
            1 if unsigned => "TINYINT UNSIGNED",
            1 => "TINYINT",
            2 if unsigned => "SMALLINT UNSIGNED",
            2 => "SMALLINT",
            3 if unsigned => "INT UNSIGNED",
            3 => "INT",
            4 => "FLOAT",
            5 => "DOUBLE",
            6 => "NULL",
            7 => "TIMESTAMP",
            8 if unsigned => "BIGINT UNSIGNED",
            8 => "BIGINT",
            9 if unsigned => "MEDIUMINT UNSIGNED",
            9 => "MEDIUMINT",
            10 | 14 => "DATE",
            11 => "TIME",
            12 => "DATETIME",
            13 => "YEAR",
            BIT => "BIT",
            242 => "VECTOR",
            245 => "JSON",
            247 => "ENUM",
            248 => "SET",
            249..=252 if binary => "BLOB",
            249..=252 => "TEXT",
            15 | 253 | 254 if self.column_flags.contains(ColumnFlags::ENUMERATION) => "ENUM",
            15 | 253 | 254 if self.column_flags.contains(ColumnFlags::SET) => "SET",
            15 | 253 if binary => "VARBINARY",
            15 | 253 => "VARCHAR",
            254 if binary => "BINARY",
            254 => "CHAR",
            255 => "GEOMETRY",
            _ => "unknown",
        }
    }
}

/// The position or name of a column.
///
/// - `usize`: the position, counted from 0.
/// - `&str` and `&String`: the name in the result (case-sensitive), or `table.column`, where
///   `table` is the alias of the table if the statement gives one.
pub trait ColumnIndex: sealed::Sealed {
    /// Returns the position of the column, counted from 0.
    ///
    /// # Errors
    ///
    /// `NoSuchColumn` if there is no such column, `InvalidRequest` if several columns have the
    /// name.
    fn position(&self, columns: &[Column]) -> Result<usize>;
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for usize {}
    impl Sealed for &str {}
    impl Sealed for &String {}
}

impl ColumnIndex for usize {
    #[inline]
    fn position(&self, columns: &[Column]) -> Result<usize> {
        if *self < columns.len() { Ok(*self) } else { Err(unknown_position(*self, columns)) }
    }
}

impl ColumnIndex for &str {
    #[inline]
    fn position(&self, columns: &[Column]) -> Result<usize> {
        match find_unique(columns, |column| column.name == **self) {
            Found::One(position) => Ok(position),
            Found::None => position_in_table(self, columns),
            Found::Several => Err(ambiguous(self, columns, |column| column.name == **self)),
        }
    }
}

impl ColumnIndex for &String {
    #[inline]
    fn position(&self, columns: &[Column]) -> Result<usize> {
        self.as_str().position(columns)
    }
}

enum Found {
    None,
    One(usize),
    Several,
}

#[inline]
fn find_unique(columns: &[Column], matches: impl Fn(&Column) -> bool) -> Found {
    let mut found = columns.iter().enumerate().filter(|(_, column)| matches(column));
    match (found.next(), found.next()) {
        (None, _) => Found::None,
        (Some((position, _)), None) => Found::One(position),
        (Some(_), Some(_)) => Found::Several,
    }
}

/// Finds a column by `table.column`.
#[cold]
fn position_in_table(name: &str, columns: &[Column]) -> Result<usize> {
    // Both names can contain dots, so the text can't be split at a dot.
    let matches = |column: &Column| {
        let (table, name) = (column.table.as_bytes(), name.as_bytes());
        name.strip_prefix(table).and_then(|rest| rest.strip_prefix(b".")) == Some(column.name.as_bytes())
    };
    match find_unique(columns, matches) {
        Found::One(position) => Ok(position),
        Found::None => Err(unknown_name(name, columns)),
        Found::Several => Err(ambiguous(name, columns, matches)),
    }
}

#[cold]
fn unknown_position(position: usize, columns: &[Column]) -> Error {
    let count = columns.len();
    Error::new(
        ErrorKind::NoSuchColumn,
        format!(
            "Could not locate column in row for column '{position}'; the result has {count} columns, counted from 0"
        ),
    )
}

#[cold]
fn unknown_name(name: &str, columns: &[Column]) -> Error {
    let names: Vec<_> = columns.iter().map(|column| column.name.as_str()).collect();
    let names = names.join("', '");
    Error::new(
        ErrorKind::NoSuchColumn,
        format!("Could not locate column in row for column '{name}'; the result has '{names}'"),
    )
}

#[cold]
fn ambiguous(name: &str, columns: &[Column], matches: impl Fn(&Column) -> bool) -> Error {
    let named: Vec<_> = columns.iter().enumerate().filter(|(_, column)| matches(column)).collect();
    let positions: Vec<_> = named.iter().map(|(position, _)| position.to_string()).collect();
    let positions = positions.join(", ");
    // Suggest `table.column` only if the tables differ.
    let mut tables: Vec<_> = named.iter().map(|(_, column)| column.table.as_str()).collect();
    tables.sort_unstable();
    let distinct = tables.windows(2).all(|pair| pair[0] != pair[1]) && tables.first() != Some(&"");
    let by_table = match named.first() {
        Some((_, first)) if distinct => format!("as '{}.{}', ", first.table, first.name),
        _ => String::new(),
    };
    Error::new(
        ErrorKind::InvalidRequest,
        format!(
            "Ambiguous column name '{name}' in result set! Columns {positions} (counted from 0) have this name; read it \
             {by_table}by position, or give it an alias"
        ),
    )
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A column of the protocol's type code, which stores integers or else text.
    pub(crate) fn column(name: &str, type_code: u8) -> Column {
        Column {
            name: name.to_owned(),
            table: String::new(),
            kind: if type_code == 8 { ColumnKind::Signed } else { ColumnKind::Text },
            type_code,
            column_flags: ColumnFlags::empty(),
            charset: 45,
            length: 0,
            decimals: 0,
        }
    }

    #[test]
    fn column_is_found_by_position_and_by_name() {
        let columns = [column("id", 8), column("name", 253), column("id", 8)];
        assert_eq!(2.position(&columns), Ok(2));
        assert_eq!("name".position(&columns), Ok(1));
        let message = |index: Result<usize>| index.map_err(|error| error.to_string());
        assert_eq!(
            message(3.position(&columns)),
            Err("Could not locate column in row for column '3'; the result has 3 columns, counted from 0".to_owned())
        );
        assert_eq!(
            message("Name".position(&columns)),
            Err("Could not locate column in row for column 'Name'; the result has 'id', 'name', 'id'".to_owned())
        );
        let ambiguous = "id".position(&columns).unwrap_err();
        assert_eq!(ambiguous.kind(), &ErrorKind::InvalidRequest);
        assert_eq!(
            ambiguous.message(),
            "Ambiguous column name 'id' in result set! Columns 0, 2 (counted from 0) have this name; read it by \
             position, or give it an alias"
        );
    }

    #[test]
    fn column_is_found_by_table_and_name() {
        let of = |table: &str, name| Column { table: table.to_owned(), ..column(name, 8) };
        let columns = [of("f", "id"), of("a", "id"), of("odd.table", "odd.name"), of("", "f.id"), of("f", "n")];
        assert_eq!("a.id".position(&columns), Ok(1));
        assert_eq!("odd.table.odd.name".position(&columns), Ok(2));
        assert_eq!("f.id".position(&columns), Ok(3), "an exact name takes precedence");
        assert_eq!((&"f.n".to_owned()).position(&columns), Ok(4));
        assert_eq!("a.n".position(&columns).unwrap_err().kind(), &ErrorKind::NoSuchColumn);
        let advice = "id".position(&columns).unwrap_err().to_string();
        assert!(advice.ends_with("read it as 'f.id', by position, or give it an alias"), "{advice}");
        let twice = "t.x".position(&[of("t", "x"), of("t", "x")]).unwrap_err();
        assert_eq!(twice.kind(), &ErrorKind::InvalidRequest);
    }

    #[test]
    fn types_have_their_sql_names() {
        let mut blob = column("b", 252);
        assert_eq!(blob.type_name(), "TEXT");
        blob.charset = BINARY;
        assert_eq!(blob.type_name(), "BLOB");
        let mut big = column("n", 8);
        big.column_flags = ColumnFlags::UNSIGNED | ColumnFlags::NOT_NULL;
        assert_eq!(big.type_name(), "BIGINT UNSIGNED");
    }
}
