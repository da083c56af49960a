//! The size and use of a pool.

use std::iter::Sum;

/// The size and use of a database's pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct PoolStatus {
    /// The minimum number of connections that the pool keeps open.
    pub min_size: usize,
    /// The maximum number of connections.
    pub max_size: usize,
    /// The current number of connections.
    pub size: usize,
    /// The number of idle connections, which can be acquired at once.
    pub idle: usize,
    /// The number of connections that are acquired or being reset.
    pub in_use: usize,
    /// The number of calls that wait for a connection, because the pool or the quota of their guest
    /// is exhausted.
    pub waiting: usize,
}

impl Sum for PoolStatus {
    fn sum<I: Iterator<Item = Self>>(pools: I) -> Self {
        pools.fold(Self::default(), |sum, pool| Self {
            min_size: sum.min_size + pool.min_size,
            max_size: sum.max_size + pool.max_size,
            size: sum.size + pool.size,
            idle: sum.idle + pool.idle,
            in_use: sum.in_use + pool.in_use,
            waiting: sum.waiting + pool.waiting,
        })
    }
}
