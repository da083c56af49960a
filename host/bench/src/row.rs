//! One benchmark: what was measured, and what was wanted.

use serde::{Deserialize, Serialize};

use crate::measure::{Cost, Pair};

/// Medians of the rounds, each with the least and the most.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Row {
    #[serde(skip)]
    pub(crate) name: String,
    pub(crate) unit: Unit,
    pub(crate) wall: f64,
    pub(crate) wall_range: [f64; 2],
    /// None where the guest itself took the time, or where it is no time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) cpu: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) cpu_range: Option<[f64; 2]>,
    /// Both sides in microseconds, where there are two.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub(crate) sides: Option<Sides>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) wall_goal: Option<Goal>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) cpu_goal: Option<Goal>,
    /// Whether both goals are; true where there are none.
    pub(crate) met: bool,
}

/// What `wall` and `cpu` are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Unit {
    /// The guest's time over the native one's: less is better.
    Ratio,
    /// The native side's time over the guest's, which is also the guest's throughput over the native one's: more is better.
    Times,
    /// Microseconds of the guest.
    Us,
    /// MiB.
    Mib,
}

/// Microseconds of each piece of work.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Sides {
    pub(crate) native_us: f64,
    pub(crate) guest_us: f64,
    pub(crate) native_cpu_us: f64,
    pub(crate) guest_cpu_us: f64,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Goal {
    AtMost(f64),
    AtLeast(f64),
}

impl Goal {
    pub(crate) fn is_met(self, value: f64) -> bool {
        match self {
            Goal::AtMost(most) => value <= most,
            Goal::AtLeast(least) => value >= least,
        }
    }
}

impl Row {
    /// How much of the native side's time the guest takes.
    pub(crate) fn ratio(name: &str, pairs: &[Pair]) -> Row {
        Row::compared(name, Unit::Ratio, pairs, |native, guest| guest / native)
    }

    /// How many times as fast as the native side the guest is.
    pub(crate) fn times(name: &str, pairs: &[Pair]) -> Row {
        Row::compared(name, Unit::Times, pairs, |native, guest| native / guest)
    }

    /// What the guest takes in microseconds, beside what the native side does.
    pub(crate) fn beside(name: &str, pairs: &[Pair]) -> Row {
        Row::compared(name, Unit::Us, pairs, |_, guest| guest)
    }

    fn compared(name: &str, unit: Unit, pairs: &[Pair], compare: impl Fn(f64, f64) -> f64) -> Row {
        let wall = Spread::of(pairs.iter().map(|pair| compare(pair.native.wall, pair.guest.wall)));
        let cpu = Spread::of(pairs.iter().map(|pair| compare(pair.native.cpu, pair.guest.cpu)));
        let median = |side: fn(&Pair) -> f64| Spread::of(pairs.iter().map(side)).median;
        let sides = Sides {
            native_us: median(|pair| pair.native.wall),
            guest_us: median(|pair| pair.guest.wall),
            native_cpu_us: median(|pair| pair.native.cpu),
            guest_cpu_us: median(|pair| pair.guest.cpu),
        };
        Row { sides: Some(sides), ..Row::of(name, unit, wall).and_cpu(cpu) }
    }

    /// Microseconds that the guest took by its own clock.
    pub(crate) fn guest_clock(name: &str, us: &[f64]) -> Row {
        Row::of(name, Unit::Us, Spread::of(us.iter().copied()))
    }

    /// Microseconds of something that has no native side.
    pub(crate) fn alone(name: &str, costs: &[Cost]) -> Row {
        let wall = Spread::of(costs.iter().map(|cost| cost.wall));
        Row::of(name, Unit::Us, wall).and_cpu(Spread::of(costs.iter().map(|cost| cost.cpu)))
    }

    pub(crate) fn mib(name: &str, mib: &[f64]) -> Row {
        Row::of(name, Unit::Mib, Spread::of(mib.iter().copied()))
    }

    /// How many times as large or as slow the other is, where that is not of rounds.
    pub(crate) fn factor(name: &str, factor: f64) -> Row {
        Row::of(name, Unit::Times, Spread { median: factor, range: [factor, factor] })
    }

    fn of(name: &str, unit: Unit, wall: Spread) -> Row {
        Row {
            name: name.to_owned(),
            unit,
            wall: wall.median,
            wall_range: wall.range,
            cpu: None,
            cpu_range: None,
            sides: None,
            wall_goal: None,
            cpu_goal: None,
            met: true,
        }
    }

    fn and_cpu(self, cpu: Spread) -> Row {
        Row { cpu: Some(cpu.median), cpu_range: Some(cpu.range), ..self }
    }

    /// Sets a goal for the wall time.
    pub(crate) fn wall(mut self, goal: Goal) -> Row {
        self.wall_goal = Some(goal);
        self.met &= goal.is_met(self.wall);
        self
    }

    /// Sets a goal for the CPU time.
    pub(crate) fn cpu(mut self, goal: Goal) -> Row {
        self.cpu_goal = Some(goal);
        self.met &= self.cpu.is_some_and(|cpu| goal.is_met(cpu));
        self
    }
}

pub(crate) struct Spread {
    pub(crate) median: f64,
    pub(crate) range: [f64; 2],
}

impl Spread {
    pub(crate) fn of(values: impl Iterator<Item = f64>) -> Spread {
        let mut values: Vec<f64> = values.collect();
        values.sort_by(f64::total_cmp);
        let at = |index: usize| values.get(index).copied().unwrap_or(f64::NAN);
        Spread { median: at(values.len() / 2), range: [at(0), at(values.len().saturating_sub(1))] }
    }
}
