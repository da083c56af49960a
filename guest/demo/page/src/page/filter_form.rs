//! The form of the filter. It works without a script, by the parameters of the URL.

use maud::{Markup, html};

use crate::filter::Filter;
use crate::month;
use crate::options::{Choice, Options};

/// The minimum delays that the form offers, in minutes.
const DELAYS: [u16; 6] = [0, 15, 30, 60, 120, 180];

/// Returns the form with the values of a filter.
pub(super) fn form(options: &Options, filter: &Filter) -> Markup {
    let delays = DELAYS.map(|minutes| Choice { code: minutes.to_string(), name: delay(minutes) });
    let chosen_delay = filter.delay.map(|minutes| Choice { code: minutes.to_string(), name: delay(minutes) });
    let code = |code: &Option<String>| code.as_ref().map(|code| Choice { code: code.clone(), name: code.clone() });
    html! {
        form id="filter" class="card" action="/" method="get" autocomplete="off" {
            h2 class="hidden" { "Filter" }
            (select("origin", "From", "All airports", &options.origins, code(&filter.origin)))
            (select("destination", "To", "All airports", &options.destinations, code(&filter.destination)))
            (select("carrier", "Airline", "All airlines", &options.carriers, code(&filter.carrier)))
            (date("from", "First day", filter.from))
            (date("to", "Last day", filter.to))
            (select("delay", "Delay", "Any delay", &delays, chosen_delay))
            div class="actions" {
                button type="submit" { "Apply" }
                a href="/" { "Show all" }
            }
        }
    }
}

fn delay(minutes: u16) -> String {
    if minutes == 0 { "On time or late".to_owned() } else { format!("{minutes} min or more") }
}

/// Returns a field with choices. A chosen value that is not among them is added.
fn select(name: &str, label: &str, all: &str, choices: &[Choice], chosen: Option<Choice>) -> Markup {
    let chosen_code = chosen.as_ref().map(|choice| choice.code.clone());
    let unknown = chosen.as_ref().filter(|chosen| choices.iter().all(|choice| choice.code != chosen.code));
    html! {
        div class="field" {
            label for=(name) { (label) }
            select id=(name) name=(name) {
                option value="" { (all) }
                @for choice in choices.iter().chain(unknown) {
                    option value=(choice.code) selected[chosen_code.as_ref() == Some(&choice.code)] { (choice.name) }
                }
            }
        }
    }
}

fn date(name: &str, label: &str, day: Option<u8>) -> Markup {
    let [first, last] = month::DATES;
    html! {
        div class="field" {
            label for=(name) { (label) }
            input type="date" id=(name) name=(name) min=(first) max=(last) value=[day.map(month::date)];
        }
    }
}
