//! Vertical columns over days or hours.

use maud::{Markup, html};

use super::scale::Scale;
use super::{Chart, percent, pixels};
use crate::numbers::whole;

/// The height of the plot, and the spaces above and below it, in pixels.
const PLOT: f64 = 200.0;
const ABOVE: f64 = 10.0;
const BELOW: f64 = 26.0;
/// The width of a column as a part of its place.
const FILLED: f64 = 0.72;
/// The number of labels below the columns, at most, so that they don't overlap on a phone.
const LABELS: usize = 8;

/// A column of one or more parts on top of each other.
#[derive(Debug)]
pub(crate) struct Column {
    /// The text below the column.
    pub(crate) label: String,
    /// The name of the column in the tooltip and in the table.
    pub(crate) name: String,
    /// The parts, from the bottom. `None` leaves out the column. A negative part is the only part.
    pub(crate) parts: Option<Vec<f64>>,
    /// The cells of the table after the name.
    pub(crate) cells: Vec<String>,
}

impl Column {
    fn total(&self) -> Option<f64> {
        self.parts.as_ref().map(|parts| parts.iter().sum())
    }

    /// Returns the text of the tooltip.
    fn tooltip(&self, headings: &[&str]) -> String {
        let cells = headings.iter().skip(1).zip(&self.cells);
        let cells: Vec<_> = cells.map(|(heading, cell)| format!("{}: {cell}", heading.to_lowercase())).collect();
        format!("{}: {}", self.name, cells.join(", "))
    }
}

/// Returns a chart of columns.
pub(crate) fn columns(chart: &Chart<'_>, columns: &[Column]) -> Markup {
    let scale = Scale::of(columns.iter().filter_map(Column::total));
    let y = |value: f64| ABOVE + (1.0 - scale.position(value)) * PLOT;
    let place = 100.0 / columns.len().max(1) as f64;
    let between_labels = columns.len().div_ceil(LABELS).max(1);
    let image = html! {
        svg class="plot" role="img" aria-labelledby=(chart.labels()) width="100%" height=(pixels(ABOVE + PLOT + BELOW)) {
            @for line in scale.lines() {
                line class=(if line == 0.0 { "zero" } else { "line" }) x1="0" x2="100%" y1=(pixels(y(line))) y2=(pixels(y(line))) {}
                text class="scale" x="-8" y=(pixels(y(line) + 4.0)) { (whole(line)) }
            }
            @for (position, column) in columns.iter().enumerate() {
                @let left = position as f64 * place;
                g class="column" {
                    title { (column.tooltip(chart.headings)) }
                    // The whole place shows the tooltip, also above a low column.
                    rect class="place" x=(percent(left)) width=(percent(place)) y=(pixels(ABOVE)) height=(pixels(PLOT)) {}
                    @for (part, (bottom, top)) in stacked(column.parts.as_deref().unwrap_or_default()).enumerate() {
                        rect class={ "part-" (part) } x=(percent(left + place * (1.0 - FILLED) / 2.0)) width=(percent(place * FILLED))
                            y=(pixels(y(top.max(bottom)))) height=(pixels(y(bottom.min(top)) - y(top.max(bottom)))) {}
                    }
                    @if position % between_labels == 0 {
                        text class="label" x=(percent(left + place / 2.0)) y=(pixels(ABOVE + PLOT + 18.0)) { (column.label) }
                    }
                }
            }
        }
    };
    let rows: Vec<_> =
        columns.iter().map(|column| [vec![column.name.clone()], column.cells.clone()].concat()).collect();
    chart.figure(&description(chart, columns), image, &rows)
}

/// Returns the lower and the upper value of each part.
fn stacked(parts: &[f64]) -> impl Iterator<Item = (f64, f64)> {
    parts.iter().scan(0.0, |below, part| {
        let bottom = *below;
        *below += part;
        Some((bottom, *below))
    })
}

fn description(chart: &Chart<'_>, columns: &[Column]) -> String {
    let known = || columns.iter().filter_map(|column| Some((column, column.total()?)));
    let compare = |a: &(&Column, f64), b: &(&Column, f64)| a.1.total_cmp(&b.1);
    match (known().max_by(compare), known().min_by(compare), columns.first(), columns.last()) {
        (Some((highest, _)), Some((lowest, _)), Some(first), Some(last)) => format!(
            "{} columns, from {} to {}. Highest: {}. Lowest: {}.",
            columns.len(),
            first.name,
            last.name,
            highest.tooltip(chart.headings),
            lowest.tooltip(chart.headings)
        ),
        _ => "No data.".to_owned(),
    }
}
