//! The frame of the page.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::month;

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");

/// Returns the document. `nonce` allows its style and its script.
pub(super) fn document(nonce: &str, form: Option<Markup>, report: Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { "Flights from New York, " (month::NAME) }
                link rel="icon" href="/icon.svg" type="image/svg+xml";
                style nonce=(nonce) { (PreEscaped(STYLE)) }
            }
            body {
                header {
                    h1 { "Flights from New York" }
                    p { "All departures from Newark, JFK and LaGuardia in " (month::NAME) "." }
                }
                main {
                    @if let Some(form) = form { (form) }
                    p class="hidden" id="status" role="status" {}
                    (report)
                }
                footer {
                    p {
                        "A sandboxed WebAssembly plugin read these numbers with the grant " code { "read" } ", and wrote this page. "
                        "The same numbers as JSON: " a href="/api/flights" { "flights" } ", " a href="/api/summary" { "summary" } ", "
                        a href="/api/options" { "options" } "."
                    }
                }
                template id="failed" {
                    div class="card message" role="alert" {
                        h2 { "The flights could not be loaded" }
                        p { "The server did not answer as expected. The numbers below are those of the previous filter." }
                        button type="button" { "Try again" }
                    }
                }
                script nonce=(nonce) { (PreEscaped(SCRIPT)) }
            }
        }
    }
}
