//! Conversions from statements of sea-query and SeaORM.

use ::sea_query::{
    DeleteStatement, ForeignKeyCreateStatement, ForeignKeyDropStatement, IndexCreateStatement, IndexDropStatement,
    InsertStatement, MysqlQueryBuilder, QueryStatementWriter, SchemaStatementBuilder, SelectStatement,
    TableAlterStatement, TableCreateStatement, TableDropStatement, TableRenameStatement, TableTruncateStatement,
    UpdateStatement, Values, WithQuery,
};

use super::statement::Source;
use super::{Statement, maybe_async};
use crate::sea_query::parameters;

/// A statement of sea-query with its parameters (feature `sea-query`).
///
/// A reference to a sea-query statement takes the place of the text. This applies to `SELECT`,
/// `INSERT`, `UPDATE`, `DELETE` and `WITH`, and to statements that create, alter and drop tables,
/// indexes and foreign keys. The statement is built for MySQL.
///
/// Values of other crates' types require the feature of that crate's name here. Times with an
/// offset are sent in UTC, and a UUID as 16 bytes. A value without a MySQL type, such as an array,
/// is an `Argument` error of the call that executes the statement, and nothing is sent.
///
/// `RETURNING` is silently omitted by sea-query.
///
/// # Panics
///
/// sea-query panics on constructs that MySQL lacks, and a panic ends the plugin:
///
/// - `FULL OUTER JOIN`, `DROP INDEX IF EXISTS`, `JOIN ... USING`
/// - the column types array, vector, cidr, inet, macaddr and ltree
/// - functions and operators of PostgreSQL
/// - an `ALTER TABLE` without changes
/// - a subquery in place of a table name
/// - a schema or an alias on the table of an index or a foreign key
///
/// # Examples
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

/// A statement of SeaORM with its parameters (feature `sea-orm`).
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

/// Conversions from `&mut`, which the builder methods of sea-query return.
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
