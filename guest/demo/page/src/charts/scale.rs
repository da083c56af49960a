//! The scale of an axis.

/// The number of intervals between the lines of a chart, at most.
const INTERVALS: f64 = 5.0;

/// A scale from a round number to a round number. It contains zero.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Scale {
    low: f64,
    high: f64,
    step: f64,
}

impl Scale {
    /// Returns a scale that contains these values.
    pub(super) fn of(values: impl Iterator<Item = f64>) -> Self {
        let (low, high) = values.fold((0.0_f64, 0.0_f64), |(low, high), value| (low.min(value), high.max(value)));
        let rough = (high - low) / INTERVALS;
        if rough <= 0.0 || !rough.is_finite() {
            return Self { low: 0.0, high: 1.0, step: 1.0 };
        }
        let unit = 10_f64.powf(rough.log10().floor());
        let step = [1.0, 2.0, 5.0, 10.0].map(|factor| factor * unit).into_iter().find(|step| *step >= rough);
        // All numbers are counts or minutes, so that lines between whole numbers mean nothing.
        let step = step.unwrap_or(10.0 * unit).max(1.0);
        Self { low: (low / step).floor() * step, high: (high / step).ceil() * step, step }
    }

    /// Returns the position of a value, from 0 at the low end to 1 at the high end.
    pub(super) fn position(&self, value: f64) -> f64 {
        (value - self.low) / (self.high - self.low)
    }

    /// Returns the values of the lines.
    pub(super) fn lines(&self) -> impl Iterator<Item = f64> {
        let Self { low, high, step } = *self;
        std::iter::successors(Some(low), move |line| Some(line + step))
            .take_while(move |line| *line < high + step / 2.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(values: &[f64]) -> Vec<f64> {
        Scale::of(values.iter().copied()).lines().collect()
    }

    #[test]
    fn lines_are_round_and_contain_zero() {
        assert_eq!(lines(&[930.0, 675.0]), [0.0, 200.0, 400.0, 600.0, 800.0, 1000.0]);
        assert_eq!(lines(&[-3.0, 24.0]), [-10.0, 0.0, 10.0, 20.0, 30.0]);
        assert_eq!(lines(&[-7.5, -2.0]), [-8.0, -6.0, -4.0, -2.0, 0.0]);
        assert_eq!(lines(&[1.0]), [0.0, 1.0]);
        assert_eq!(lines(&[]), [0.0, 1.0]);
        assert_eq!(lines(&[0.0]), [0.0, 1.0]);
    }

    #[test]
    fn positions_are_fractions() {
        let scale = Scale::of([-10.0, 30.0].into_iter());
        assert_eq!([-10.0, 0.0, 30.0].map(|value| scale.position(value)), [0.0, 0.25, 1.0]);
    }
}
