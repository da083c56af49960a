//! Charts as inline SVG, each with a table of its numbers.
//!
//! Positions across are percentages of the width, and heights and texts are pixels. So a chart
//! adapts to every width, and its texts keep their size.

mod bars;
mod columns;
mod scale;

use maud::{Markup, html};

pub(crate) use bars::{Bar, bars};
pub(crate) use columns::{Column, columns};

/// A chart without its data.
#[derive(Debug)]
pub(crate) struct Chart<'a> {
    /// A prefix of the ids of elements.
    pub(crate) id: &'static str,
    pub(crate) title: &'a str,
    /// The explanation below the title.
    pub(crate) note: &'a str,
    /// The names of the parts of a column, if it has several.
    pub(crate) legend: &'a [&'a str],
    /// The headings of the table.
    pub(crate) headings: &'a [&'a str],
}

impl Chart<'_> {
    /// Returns the chart: its heading, the image with a description, and the table of its numbers.
    fn figure(&self, description: &str, image: Markup, rows: &[Vec<String>]) -> Markup {
        let [heading, text] = ["title", "description"].map(|part| format!("{}-{part}", self.id));
        html! {
            figure class="card" id=(self.id) {
                figcaption {
                    h2 id=(heading) { (self.title) }
                    p class="note" { (self.note) }
                    @if !self.legend.is_empty() {
                        ul class="legend" {
                            @for (part, name) in self.legend.iter().enumerate() {
                                li { span class={ "swatch part-" (part) } {} (name) }
                            }
                        }
                    }
                }
                (image)
                p class="hidden" id=(text) { (description) }
                details {
                    summary { "Numbers" span class="hidden" { ": " (self.title) } }
                    (table(self.headings, rows))
                }
            }
        }
    }

    /// Returns the attribute that refers to the heading and the description.
    fn labels(&self) -> String {
        format!("{0}-title {0}-description", self.id)
    }
}

/// Returns a table whose first column contains texts and the others numbers.
fn table(headings: &[&str], rows: &[Vec<String>]) -> Markup {
    html! {
        table class="numbers" {
            thead { tr { @for heading in headings { th scope="col" { (heading) } } } }
            tbody {
                @for row in rows {
                    tr {
                        @for (column, cell) in row.iter().enumerate() {
                            @if column == 0 { th scope="row" { (cell) } } @else { td { (cell) } }
                        }
                    }
                }
            }
        }
    }
}

/// Formats a percentage of the width.
fn percent(value: f64) -> String {
    format!("{value:.3}%")
}

/// Formats a number of pixels.
fn pixels(value: f64) -> String {
    format!("{value:.1}")
}
