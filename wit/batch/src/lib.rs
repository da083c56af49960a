//! Row batches of wasmysql: rows in one buffer, stored by column.
//!
//! The record `row-batch` of `wit/types.wit` specifies the layout of the buffer to the bit. The
//! host writes batches for results and reads batches of parameters; an SDK does the reverse. Both
//! use this crate, so that there is one writer and one reader.
//!
//! [`Column`] collects the cells of a column, and [`encode`] joins columns to a buffer.
//! [`Batch::new`] checks a buffer completely, and then returns views of its columns. Neither
//! direction converts a cell: a column of numbers is an array of the buffer.
//!
//! ```
//! use wasmysql_batch::{Batch, Cell, Column, Kind, Values, encode};
//!
//! let mut ids = Column::new(Kind::Signed);
//! for id in [7, 8] {
//!     let Values::Signed(values) = ids.values() else { unreachable!() };
//!     values.push(id);
//!     ids.pushed();
//! }
//! ids.push_null();
//! let batch = Batch::new(3, encode(3, &[ids])?)?;
//! let ids = batch.column(0).ok_or("no column")?;
//! assert_eq!((ids.kind(), ids.cell(1), ids.cell(2)), (Kind::Signed, Some(Cell::Signed(8)), Some(Cell::Null)));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#![forbid(unsafe_code)]
#![deny(missing_docs)]

mod batch;
mod check;
mod column;
mod directory;
mod encode;
mod kind;
mod malformed;
mod packed;
mod validity;
mod view;

pub use batch::Batch;
pub use column::{Column, Values, VarWidth};
pub use directory::column_count;
pub use encode::{TooLarge, encode};
pub use kind::Kind;
pub use malformed::{Defect, Malformed};
pub use packed::{Date, DateTime, Time};
pub use validity::Validity;
pub use view::{Cell, ColumnView};
