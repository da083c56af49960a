//! The printed table and `ratios.json`.

use std::collections::BTreeMap;
use std::path::Path;

use wasmtime::Result;

use crate::row::{Goal, Row, Unit};

/// The measured rows, in order.
#[derive(Debug, Default)]
pub(crate) struct Report {
    rows: Vec<Row>,
    /// The benchmarks that were not run, each with the reason.
    left_out: Vec<String>,
}

impl Report {
    pub(crate) fn push(&mut self, row: Row) {
        eprintln!("  {} done", row.name);
        self.rows.push(row);
    }

    /// Records that a benchmark was not run. The reason includes the remedy.
    pub(crate) fn leave_out(&mut self, name: &str, reason: &str) {
        self.left_out.push(format!("{name} was not run: {reason}"));
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty() && self.left_out.is_empty()
    }

    pub(crate) fn print(&self) {
        println!(
            "\n{:<24} {:>5} {:>22} {:>22} {:>10} {:>10} {:>10} {:>10}  goal",
            "benchmark", "", "wall (range)", "CPU (range)", "native", "guest", "native CPU", "guest CPU"
        );
        for row in &self.rows {
            let cpu = row.cpu.zip(row.cpu_range).map_or_else(String::new, |(cpu, range)| spread(row.unit, cpu, range));
            let sides = row.sides.map_or_else(Default::default, |sides| {
                [sides.native_us, sides.guest_us, sides.native_cpu_us, sides.guest_cpu_us].map(duration)
            });
            let [native, guest, native_cpu, guest_cpu] = sides;
            println!(
                "{:<24} {:>5} {:>22} {cpu:>22} {native:>10} {guest:>10} {native_cpu:>10} {guest_cpu:>10}  {}",
                row.name,
                unit(row.unit),
                spread(row.unit, row.wall, row.wall_range),
                goals(row)
            );
        }
        println!(
            "\nMedians of the rounds. 'g/n' is the guest's time divided by the native time: less than 1 means that the guest is faster.\n\
             'n/g' is the reverse: more than 1 means that the guest is faster. For in_guest_*, 'native' is sqlx in a guest.\n\
             For python_columns, 'native' is PyMySQL.\n\
             For scan_10m, 'native' is a scan of one million rows in the guest."
        );
        let goals = self.rows.iter().filter(|row| row.wall_goal.is_some() || row.cpu_goal.is_some());
        let (met, missed): (Vec<&Row>, Vec<&Row>) = goals.partition(|row| row.met);
        let names = missed.iter().map(|row| row.name.as_str()).collect::<Vec<_>>().join(", ");
        let names = if names.is_empty() { names } else { format!(": {names}") };
        println!("\nGoals: {} met, {} missed{names}", met.len(), missed.len());
        for left_out in &self.left_out {
            println!("{left_out}");
        }
    }

    pub(crate) fn write(&self, path: &Path) -> Result<()> {
        let rows: BTreeMap<&str, &Row> = self.rows.iter().map(|row| (row.name.as_str(), row)).collect();
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        std::fs::write(path, serde_json::to_string_pretty(&rows)? + "\n")?;
        Ok(())
    }

    /// Adds the rows that another process wrote.
    pub(crate) fn read(&mut self, path: &Path) -> Result<()> {
        let rows: BTreeMap<String, Row> = serde_json::from_str(&std::fs::read_to_string(path)?)?;
        self.rows.extend(rows.into_iter().map(|(name, row)| Row { name, ..row }));
        Ok(())
    }
}

fn unit(unit: Unit) -> &'static str {
    match unit {
        Unit::Ratio => "g/n",
        Unit::Times => "n/g",
        Unit::Us => "us",
        Unit::Mib => "MiB",
    }
}

fn spread(unit: Unit, median: f64, [low, high]: [f64; 2]) -> String {
    // From 1,000 microseconds on, fractions are noise.
    let digits = if unit == Unit::Us && median >= 1000.0 { 0 } else { 2 };
    format!("{median:.digits$} ({low:.digits$}-{high:.digits$})")
}

fn goals(row: &Row) -> String {
    let goal = |name: &str, goal: Option<Goal>, value: Option<f64>| {
        let goal = goal?;
        let text = match goal {
            Goal::AtMost(most) => format!("{name} <= {most}"),
            Goal::AtLeast(least) => format!("{name} >= {least}"),
        };
        Some(if value.is_some_and(|value| goal.is_met(value)) { text } else { text + " MISSED" })
    };
    let both = [goal("wall", row.wall_goal, Some(row.wall)), goal("CPU", row.cpu_goal, row.cpu)];
    let both: Vec<String> = both.into_iter().flatten().collect();
    // Memory is not a wall time.
    let both = both.join(", ");
    if row.unit == Unit::Mib { both.replace("wall ", "") } else { both }
}

fn duration(us: f64) -> String {
    match us {
        us if us >= 1000.0 => format!("{:.1} ms", us / 1000.0),
        us => format!("{us:.2} us"),
    }
}
