//! The part of the page that depends on the filter. The script replaces it.

use maud::{Markup, html};
use wasmysql::http::{Error, StatusCode};

use super::flight_table::flight_table;
use crate::charts::{Bar, Chart, Column, bars, columns};
use crate::filter::Filter;
use crate::flights::Listing;
use crate::month;
use crate::numbers::{counted, grouped, mean, percent};
use crate::summary::{Carrier, Summary, Totals};
use crate::window::Window;

/// The server's code for a table that does not exist.
const NO_SUCH_TABLE: u16 = 1146;

/// The hours of the scheduled departures: no flight departs at night.
const HOURS: std::ops::RangeInclusive<u8> = 5..=23;

/// The endings of the airlines' names that a chart leaves out.
const ENDINGS: [&str; 3] = [" Inc.", " Co.", " Corporation"];

/// Returns the report. `all` is the number of flights without a filter.
pub(super) fn report(all: u64, summary: &Summary, listing: &Listing, filter: &Filter, window: &Window) -> Markup {
    let found = counted(summary.all.flights, "flight");
    html! {
        div id="report" data-status=(found) {
            (tiles(all, &summary.all))
            @if summary.all.flights == 0 {
                div class="card message" {
                    h2 { "No flights match" }
                    p { "No flight fulfills all conditions. Choose another airport, more days or a shorter delay." }
                    p { a href="/" { "Show all flights" } }
                }
            } @else {
                div class="charts" {
                    (days(summary, filter))
                    (hours(summary))
                    (carriers(&summary.carriers))
                }
                (flight_table(listing, filter, window))
            }
        }
    }
}

/// Returns the report of a request that failed, and the status of the response.
pub(super) fn failed(error: &Error, request: &str) -> (StatusCode, Markup) {
    let code =
        error.source().and_then(|source| source.downcast_ref::<wasmysql::Error>()).and_then(|error| error.code());
    let (heading, message) = match error.source() {
        None => ("The filter can't be used", error.to_string()),
        Some(_) => {
            // The client must not see the reason.
            eprintln!("Error: request {request}: {error}");
            let message = match code {
                Some(NO_SUCH_TABLE) => "The flights are not loaded. Run the plugin wasmysql-demo first.".to_owned(),
                _ => format!("The request {request} failed. The log of the server has the reason."),
            };
            ("The flights could not be loaded", message)
        }
    };
    let report = html! {
        div id="report" data-status=(heading) {
            div class="card message" role="alert" {
                h2 { (heading) }
                p { (message) }
                p { a href="/" { "Show all flights" } }
            }
        }
    };
    (error.status(), report)
}

fn tiles(all: u64, totals: &Totals) -> Markup {
    let Totals { flights, cancelled, on_time, mean_delay } = totals;
    let part = if *flights == all { String::new() } else { format!("of {}", grouped(all)) };
    html! {
        dl class="tiles" {
            (tile("flights", "Flights", &grouped(*flights), &part))
            (tile("cancelled", "Cancelled", &grouped(*cancelled), &percent(*cancelled, *flights)))
            (tile("on-time", "At most 15 min late", &percent(*on_time, *flights), &format!("{} departures", grouped(*on_time))))
            (tile("mean-delay", "Mean delay", &mean(*mean_delay), "minutes at departure"))
        }
    }
}

fn tile(id: &str, name: &str, value: &str, detail: &str) -> Markup {
    html! {
        div class="card" {
            dt { (name) }
            dd id=(id) { (value) }
            dd class="note" { (detail) }
        }
    }
}

fn days(summary: &Summary, filter: &Filter) -> Markup {
    let (first, last) = filter.days();
    let column = |day: u8| {
        let found = summary.days.iter().find(|found| found.day == day);
        let (flights, cancelled) = found.map_or((0, 0), |found| (found.flights, found.cancelled));
        Column {
            label: day.to_string(),
            name: month::readable(day),
            parts: Some(vec![flights.saturating_sub(cancelled) as f64, cancelled as f64]),
            cells: vec![grouped(flights.saturating_sub(cancelled)), grouped(cancelled)],
        }
    };
    let chart = Chart {
        id: "days",
        title: "Flights per day",
        note: "By the day of the scheduled departure.",
        legend: &["Departed", "Cancelled"],
        headings: &["Day", "Departed", "Cancelled"],
    };
    columns(&chart, &(first..=last).map(column).collect::<Vec<_>>())
}

fn hours(summary: &Summary) -> Markup {
    let column = |hour: u8| {
        let found = summary.hours.iter().find(|found| found.hour == hour);
        let delay = found.and_then(|found| found.mean_delay);
        Column {
            label: hour.to_string(),
            name: format!("{hour:02}:00"),
            parts: delay.map(|delay| vec![delay]),
            cells: vec![mean(delay), grouped(found.map_or(0, |found| found.flights))],
        }
    };
    let chart = Chart {
        id: "hours",
        title: "Delay by hour",
        note: "Mean delay of departure in minutes, by the hour of the scheduled departure.",
        legend: &[],
        headings: &["Hour", "Minutes late", "Flights"],
    };
    columns(&chart, &HOURS.map(column).collect::<Vec<_>>())
}

fn carriers(carriers: &[Carrier]) -> Markup {
    let bar = |carrier: &Carrier| {
        let name = ENDINGS.iter().find_map(|ending| carrier.name.strip_suffix(ending)).unwrap_or(&carrier.name);
        let label = mean(carrier.mean_delay);
        let cells = vec![label.clone(), grouped(carrier.flights)];
        Bar { name: name.to_owned(), value: carrier.mean_delay, label, cells }
    };
    let chart = Chart {
        id: "carriers",
        title: "Delay by airline",
        note: "Mean delay of departure in minutes.",
        legend: &[],
        headings: &["Airline", "Minutes late", "Flights"],
    };
    bars(&chart, &carriers.iter().map(bar).collect::<Vec<_>>())
}
