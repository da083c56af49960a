//! The tables and their data files.

use wasmysql::{Connection, Result};

/// A table and its data file. Both have the same columns in the same order.
pub(crate) struct Table {
    pub(crate) name: &'static str,
    pub(crate) file: &'static str,
    pub(crate) columns: &'static [(&'static str, Field)],
    ddl: &'static str,
}

/// The type of a column in a file. `NA` means NULL in a column of any type.
#[derive(Clone, Copy)]
pub(crate) enum Field {
    Text,
    Integer,
    Real,
    /// A UTC time such as `2013-01-01T10:00:00Z`.
    Instant,
}

use Field::{Instant, Integer, Real, Text};

/// The tables in loading order: a table follows the tables that its foreign keys reference.
pub(crate) const TABLES: [Table; 4] = [AIRLINES, AIRPORTS, PLANES, FLIGHTS];

const AIRLINES: Table = Table {
    name: "airlines",
    file: "airlines.csv",
    columns: &[("carrier", Text), ("name", Text)],
    ddl: include_str!("../schema/airlines.sql"),
};

const AIRPORTS: Table = Table {
    name: "airports",
    file: "airports.csv",
    columns: &[
        ("faa", Text),
        ("name", Text),
        ("lat", Real),
        ("lon", Real),
        ("alt", Integer),
        ("tz", Integer),
        ("dst", Text),
        ("tzone", Text),
    ],
    ddl: include_str!("../schema/airports.sql"),
};

const PLANES: Table = Table {
    name: "planes",
    file: "planes.csv",
    columns: &[
        ("tailnum", Text),
        ("year", Integer),
        ("type", Text),
        ("manufacturer", Text),
        ("model", Text),
        ("engines", Integer),
        ("seats", Integer),
        ("speed", Integer),
        ("engine", Text),
    ],
    ddl: include_str!("../schema/planes.sql"),
};

/// `dest` and `tailnum` have no foreign key: the files lack four airports and 540 planes of this
/// month.
const FLIGHTS: Table = Table {
    name: "flights",
    file: "flights-2013-01.csv.gz",
    columns: &[
        ("year", Integer),
        ("month", Integer),
        ("day", Integer),
        ("dep_time", Integer),
        ("sched_dep_time", Integer),
        ("dep_delay", Integer),
        ("arr_time", Integer),
        ("sched_arr_time", Integer),
        ("arr_delay", Integer),
        ("carrier", Text),
        ("flight", Integer),
        ("tailnum", Text),
        ("origin", Text),
        ("dest", Text),
        ("air_time", Integer),
        ("distance", Integer),
        ("hour", Integer),
        ("minute", Integer),
        ("time_hour", Instant),
    ],
    ddl: include_str!("../schema/flights.sql"),
};

/// Drops and creates all tables.
pub(crate) async fn create(conn: &mut Connection) -> Result<()> {
    for table in TABLES.iter().rev() {
        conn.execute(format!("DROP TABLE IF EXISTS {}", table.name), ()).await?;
    }
    for table in &TABLES {
        conn.execute(table.ddl, ()).await?;
    }
    Ok(())
}
