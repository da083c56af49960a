//! [SeaORM](https://www.sea-ql.org/SeaORM) 2: feature `sea-orm`.
//!
//! A [`Database`] is what SeaORM calls a connection, and goes where `&db` goes. Entities, relations, pagination and schemas are
//! used as everywhere; the plugin depends on `sea-orm` itself, without its default features but with `macros`.
//!
//! ```
//! mod airline {
//!     use sea_orm::entity::prelude::*;
//!
//!     #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
//!     #[sea_orm(table_name = "airlines")]
//!     pub struct Model {
//!         #[sea_orm(primary_key, auto_increment = false)]
//!         pub carrier: String,
//!         pub name: String,
//!     }
//!
//!     #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
//!     pub enum Relation {}
//!
//!     impl ActiveModelBehavior for ActiveModel {}
//! }
//!
//! use sea_orm::{ActiveModelTrait, ColumnTrait, DbErr, EntityTrait, QueryFilter, Set, TransactionTrait};
//! use wasmysql::sea_orm::Database;
//!
//! # async fn example() -> Result<(), DbErr> {
//! let db = Database::connect("main").await?;
//! let tx = db.begin().await?;
//! airline::ActiveModel { carrier: Set("AA".to_owned()), name: Set("American Airlines".to_owned()) }.insert(&tx).await?;
//! tx.commit().await?;
//! for airline in airline::Entity::find().filter(airline::Column::Name.contains("Air")).all(&db).await? {
//!     println!("{}: {}", airline.carrier, airline.name);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # Transactions
//!
//! Each statement that is given the database borrows a connection for itself. [`begin`](::sea_orm::TransactionTrait::begin)
//! borrows one for as long as the [`Transaction`] lives, so transactions do not meet, however many there are at once. A
//! transaction within one is a savepoint. Isolation level and access mode are those of `begin_with_config`.
//!
//! It is no `sea_orm::DatabaseConnection`: the one that can be made outside of SeaORM, its proxy, can't tell two transactions
//! apart, nor say that a commit failed. Code of yours takes `&impl ConnectionTrait`, or `&impl TransactionTrait`, as all of
//! SeaORM's does.
//!
//! # Errors
//!
//! A call that fails is a `DbErr`, of which [`error`] gives back the [`Error`](crate::Error) with its kind, and [`sql_err`]
//! what SeaORM's method of that name tells of its own drivers.
//!
//! # Types
//!
//! SeaORM reads a cell only as the very type it is given as, so each column type has one: integers by size and sign (`TINYINT(1)`
//! as `bool`, `YEAR` as `u16`), `FLOAT`, `DOUBLE`, text, bytes; with the features of those names `DECIMAL` as
//! `rust_decimal::Decimal`, `DATE`, `TIME`, `DATETIME` (`NaiveDateTime`) and `TIMESTAMP` (`DateTime<Utc>`) as chrono's, or as
//! time's where only that feature is on, `BINARY(16)` as `uuid::Uuid`, and JSON, with the objects and arrays of a `LONGTEXT`, which
//! is what MariaDB calls JSON, as `serde_json::Value`; without them as text or bytes. **A field of another type is an error, and
//! where it is an `Option`, SeaORM reads `None`.** So a sum, which is a `DECIMAL`, is cast to what it is read as.
//!
//! What is read by position (`into_tuple`) is in the order of the statement. For that, a row whose columns are not in the order
//! of their names has more keys, which begin with a NUL; `into_json` shows them.

mod answer;
mod calendar;
mod database;
mod error;
mod row;
mod transaction;

pub use database::Database;
pub use error::{error, sql_err};
pub use transaction::Transaction;
