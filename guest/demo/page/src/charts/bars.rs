//! Horizontal bars with names and values.

use maud::{Markup, html};

use super::scale::Scale;
use super::{Chart, percent, pixels};

/// The height of a row and of its bar, in pixels.
const ROW: f64 = 26.0;
const BAR: f64 = 14.0;
/// The part of the width between the names and the values, in percent.
const LEFT: f64 = 44.0;
const RIGHT: f64 = 86.0;

/// A bar.
#[derive(Debug)]
pub(crate) struct Bar {
    pub(crate) name: String,
    /// `None` leaves out the bar.
    pub(crate) value: Option<f64>,
    /// The value as a text.
    pub(crate) label: String,
    /// The cells of the table after the name.
    pub(crate) cells: Vec<String>,
}

/// Returns a chart of bars, in their order.
pub(crate) fn bars(chart: &Chart<'_>, bars: &[Bar]) -> Markup {
    let scale = Scale::of(bars.iter().filter_map(|bar| bar.value));
    let x = |value: f64| LEFT + scale.position(value) * (RIGHT - LEFT);
    let height = ROW * bars.len() as f64;
    let image = html! {
        svg class="bars" role="img" aria-labelledby=(chart.labels()) width="100%" height=(pixels(height)) {
            @for (position, bar) in bars.iter().enumerate() {
                @let top = position as f64 * ROW;
                g class="bar" {
                    title { (bar.name) ": " (bar.cells.join(", ")) }
                    rect class="place" x="0" width="100%" y=(pixels(top)) height=(pixels(ROW)) {}
                    text class="name" x="0" y=(pixels(top + ROW / 2.0 + 4.0)) { (bar.name) }
                    @if let Some(value) = bar.value {
                        rect class="part-0" x=(percent(x(value.min(0.0)))) width=(percent(x(value.max(0.0)) - x(value.min(0.0))))
                            y=(pixels(top + (ROW - BAR) / 2.0)) height=(pixels(BAR)) {}
                    }
                    text class="value" x="100%" y=(pixels(top + ROW / 2.0 + 4.0)) { (bar.label) }
                }
            }
            line class="zero" x1=(percent(x(0.0))) x2=(percent(x(0.0))) y1="0" y2=(pixels(height)) {}
        }
    };
    let rows: Vec<_> = bars.iter().map(|bar| [vec![bar.name.clone()], bar.cells.clone()].concat()).collect();
    chart.figure(&description(bars), image, &rows)
}

fn description(bars: &[Bar]) -> String {
    match bars {
        [] => "No data.".to_owned(),
        [only] => format!("One bar: {}, {}.", only.name, only.label),
        [first, .., last] => {
            format!(
                "{} bars, from {} with {} to {} with {}.",
                bars.len(),
                first.name,
                first.label,
                last.name,
                last.label
            )
        }
    }
}
