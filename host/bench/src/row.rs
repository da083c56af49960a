//! The results and goals of one benchmark.

use serde::{Deserialize, Serialize};

use crate::measure::{Cost, Pair};

/// The medians of the rounds, each with the minimum and maximum.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Row {
    #[serde(skip)]
    pub(crate) name: String,
    pub(crate) unit: Unit,
    pub(crate) wall: f64,
    pub(crate) wall_range: [f64; 2],
    /// None if the guest measured the time itself, or if the value is no time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) cpu: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) cpu_range: Option<[f64; 2]>,
    /// Both sides in microseconds. None if there is only one side.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub(crate) sides: Option<Sides>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) wall_goal: Option<Goal>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) cpu_goal: Option<Goal>,
    /// Whether both goals are met. True without goals.
    pub(crate) met: bool,
}

/// The unit of `wall` and `cpu`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Unit {
    /// The guest's time divided by the native time: less is better.
    Ratio,
    /// The native time divided by the guest's time, which equals the ratio of throughputs: more is
    /// better.
    Times,
    /// The guest's microseconds.
    Us,
    /// Memory in MiB.
    Mib,
}

/// The microseconds of one piece of work on each side.
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
    /// Returns a row with the guest's time divided by the native time.
    pub(crate) fn ratio(name: &str, pairs: &[Pair]) -> Row {
        Row::compared(name, Unit::Ratio, pairs, |native, guest| guest / native)
    }

    /// Returns a row with the native time divided by the guest's time: the speed of the guest.
    pub(crate) fn times(name: &str, pairs: &[Pair]) -> Row {
        Row::compared(name, Unit::Times, pairs, |native, guest| native / guest)
    }

    /// Returns a row with the guest's time in microseconds, and both sides beside it.
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

    /// Returns a row with microseconds that the guest measured with its own clock.
    pub(crate) fn guest_clock(name: &str, us: &[f64]) -> Row {
        Row::of(name, Unit::Us, Spread::of(us.iter().copied()))
    }

    /// Returns a row with microseconds, without a native side.
    pub(crate) fn alone(name: &str, costs: &[Cost]) -> Row {
        let wall = Spread::of(costs.iter().map(|cost| cost.wall));
        Row::of(name, Unit::Us, wall).and_cpu(Spread::of(costs.iter().map(|cost| cost.cpu)))
    }

    pub(crate) fn mib(name: &str, mib: &[f64]) -> Row {
        Row::of(name, Unit::Mib, Spread::of(mib.iter().copied()))
    }

    /// Returns a row with a factor that was not measured in rounds, such as a size.
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
