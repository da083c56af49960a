//! Conversion of integers to the smaller integers of the contract.

/// Converts an integer. A value that does not fit becomes the largest value, which the host
/// refuses.
pub(super) fn in_range<T, U: TryFrom<T> + Bounded>(value: T) -> U {
    U::try_from(value).unwrap_or(U::MAX)
}

/// The integers of the contract's dates and times.
pub(super) trait Bounded {
    const MAX: Self;
}

impl Bounded for u8 {
    const MAX: Self = u8::MAX;
}

impl Bounded for u16 {
    const MAX: Self = u16::MAX;
}

impl Bounded for u32 {
    const MAX: Self = u32::MAX;
}
