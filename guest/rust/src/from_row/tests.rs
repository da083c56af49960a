//! Rows as structs, tuples and single values.

use super::*;
use crate::batch::tests::batch;

#[derive(Debug, PartialEq, crate::FromRow)]
struct Named {
    id: i64,
    name: Option<String>,
}

#[derive(Debug, PartialEq, crate::FromRow)]
struct Borrowed<'r> {
    #[row(rename = "name")]
    full_name: Option<&'r str>,
    #[row(default)]
    absent: u8,
    #[row(flatten)]
    inner: Inner<'r>,
}

#[derive(Debug, PartialEq, crate::FromRow)]
struct Inner<'r> {
    id: i64,
    name: Option<std::borrow::Cow<'r, str>>,
}

#[derive(Debug, PartialEq, crate::FromRow)]
struct Pair<T>(T, Option<String>);

#[track_caller]
fn refused<'r, T: FromRow<'r> + std::fmt::Debug>(row: &'r Row, kind: &ErrorKind, message: &str) {
    let error = row.read::<T>().unwrap_err();
    assert_eq!(error.kind(), kind);
    assert!(error.to_string().starts_with(message), "{error}");
}

#[test]
fn row_is_read_as_struct_and_as_tuple() {
    let row = batch().row(0).unwrap();
    assert_eq!(row.read(), Ok(Named { id: 7, name: Some("één".to_owned()) }));
    assert_eq!(row.read(), Ok((7, "één")));
    assert_eq!(row.read(), Ok(Pair(7u8, Some("één".to_owned()))));
    let inner = Inner { id: 7, name: Some("één".into()) };
    assert_eq!(row.read(), Ok(Borrowed { full_name: Some("één"), absent: 0, inner }));
}

#[test]
fn batch_is_read_without_copying() {
    let batch = batch();
    let rows: Result<Vec<(i64, Option<&str>)>> = batch.read().unwrap().collect();
    assert_eq!(rows.unwrap().iter().map(|row| row.1).collect::<Vec<_>>(), [Some("één"), None, Some("z")]);
}

#[test]
fn mismatches_are_errors_with_advice() {
    let row = batch().row(1).unwrap();
    let wrong = ErrorKind::InvalidRequest;
    refused::<i64>(&row, &wrong, "the result has 2 columns ('id', 'name') where a single value is read");
    refused::<(i64, String, u8)>(&row, &wrong, "the result has 2 columns ('id', 'name') where 3 values are read");
    refused::<Pair<String>>(
        &row,
        &ErrorKind::Decode,
        "column `id` (BIGINT) can't be read as String; it can be read as i64, u64 and other integers",
    );
    refused::<(i64, &str)>(&row, &ErrorKind::Decode, "column `name` (VARCHAR) is NULL: read it as Option<&str>");

    #[derive(Debug, crate::FromRow)]
    #[expect(dead_code, reason = "it is never constructed")]
    struct Other {
        id: i64,
        nam: String,
    }
    let advice = "Could not locate column in row for column 'nam'; the result has 'id', 'name'";
    refused::<Other>(&row, &ErrorKind::NoSuchColumn, advice);
}

#[test]
fn reading_more_cells_than_columns_is_an_error() {
    #[derive(Debug)]
    struct Greedy;

    impl FromRow<'_> for Greedy {
        fn find_columns(finder: &mut ColumnFinder<'_>) -> Result<()> {
            finder.optional_column("none")
        }

        fn from_row(cells: &mut Cells<'_, '_>) -> Result<Self> {
            cells.next_or_default::<u8>()?;
            cells.next_or_default::<u8>().map(|_| Self)
        }
    }
    let row = batch().row(0).unwrap();
    let message = "`from_row` reads more cells than `find_columns` found columns";
    refused::<Greedy>(&row, &ErrorKind::InvalidRequest, message);
}
