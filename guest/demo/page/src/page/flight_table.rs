//! The table of flights.

use maud::{Markup, html};

use crate::filter::{Filter, link};
use crate::flights::{Flight, Listing};
use crate::month;
use crate::numbers::{UNKNOWN, delay, grouped};
use crate::window::{Edge, Window};

/// From this delay on, in minutes, a flight is marked as late.
const LATE: i16 = 60;

/// Returns the table of a page of flights, with links to the pages around it.
pub(super) fn flight_table(listing: &Listing, filter: &Filter, window: &Window) -> Markup {
    let Listing { total, first, flights, .. } = listing;
    let last = (first + flights.len() as u64).saturating_sub(1);
    html! {
        section class="card" id="flights-list" aria-labelledby="flights-title" {
            h2 id="flights-title" tabindex="-1" { "Flights" }
            @if flights.is_empty() {
                p class="note" { "This page of the list is empty." }
            } @else {
                p class="note" id="position" { (grouped(*first)) " to " (grouped(last)) " of " (grouped(*total)) ", by the hour of the scheduled departure, then by airline. Times are local." }
                table class="flights" {
                    thead {
                        tr {
                            th scope="col" { "Scheduled" }
                            th scope="col" { "Flight" }
                            th scope="col" class="wide" { "Airline" }
                            th scope="col" { "Route" }
                            th scope="col" class="wide" { "Plane" }
                            th scope="col" class="number medium" { "Miles" }
                            th scope="col" class="number medium" { "Departed" }
                            th scope="col" class="number" { "Delay" span class="medium-inline" { " (min)" } }
                        }
                    }
                    tbody { @for flight in flights { (row(flight)) } }
                }
            }
            (pages(listing, filter, window))
        }
    }
}

fn row(flight: &Flight) -> Markup {
    let destination = flight.destination_name.as_deref().unwrap_or(&flight.destination);
    html! {
        tr {
            th scope="row" { span class="day" { (month::readable(flight.day)) } " " (flight.scheduled) }
            td { (flight.carrier) " " (flight.flight) }
            td class="wide" { (flight.airline) }
            td { (flight.origin) " → " span title=(destination) { (flight.destination) } }
            td class="wide" { (flight.plane.as_deref().unwrap_or(UNKNOWN)) }
            td class="number medium" { (grouped(flight.distance.into())) }
            td class="number medium" { (flight.departed.as_deref().unwrap_or(UNKNOWN)) }
            @match flight.delay {
                Some(minutes) => td class={ "number" @if minutes >= LATE { " late" } } { (delay(minutes)) },
                None => td class="number" { span class="badge" { "cancelled" } },
            }
        }
    }
}

/// Returns the links to the pages around this page.
fn pages(listing: &Listing, filter: &Filter, window: &Window) -> Markup {
    let to = |edge: Option<&Edge>| {
        let mut parameters = filter.parameters();
        if window.limit != super::LIMIT {
            parameters.push(("limit", window.limit.to_string()));
        }
        parameters.extend(edge.map(Edge::parameter));
        link("/", &parameters)
    };
    let edge = |name: &str, edge: Option<&Edge>| {
        html! {
            @match edge {
                Some(edge) => a href=(to(Some(edge))) rel=(name.to_lowercase()) { (name) },
                None => span aria-disabled="true" { (name) },
            }
        }
    };
    html! {
        nav aria-label="Pages of flights" {
            @if window.edge.is_some() { a href=(to(None)) { "First" } } @else { span aria-disabled="true" { "First" } }
            (edge("Prev", listing.previous.as_ref()))
            (edge("Next", listing.next.as_ref()))
        }
    }
}
