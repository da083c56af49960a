//! MySQL for WebAssembly plugins.
//!
//! A plugin names a database; the host that runs it owns the address, the account, the pool and the rules.
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
//! Guides: [what errors mean](guide::errors), [from aiomysql.sa and SQLAlchemy](guide::from_aiomysql), [from
//! sqlx](guide::from_sqlx), [plugins with a world of their own, and tests](guide::plugins).
//!
//! # One statement
//!
//! The engine borrows a connection for it. `execute` is for what a statement does, `query` for its rows.
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
//! What belongs together goes on one connection, which [`Engine::acquire`] lends. Autocommit is on there.
//!
//! # Rows
//!
//! | | untyped, a [`Row`] | typed, anything that is [`FromRow`] |
//! |---|---|---|
//! | as they are read | [`query`](Connection::query), and its [`stream`](Rows::stream) | [`query_as`](Connection::query_as), and its [`stream`](TypedRows::stream) |
//! | all | [`query_all`](Connection::query_all) | [`query_all_as`](Connection::query_all_as) |
//! | exactly one | [`query_one`](Connection::query_one) | [`query_one_as`](Connection::query_one_as) |
//! | one or none | [`query_optional`](Connection::query_optional) | [`query_optional_as`](Connection::query_optional_as) |
//! | a single cell | | [`query_scalar`](Connection::query_scalar) |
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
//! Rows arrive in batches, column by column, and a [`Row`] is a view of its batch: text and bytes can be borrowed from it, also
//! in the fields of a struct ([`FromRow`]). Only one batch of a result is held. Work on millions of values is quickest on whole
//! columns:
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
//! # Types
//!
//! [`Decode`] says which Rust types are read from which columns; the same ones are parameters. With a feature of the crate's
//! name, so are those of `chrono`, `time`, `rust_decimal`, `serde_json` and `uuid`.
//!
//! # Parameters
//!
//! [`Params`]: a tuple for `?`; [`named!`](named!) or a struct for `:name`. Parameters never become SQL.
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
//! Many rows go at once, in as few statements as can be, with [`insert_many`](Connection::insert_many) and
//! [`execute_many`](Connection::execute_many):
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
//! Dropping a [`Transaction`] rolls back. [`Engine::transaction`] begins, commits, rolls back on an error, and begins again after
//! a deadlock. There are [savepoints](Connection::begin_nested), [options](TransactionOptions), and transactions [in two
//! phases](TwoPhaseTransaction).
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
//! # Several at once
//!
//! Calls wait without blocking: on two connections, two statements run at once.
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
//! An open [`Rows`] borrows its connection, so the compiler says what would otherwise be a `Busy` error. Dropping the future of
//! a call cancels it at the server, and costs the session.
//!
//! # Statements that are built
//!
//! With feature `sea-query`, a statement of that crate goes where the text of a statement goes: see [`Statement`]. With feature
//! `sea-orm`, so does SeaORM: see [`sea_orm`].
//!
//! # Tests
//!
//! A module with [`#[wasmysql::tests]`](macro@tests) has tests that may be `async`. They run inside a host, each in an instance
//! and a database of its own: `wasmysql new` makes a package whose `cargo test` does so.
//!
//! # Without `async`
//!
//! An export that is not `async` must not wait for what is: the component would trap. For those there is [`blocking`], which
//! has all of this under the same names.

#![deny(missing_docs)]

// The derives name this crate so, in its own tests too.
#[cfg(test)]
extern crate self as wasmysql;

mod asynchronous;
mod batch;
#[expect(missing_docs, clippy::mem_forget, reason = "generated code")]
pub mod bindings;
#[expect(clippy::duplicate_mod, reason = "both APIs are made from the files of `api/`")]
pub mod blocking;
mod bytes;
mod clock;
mod column;
#[doc(hidden)]
pub mod command;
mod decode;
mod error;
mod execute_result;
mod from_row;
pub mod guide;
mod insert;
mod milliseconds;
mod named;
mod names;
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
