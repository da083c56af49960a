//! Statements that sea-query builds.

use super::statement::Source;
use super::{Statement, maybe_async};
use crate::sea_query::parameters;
use ::sea_query::{
    DeleteStatement, ForeignKeyCreateStatement, ForeignKeyDropStatement, IndexCreateStatement, IndexDropStatement,
    InsertStatement, MysqlQueryBuilder, QueryStatementWriter, SchemaStatementBuilder, SelectStatement,
    TableAlterStatement, TableCreateStatement, TableDropStatement, TableRenameStatement, TableTruncateStatement,
    UpdateStatement, Values, WithQuery,
};

/// A statement of sea-query, with its parameters: feature `sea-query`.
///
/// A reference to one goes where the text of a statement goes: of `SELECT`, `INSERT`, `UPDATE`, `DELETE` and `WITH`, and of
/// what makes, changes and drops tables, indexes and foreign keys. It is built for MySQL. Values of other crates' types
/// need the feature of that crate's name here; times with an offset are sent in UTC, and a UUID as 16 bytes. A value that
/// MySQL has no type for, such as an array, is an `Argument` error when the statement is run, and nothing is sent.
///
/// What MySQL has no words for, sea-query does not build: it panics, which ends the plugin. That is `FULL OUTER JOIN`, `DROP
/// INDEX IF EXISTS`, `JOIN ... USING`, the column types array, vector, cidr, inet, macaddr and ltree, functions and operators
/// of PostgreSQL, an `ALTER TABLE` that changes nothing, a subquery in place of a table's name, and a schema or an alias at
/// the table of an index or a foreign key. `RETURNING` it leaves out without a word.
///
/// ```
/// # use wasmysql::{Connection, Result};
/// use sea_query::{Expr, ExprTrait, Iden, OnConflict, Order, Query, Table};
///
/// #[derive(Iden)]
/// enum Airlines {
///     Table,
///     Carrier,
///     Name,
/// }
///
/// # async fn example(conn: &mut Connection) -> Result<()> {
/// let insert = Query::insert()
///     .into_table(Airlines::Table)
///     .columns([Airlines::Carrier, Airlines::Name])
///     .values_panic(["AA".into(), "American Airlines".into()])
///     .values_panic(["UA".into(), "United Air Lines".into()])
///     .on_conflict(OnConflict::column(Airlines::Carrier).update_column(Airlines::Name).to_owned())
///     .take();
/// conn.execute(&insert, ()).await?;
///
/// let select = Query::select()
///     .columns([Airlines::Carrier, Airlines::Name])
///     .from(Airlines::Table)
///     .and_where(Expr::col(Airlines::Name).like("A%"))
///     .order_by(Airlines::Carrier, Order::Asc)
///     .take();
/// for row in conn.query_all(&select, ()).await? {
///     println!("{}: {}", row.get::<&str>("carrier")?, row.get::<&str>("name")?);
/// }
///
/// conn.execute(Table::drop().table(Airlines::Table).if_exists(), ()).await?;
/// # Ok(())
/// # }
/// ```
#[maybe_async]
impl From<&SelectStatement> for Statement<'_> {
    fn from(statement: &SelectStatement) -> Self {
        query(statement)
    }
}

/// A statement of SeaORM's, whatever made it: feature `sea-orm`.
#[cfg(feature = "sea-orm")]
impl From<::sea_orm::Statement> for Statement<'_> {
    fn from(statement: ::sea_orm::Statement) -> Self {
        built(statement.sql, statement.values.unwrap_or(Values(Vec::new())))
    }
}

fn query(statement: &impl QueryStatementWriter) -> Statement<'static> {
    let (sql, values) = statement.build(MysqlQueryBuilder);
    built(sql, values)
}

fn built(sql: String, values: Values) -> Statement<'static> {
    match parameters(values) {
        Ok(values) => Statement::new(sql).bind(values),
        Err(error) => Statement::of(Source::Invalid(error)),
    }
}

fn schema(statement: &impl SchemaStatementBuilder) -> Statement<'static> {
    Statement::new(statement.build(MysqlQueryBuilder))
}

macro_rules! from {
    ($($statement:ident by $build:ident;)*) => {$(
        impl From<&$statement> for Statement<'_> {
            fn from(statement: &$statement) -> Self {
                $build(statement)
            }
        }
    )*};
}

from! {
    InsertStatement by query;
    UpdateStatement by query;
    DeleteStatement by query;
    WithQuery by query;
    TableCreateStatement by schema;
    TableAlterStatement by schema;
    TableDropStatement by schema;
    TableRenameStatement by schema;
    TableTruncateStatement by schema;
    IndexCreateStatement by schema;
    IndexDropStatement by schema;
    ForeignKeyCreateStatement by schema;
    ForeignKeyDropStatement by schema;
}

/// What sea-query's methods return, where they are called in place.
macro_rules! from_mut {
    ($($statement:ident)*) => {$(
        impl From<&mut $statement> for Statement<'_> {
            fn from(statement: &mut $statement) -> Self {
                (&*statement).into()
            }
        }
    )*};
}

from_mut! {
    SelectStatement InsertStatement UpdateStatement DeleteStatement WithQuery
    TableCreateStatement TableAlterStatement TableDropStatement TableRenameStatement TableTruncateStatement
    IndexCreateStatement IndexDropStatement ForeignKeyCreateStatement ForeignKeyDropStatement
}
