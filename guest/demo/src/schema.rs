//! The tables, and the files they are loaded from.

use wasmysql::{Connection, Result};

/// A table and its file, which have the same columns in the same order.
pub(crate) struct Table {
    pub(crate) name: &'static str,
    pub(crate) file: &'static str,
    pub(crate) columns: &'static [(&'static str, Field)],
    ddl: &'static str,
}

/// What stands in a column of a file. `NA` is NULL in any of them.
#[derive(Clone, Copy)]
pub(crate) enum Field {
    Text,
    Integer,
    Real,
    /// `2013-01-01T10:00:00Z`
    Instant,
}

use Field::{Instant, Integer, Real, Text};

/// In the order of loading: what is referred to comes first.
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

/// `dest` and `tailnum` refer to nothing: four airports and 540 planes of this month are in no file.
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

/// Makes all tables anew.
pub(crate) async fn create(conn: &mut Connection) -> Result<()> {
    for table in TABLES.iter().rev() {
        conn.execute(format!("DROP TABLE IF EXISTS {}", table.name), ()).await?;
    }
    for table in &TABLES {
        conn.execute(table.ddl, ()).await?;
    }
    Ok(())
}
