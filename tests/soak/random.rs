//! Random choices that a seed repeats. Their effects depend on timing and cannot be repeated.

/// A linear congruential generator.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }

    /// Returns an independent generator, seeded by this generator.
    pub(crate) fn split(&mut self) -> Self {
        Self(self.below(u64::MAX))
    }
}
