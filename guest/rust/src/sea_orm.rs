//! [SeaORM](https://www.sea-ql.org/SeaORM) 2 (feature `sea-orm`).
//!
//! A [`Database`] takes the place of SeaORM's connection: pass it as `&db`. Entities, relations,
//! pagination and schemas work as with other databases. The plugin depends on `sea-orm` itself,
//! without its default features but with `macros`.
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
//! A statement on the database acquires a connection for this statement.
//! [`begin`](::sea_orm::TransactionTrait::begin) acquires a connection until the [`Transaction`]
//! ends, so concurrent transactions never share a connection. A transaction inside a transaction is
//! a savepoint. `begin_with_config` sets the isolation level and the access mode.
//!
//! `Database` is not a `sea_orm::DatabaseConnection`. Outside SeaORM, only its proxy can create
//! one, and the proxy neither distinguishes concurrent transactions nor reports a failed commit.
//! Functions of the plugin take `&impl ConnectionTrait` or `&impl TransactionTrait`, as SeaORM's
//! own functions do.
//!
//! # Errors
//!
//! A failed call returns a `DbErr`. [`error`] returns the [`Error`](crate::Error) in it, with its
//! kind. [`sql_err`] replaces SeaORM's method of that name, which only supports SeaORM's own
//! drivers.
//!
//! # Types
//!
//! SeaORM reads a cell only as the exact type of its value, so each column type has one Rust type:
//!
//! | column type | Rust type | feature |
//! |---|---|---|
//! | integers | by size and sign; `TINYINT(1)` is `bool`, `YEAR` is `u16` | |
//! | `FLOAT`, `DOUBLE` | `f32`, `f64` | |
//! | text, bytes | `String`, `Vec<u8>` | |
//! | `DECIMAL` | `rust_decimal::Decimal` | `rust_decimal` |
//! | `DATE`, `TIME`, `DATETIME`, `TIMESTAMP` | `NaiveDate`, `NaiveTime`, `NaiveDateTime`, `DateTime<Utc>` | `chrono` |
//! | `DATE`, `TIME`, `DATETIME`, `TIMESTAMP` | the types of the crate `time` | `time` without `chrono` |
//! | `BINARY(16)` | `uuid::Uuid` | `uuid` |
//! | JSON; on MariaDB, objects and arrays in a `LONGTEXT`, its type for JSON | `serde_json::Value` | `serde_json` |
//!
//! Without the feature, these types are text or bytes. **A field of another type is an error, or
//! `None` if the field is an `Option`.** A sum is a `DECIMAL`: cast it to the type of its field.
//!
//! Reads by position (`into_tuple`) follow the order of the statement. To support this, a row whose
//! columns are not sorted by name has additional keys, which begin with a NUL. `into_json` shows
//! these keys.

mod calendar;
mod database;
mod error;
mod result;
mod row;
mod transaction;

pub use database::Database;
pub use error::{error, sql_err};
pub use transaction::Transaction;
