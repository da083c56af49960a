//! Reports on the month.

use crate::table::TextTable;
use wasmysql::{Connection, Result};

/// A report: title, explanation and query.
struct Report {
    title: &'static str,
    explanation: &'static str,
    sql: &'static str,
    parameter: i64,
}

const REPORTS: [Report; 4] = [
    Report {
        title: "Which airlines leave late?",
        explanation: "Average minutes between scheduled and actual departure, over all flights that departed.",
        sql: "SELECT airlines.name AS airline, COUNT(*) AS flights, COUNT(*) - COUNT(dep_time) AS cancelled,
                ROUND(AVG(dep_delay), 1) AS `minutes late`
            FROM flights JOIN airlines USING (carrier)
            GROUP BY airlines.carrier, airlines.name
            ORDER BY AVG(dep_delay) DESC
            LIMIT ?",
        parameter: 100,
    },
    Report {
        title: "Which routes are the busiest?",
        explanation: "The ten routes with the most flights.",
        sql: "SELECT origin.name AS `from`, COALESCE(destination.name, dest) AS `to`, COUNT(*) AS flights,
                MIN(distance) AS miles
            FROM flights
            JOIN airports AS origin ON origin.faa = flights.origin
            LEFT JOIN airports AS destination ON destination.faa = flights.dest
            GROUP BY flights.origin, flights.dest, origin.name, destination.name
            ORDER BY flights DESC, `from`, `to`
            LIMIT ?",
        parameter: 10,
    },
    Report {
        title: "When are the delays longest?",
        explanation: "The five departure hours with the longest average delay, in minutes.",
        sql: "SELECT CONCAT(LPAD(hour, 2, '0'), ':00') AS hour, COUNT(*) AS flights,
                ROUND(AVG(dep_delay), 1) AS `minutes late`
            FROM flights
            GROUP BY flights.hour
            ORDER BY AVG(dep_delay) DESC
            LIMIT ?",
        parameter: 5,
    },
    Report {
        title: "Which planes are older than 40 years and still flying?",
        explanation: "Planes built before 1973 according to the register. A dash means that the cruising speed is unknown.",
        sql: "SELECT tailnum AS plane, manufacturer, model, planes.year AS built, 2013 - planes.year AS age, seats,
                speed AS mph, COUNT(*) AS flights
            FROM planes JOIN flights USING (tailnum)
            WHERE 2013 - planes.year > ?
            GROUP BY tailnum, manufacturer, model, planes.year, seats, speed
            ORDER BY built, plane",
        parameter: 40,
    },
];

/// Prints all reports and returns the number of queries.
pub(crate) async fn all(conn: &mut Connection) -> Result<usize> {
    for report in &REPORTS {
        let rows = conn.query(report.sql, (report.parameter,)).await?;
        println!("{}\n{}\n\n{}", report.title, report.explanation, TextTable::read(rows).await?);
    }
    Ok(REPORTS.len())
}
