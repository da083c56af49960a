//! An SVG chart of the growth benchmarks: one panel per series, with guest and native side, for
//! light and dark backgrounds.

use std::fmt::Write;

use crate::growth::{Point, Series};

const PANEL: f64 = 320.0;
const HEIGHT: f64 = 280.0;
/// The margins of the plot: numbers at the left, title and legend above, numbers and label below.
const LEFT: f64 = 58.0;
const RIGHT: f64 = 14.0;
const TOP: f64 = 62.0;
const BOTTOM: f64 = 46.0;
/// The horizontal grid lines of each plot, without the line at zero.
const LINES: u32 = 4;

const STYLE: &str = "
    text { font: 12px system-ui, sans-serif; fill: #1f2328 }
    .title { font-weight: 600 }
    .number, .label { font-size: 11px; fill: #59636e }
    .grid { stroke: #d1d9e0; stroke-width: 1 }
    .line { fill: none; stroke-width: 2 }
    .native { stroke: #8250df } .guest { stroke: #1a7f37 }
    .native-dot { fill: #8250df } .guest-dot { fill: #1a7f37 }
    @media (prefers-color-scheme: dark) {
      text { fill: #f0f6fc }
      .number, .label { fill: #9198a1 }
      .grid { stroke: #3d444d }
      .native { stroke: #d2a8ff } .guest { stroke: #56d364 }
      .native-dot { fill: #d2a8ff } .guest-dot { fill: #56d364 }
    }
";

/// Returns the chart of these series, side by side.
pub(crate) fn svg(all: &[Series]) -> String {
    let width = PANEL * all.len() as f64;
    let panels: String = all.iter().enumerate().map(|(index, series)| panel(series, PANEL * index as f64)).collect();
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {HEIGHT}\" width=\"{width}\" height=\"{HEIGHT}\" role=\"img\">
  <title>Times of guest and native driver by size</title>
  <style>{STYLE}  </style>
{panels}</svg>
"
    )
}

fn panel(series: &Series, left: f64) -> String {
    let most = round_up(series.points.iter().map(|point| point.native.max(point.guest)).fold(0.0, f64::max));
    let (right, bottom) = (PANEL - RIGHT, HEIGHT - BOTTOM);
    let y = |value: f64| bottom - (bottom - TOP) * value / most;
    // The sizes grow by factors, so the axis is logarithmic.
    let (first, last) = (series.points.first().map_or(1.0, at), series.points.last().map_or(1.0, at));
    let x = |value: f64| {
        LEFT + 8.0 + (right - LEFT - 16.0) * (value / first).ln() / (last / first).ln().max(f64::MIN_POSITIVE)
    };

    let mut svg = format!("  <g transform=\"translate({left} 0)\">\n");
    text(&mut svg, LEFT, 18.0, "title", "start", series.title);
    for (index, name) in ["native", "guest"].into_iter().enumerate() {
        let start = LEFT + 70.0 * index as f64;
        line(&mut svg, &format!("line {name}"), [(start, 36.0), (start + 16.0, 36.0)]);
        text(&mut svg, start + 21.0, 40.0, "number", "start", name);
    }
    text(&mut svg, right, 40.0, "label", "end", series.measure);
    for step in 0..=LINES {
        let value = most * f64::from(step) / f64::from(LINES);
        line(&mut svg, "grid", [(LEFT, y(value)), (right, y(value))]);
        text(&mut svg, LEFT - 6.0, y(value) + 4.0, "number", "end", &short(value));
    }
    for point in &series.points {
        text(&mut svg, x(at(point)), bottom + 16.0, "number", "middle", &short(at(point)));
    }
    text(&mut svg, f64::midpoint(LEFT, right), bottom + 36.0, "label", "middle", series.of);
    for name in ["native", "guest"] {
        let value = |point: &Point| if name == "native" { point.native } else { point.guest };
        let positions: Vec<(f64, f64)> = series.points.iter().map(|point| (x(at(point)), y(value(point)))).collect();
        for (x, y) in &positions {
            // Writing to a string never fails.
            let _ = writeln!(svg, "    <circle class=\"{name}-dot\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3\"/>");
        }
        line(&mut svg, &format!("line {name}"), positions);
    }
    svg + "  </g>\n"
}

fn at(point: &Point) -> f64 {
    point.at.into()
}

fn line(svg: &mut String, class: &str, positions: impl IntoIterator<Item = (f64, f64)>) {
    let points: Vec<String> = positions.into_iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
    let _ = writeln!(svg, "    <polyline class=\"{class}\" points=\"{}\"/>", points.join(" "));
}

fn text(svg: &mut String, x: f64, y: f64, class: &str, anchor: &str, content: &str) {
    let _ = writeln!(
        svg,
        "    <text class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\">{content}</text>"
    );
}

/// Returns the next round number: 1, 2, 4, 6 or 8 times a power of ten, so that a quarter of it is
/// round too.
fn round_up(value: f64) -> f64 {
    let power = 10_f64.powf(value.max(f64::MIN_POSITIVE).log10().floor());
    let steps = [1.0, 2.0, 4.0, 6.0, 8.0, 10.0];
    steps.into_iter().map(|step| step * power).find(|&round| value <= round).unwrap_or(value)
}

/// Formats a number for an axis.
fn short(value: f64) -> String {
    match value {
        value if value >= 1e6 => format!("{}M", value / 1e6),
        value if value >= 1e3 => format!("{}k", value / 1e3),
        value => ((value * 1000.0).round() / 1000.0).to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_end_at_round_numbers() {
        for (value, round) in [(0.43, 0.6), (0.7, 0.8), (1.0, 1.0), (9.1, 10.0), (12_345.0, 20_000.0)] {
            assert!((round_up(value) - round).abs() < 1e-9, "{value} becomes {}", round_up(value));
        }
        assert_eq!([short(0.15), short(1.0), short(2500.0), short(1e7)], ["0.15", "1", "2.5k", "10M"]);
    }

    #[test]
    fn points_are_within_their_panel() {
        let point = |at| Point { at, native: 3.0, guest: 4.0 };
        let series = Series { title: "a", of: "b", measure: "c", points: vec![point(1), point(1000)] };
        let svg = panel(&series, 0.0);
        assert!(svg.contains("cx=\"66.0\"") && svg.contains("cx=\"298.0\""), "{svg}");
        assert!(svg.contains(&format!("cy=\"{TOP:.1}\"")), "the largest value is not at the top: {svg}");
    }
}
