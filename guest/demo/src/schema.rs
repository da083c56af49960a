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
    ddl: "CREATE TABLE airlines (
            carrier CHAR(2) PRIMARY KEY,
            name VARCHAR(60) NOT NULL
        ) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4",
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
    ddl: "CREATE TABLE airports (
            faa CHAR(3) PRIMARY KEY,
            name VARCHAR(100) NOT NULL,
            lat DOUBLE NOT NULL,
            lon DOUBLE NOT NULL,
            alt SMALLINT NOT NULL COMMENT 'feet',
            tz TINYINT NOT NULL COMMENT 'hours from UTC',
            dst CHAR(1) NOT NULL,
            tzone VARCHAR(40)
        ) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4",
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
    ddl: "CREATE TABLE planes (
            tailnum VARCHAR(6) PRIMARY KEY,
            year YEAR,
            type VARCHAR(40) NOT NULL,
            manufacturer VARCHAR(40) NOT NULL,
            model VARCHAR(40) NOT NULL,
            engines TINYINT UNSIGNED NOT NULL,
            seats SMALLINT UNSIGNED NOT NULL,
            speed SMALLINT UNSIGNED COMMENT 'miles an hour',
            engine VARCHAR(20) NOT NULL
        ) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4",
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
    ddl: "CREATE TABLE flights (
            year YEAR NOT NULL,
            month TINYINT UNSIGNED NOT NULL,
            day TINYINT UNSIGNED NOT NULL,
            dep_time SMALLINT UNSIGNED COMMENT 'hhmm, local; NULL: cancelled',
            sched_dep_time SMALLINT UNSIGNED NOT NULL,
            dep_delay SMALLINT COMMENT 'minutes, below zero: early',
            arr_time SMALLINT UNSIGNED,
            sched_arr_time SMALLINT UNSIGNED NOT NULL,
            arr_delay SMALLINT,
            carrier CHAR(2) NOT NULL,
            flight SMALLINT UNSIGNED NOT NULL,
            tailnum VARCHAR(6),
            origin CHAR(3) NOT NULL,
            dest CHAR(3) NOT NULL,
            air_time SMALLINT UNSIGNED COMMENT 'minutes',
            distance SMALLINT UNSIGNED NOT NULL COMMENT 'miles',
            hour TINYINT UNSIGNED NOT NULL COMMENT 'scheduled, local',
            minute TINYINT UNSIGNED NOT NULL,
            time_hour DATETIME NOT NULL COMMENT 'scheduled, UTC',
            PRIMARY KEY (time_hour, carrier, flight, origin),
            KEY route (origin, dest),
            KEY plane (tailnum),
            FOREIGN KEY (carrier) REFERENCES airlines (carrier),
            FOREIGN KEY (origin) REFERENCES airports (faa)
        ) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4",
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
