//! MySQL for WebAssembly plugins.
//!
//! A plugin opens a database by name. The host owns the address, the account, the connection pool
//! and the grants.
//!
//! ```no_run
//! use wasmysql::{Engine, Result};
//!
//! #[wasmysql::main]
//! async fn main() -> Result<()> {
//!     let engine = Engine::connect("main").await?;
//!     let mut conn = engine.acquire().await?;
//!
//!     let mut tx = conn.begin().await?;
//!     tx.execute("INSERT INTO visits (page) VALUES (?)", ("/",)).await?;
//!     tx.commit().await?;
//!
//!     let mut rows = conn.query("SELECT page, COUNT(*) AS visits FROM visits GROUP BY page", ()).await?;
//!     while let Some(row) = rows.next().await? {
//!         println!("{}: {}", row.get::<&str>("page")?, row.get::<u64>("visits")?);
//!     }
//!     Ok(())
//! }
//! ```
//!
//! Guides: [errors](guide::errors), [migration from aiomysql.sa and
//! SQLAlchemy](guide::from_aiomysql), [migration from sqlx](guide::from_sqlx), [kinds of plugins,
//! and tests](guide::plugins).
//!
//! Sections named `Errors` list variants of [`ErrorKind`].
//!
//! # One statement
//!
//! An [`Engine`] acquires a connection for each statement. `execute` returns the effect of a
//! statement, `query` its rows.
//!
//! ```
//! # use wasmysql::{Engine, Result};
//! # async fn example(engine: &Engine) -> Result<()> {
//! let done = engine.execute("UPDATE planes SET seats = ? WHERE tailnum = ?", (150, "N14228")).await?;
//! println!("{} rows, id {}", done.rows_affected(), done.last_insert_id());
//! let seats: u32 = engine.query_scalar("SELECT seats FROM planes WHERE tailnum = ?", ("N14228",)).await?;
//! # Ok(())
//! # }
//! ```
//!
//! For several statements on one connection, use [`Engine::acquire`]. Autocommit is on.
//!
//! # Rows
//!
//! | result | untyped: [`Row`] | typed: a type that implements [`FromRow`] |
//! |---|---|---|
//! | rows on demand | [`query`](Connection::query), [`Rows::stream`] | [`query_as`](Connection::query_as), [`TypedRows::stream`] |
//! | all rows | [`query_all`](Connection::query_all) | [`query_all_as`](Connection::query_all_as) |
//! | exactly one row | [`query_one`](Connection::query_one) | [`query_one_as`](Connection::query_one_as) |
//! | at most one row | [`query_optional`](Connection::query_optional) | [`query_optional_as`](Connection::query_optional_as) |
//! | one value | | [`query_scalar`](Connection::query_scalar) |
//!
//! ```
//! # use wasmysql::{Connection, Result};
//! #[derive(wasmysql::FromRow)]
//! struct Plane {
//!     tailnum: String,
//!     seats: Option<u16>,
//! }
//!
//! # async fn example(conn: &mut Connection) -> Result<()> {
//! let planes: Vec<Plane> = conn.query_all_as("SELECT tailnum, seats FROM planes", ()).await?;
//! let pairs: Vec<(String, u64)> = conn.query_all_as("SELECT model, COUNT(*) FROM planes GROUP BY model", ()).await?;
//! let row = conn.query_one("SELECT * FROM planes WHERE tailnum = ?", ("N14228",)).await?;
//! let (year, model): (Option<u16>, &str) = (row.get("year")?, row.get("model")?);
//! # Ok(())
//! # }
//! ```
//!
//! Rows arrive in batches that are stored by column. At most one batch of a result is in memory. A
//! [`Row`] is a view of its batch: text and bytes can be borrowed from it, also in the fields of a
//! struct ([`FromRow`]). For millions of values, whole columns are fastest:
//!
//! ```
//! # use wasmysql::{Connection, Result};
//! # async fn example(conn: &mut Connection) -> Result<()> {
//! let mut rows = conn.query("SELECT distance FROM flights", ()).await?;
//! let mut miles = 0;
//! while let Some(batch) = rows.next_batch().await? {
//!     let distances = batch.column(0).and_then(|column| column.as_u64()).unwrap_or_default();
//!     miles += distances.iter().sum::<u64>();
//! }
//! # Ok(())
//! # }
//! ```
//!
//! Dates and times are columns of words, which compare as dates do: [`ColumnView::as_packed`], or
//! [`dates`](ColumnView::dates) for their fields. With feature `arrow`, [`Batch::to_arrow`] returns
//! a batch as an Arrow record batch for Arrow's kernels, without copying numbers and text.
//!
//! # Types
//!
//! [`Decode`] lists the Rust types that can be read from each column type. The same types can be
//! parameters. The features `chrono`, `time`, `rust_decimal`, `serde_json` and `uuid` add types of
//! the crate of the same name.
//!
//! # Parameters
//!
//! A statement has `?` or `:name` placeholders. Values for `?` are a tuple, values for `:name` are
//! [`named!`](named!) or a struct: see [`Params`]. Parameters never become SQL.
//!
//! ```
//! # use wasmysql::{Connection, Result, named};
//! # async fn example(conn: &mut Connection) -> Result<()> {
//! conn.execute("INSERT INTO airlines VALUES (?, ?)", ("AA", "American Airlines")).await?;
//! conn.execute("UPDATE airlines SET name = :name WHERE carrier = :carrier", named! { carrier: "AA", name: "AA" }).await?;
//! # Ok(())
//! # }
//! ```
//!
//! [`insert_many`](Connection::insert_many) and [`execute_many`](Connection::execute_many) send
//! many rows of parameters in few statements:
//!
//! ```
//! # use wasmysql::{Connection, Result};
//! # async fn example(conn: &mut Connection) -> Result<()> {
//! let squares = (0..100_000u64).map(|n| (n, n * n));
//! let done = conn.insert_many("squares", &["n", "square"], squares).await?;
//! assert_eq!(done.rows_affected(), 100_000);
//! # Ok(())
//! # }
//! ```
//!
//! # Transactions
//!
//! Dropping a [`Transaction`] rolls it back. [`Engine::transaction`] runs a closure in a
//! transaction: it commits on success, rolls back on an error, and repeats the transaction after a
//! deadlock. There are also [savepoints](Connection::begin_nested), [options](TransactionOptions)
//! and [two-phase transactions](TwoPhaseTransaction).
//!
//! ```
//! # use wasmysql::{Engine, Result};
//! # async fn example(engine: &Engine) -> Result<()> {
//! engine
//!     .transaction(async |tx| {
//!         let left: i64 = tx.query_scalar("SELECT balance FROM accounts WHERE id = 1 FOR UPDATE", ()).await?;
//!         tx.execute("UPDATE accounts SET balance = balance - ? WHERE id = 1", (left / 2,)).await?;
//!         tx.execute("UPDATE accounts SET balance = balance + ? WHERE id = 2", (left / 2,)).await
//!     })
//!     .await?;
//! # Ok(())
//! # }
//! ```
//!
//! # Concurrency
//!
//! Calls wait without blocking, so two connections execute two statements at the same time.
//!
//! ```
//! # use wasmysql::{Engine, Result};
//! # async fn example(engine: &Engine) -> Result<()> {
//! let (flights, planes) = futures::join!(
//!     engine.query_scalar::<u64>("SELECT COUNT(*) FROM flights", ()),
//!     engine.query_scalar::<u64>("SELECT COUNT(*) FROM planes", ()),
//! );
//! println!("{} flights of {} planes", flights?, planes?);
//! # Ok(())
//! # }
//! ```
//!
//! An open [`Rows`] borrows its connection, so using the connection meanwhile is a compile error
//! instead of a `Busy` error. Dropping the future of a call stops the statement at the server and
//! closes the connection.
//!
//! # Query builders and ORM
//!
//! With feature `sea-query`, a statement of that crate takes the place of the text: see
//! [`Statement`]. With feature `sea-orm`, SeaORM runs on an engine: see [`sea_orm`].
//!
//! # HTTP
//!
//! With feature `http`, a plugin handles requests: see [`http`](mod@http).
//!
//! # Tests
//!
//! A module with [`#[wasmysql::tests]`](macro@tests) contains tests, which can be `async`. The
//! tests run inside a host, each in its own instance and its own database. `wasmysql new` creates a
//! package in which `cargo test` runs them.
//!
//! # Blocking API
//!
//! An export that is not `async` must not call an `async` import: the component traps. Such a
//! plugin uses [`blocking`], which has the same items under the same names.

#![deny(missing_docs)]

// The derives refer to this crate as `wasmysql`, also in its own tests.
#[cfg(test)]
extern crate self as wasmysql;

#[cfg(feature = "arrow")]
mod arrow;
mod asynchronous;
mod batch;
#[expect(missing_docs, clippy::mem_forget, reason = "generated code")]
pub mod bindings;
#[expect(clippy::duplicate_mod, reason = "both APIs are made from the files of `api/`")]
pub mod blocking;
mod bytes;
mod clock;
mod column;
mod column_view;
#[doc(hidden)]
pub mod command;
mod decode;
mod error;
mod error_details;
mod execute_result;
mod from_row;
pub mod guide;
#[cfg(feature = "http")]
pub mod http;
mod insert;
mod milliseconds;
mod named;
mod names;
mod parameter;
mod parameter_batch;
mod parameter_column;
mod params;
mod retry_options;
mod row;
#[cfg(feature = "sea-orm")]
pub mod sea_orm;
#[cfg(feature = "sea-query")]
mod sea_query;
mod shared;
#[doc(hidden)]
pub mod test_run;
mod transaction_options;
mod types;
mod value;

pub use asynchronous::*;
pub use shared::*;
/// Exports a function as the handler of HTTP requests; see the module [`http`](mod@http).
///
/// ```no_run
/// use wasmysql::http::{Request, Response, Result};
///
/// #[wasmysql::http]
/// async fn handle(request: Request) -> Result<Response> {
///     Ok(Response::new(format!("You requested {}.\n", request.uri()).into()))
/// }
/// ```
#[cfg(feature = "http")]
pub use wasmysql_macros::http;
