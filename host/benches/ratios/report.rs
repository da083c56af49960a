//! The table, and `ratios.json`.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};
use wasmtime::Result;

use crate::measure::{Cost, Pair};

/// What was measured, by name.
#[derive(Debug, Default)]
pub(crate) struct Report {
    rows: Vec<Row>,
}

/// One benchmark. `wall` and `cpu` are medians: of guest over native, or in microseconds where there is no native side.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Row {
    #[serde(skip)]
    name: String,
    wall: f64,
    /// None where the guest itself took the time.
    cpu: Option<f64>,
    /// At most this, for both; none where it is only reported.
    goal: Option<f64>,
    unit: Unit,
    wall_range: [f64; 2],
    #[serde(skip_serializing_if = "Option::is_none")]
    cpu_range: Option<[f64; 2]>,
    /// Medians of both sides in microseconds of wall time, where there are two.
    #[serde(skip_serializing_if = "Option::is_none")]
    native_us: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    guest_us: Option<f64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Unit {
    Ratio,
    Us,
}

impl Row {
    /// A comparison of guest and native. `units` is how many pieces of work one round did, for the times shown.
    pub(crate) fn ratio(name: &str, pairs: &[Pair], units: u32, goal: Option<f64>) -> Row {
        let wall = Spread::of(pairs.iter().map(|pair| pair.guest.wall / pair.native.wall));
        let cpu = Spread::of(pairs.iter().map(|pair| pair.guest.cpu / pair.native.cpu));
        let each = |cost: fn(&Pair) -> Cost| Spread::of(pairs.iter().map(|pair| cost(pair).per(units).wall)).median;
        Row {
            name: name.to_owned(),
            wall: wall.median,
            cpu: Some(cpu.median),
            goal,
            unit: Unit::Ratio,
            wall_range: wall.range,
            cpu_range: Some(cpu.range),
            native_us: Some(each(|pair| pair.native)),
            guest_us: Some(each(|pair| pair.guest)),
        }
    }

    /// Times in microseconds.
    pub(crate) fn microseconds(name: &str, wall: &[f64], cpu: Option<&[f64]>, goal: Option<f64>) -> Row {
        let wall = Spread::of(wall.iter().copied());
        let cpu = cpu.map(|cpu| Spread::of(cpu.iter().copied()));
        Row {
            name: name.to_owned(),
            wall: wall.median,
            cpu: cpu.as_ref().map(|cpu| cpu.median),
            goal,
            unit: Unit::Us,
            wall_range: wall.range,
            cpu_range: cpu.map(|cpu| cpu.range),
            native_us: None,
            guest_us: None,
        }
    }

    fn is_met(&self) -> bool {
        self.goal.is_none_or(|goal| self.wall <= goal && self.cpu.is_none_or(|cpu| cpu <= goal))
    }
}

impl Report {
    pub(crate) fn push(&mut self, row: Row) {
        eprintln!("  {} done", row.name);
        self.rows.push(row);
    }

    pub(crate) fn print(&self) {
        println!(
            "\n{:<16} {:>22} {:>22} {:>9} {:>9} {:>7}",
            "benchmark", "wall (range)", "CPU (range)", "native", "guest", "goal"
        );
        for row in &self.rows {
            let spread = |median: f64, [low, high]: [f64; 2]| format!("{median:.2} ({low:.2}-{high:.2})");
            let cpu = row.cpu.zip(row.cpu_range).map_or_else(String::new, |(median, range)| spread(median, range));
            let time = |us: Option<f64>| us.map_or_else(String::new, shown);
            let goal = match row.goal {
                None => String::new(),
                Some(goal) if row.is_met() => format!("<= {goal}"),
                Some(goal) => format!("<= {goal} MISSED"),
            };
            let unit = if row.unit == Unit::Us { " us" } else { "" };
            println!(
                "{:<16} {:>22} {:>22} {:>9} {:>9} {:>7}",
                row.name,
                spread(row.wall, row.wall_range) + unit,
                cpu,
                time(row.native_us),
                time(row.guest_us),
                goal
            );
        }
        println!("\nRatios are guest / native, medians of the rounds; less than 1 means that the guest is faster.");
    }

    pub(crate) fn write(&self, path: &Path) -> Result<()> {
        let rows: BTreeMap<&str, &Row> = self.rows.iter().map(|row| (row.name.as_str(), row)).collect();
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        std::fs::write(path, serde_json::to_string_pretty(&rows)? + "\n")?;
        Ok(())
    }

    /// Adds what another process wrote.
    pub(crate) fn read(&mut self, path: &Path) -> Result<()> {
        let rows: BTreeMap<String, Row> = serde_json::from_str(&std::fs::read_to_string(path)?)?;
        self.rows.extend(rows.into_iter().map(|(name, row)| Row { name, ..row }));
        Ok(())
    }
}

struct Spread {
    median: f64,
    range: [f64; 2],
}

impl Spread {
    fn of(values: impl Iterator<Item = f64>) -> Spread {
        let mut values: Vec<f64> = values.collect();
        values.sort_by(f64::total_cmp);
        let at = |index: usize| values.get(index).copied().unwrap_or(f64::NAN);
        Spread { median: at(values.len() / 2), range: [at(0), at(values.len().saturating_sub(1))] }
    }
}

fn shown(us: f64) -> String {
    match us {
        us if us >= 1000.0 => format!("{:.1} ms", us / 1000.0),
        us => format!("{us:.2} us"),
    }
}
