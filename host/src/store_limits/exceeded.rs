//! The error for a limit of a store that a guest exceeded.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};

use wasmtime::component::ResourceTableError;
use wasmtime::{ResourceLimiter, Trap};

use super::{Limiter, StoreSettings};

/// A limit of [`StoreSettings`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StoreLimit {
    /// [`StoreSettings::memory_bytes`].
    MemoryBytes,
    /// [`StoreSettings::memories`].
    Memories,
    /// [`StoreSettings::table_elements`].
    TableElements,
    /// [`StoreSettings::tables`].
    Tables,
    /// [`StoreSettings::instances`].
    Instances,
    /// [`StoreSettings::resources`].
    Resources,
    /// [`StoreSettings::component_handles`].
    ComponentHandles,
    /// [`StoreSettings::hostcall_fuel`].
    HostcallFuel,
    /// [`StoreSettings::cpu_time`].
    CpuTime,
    /// [`StoreSettings::fuel`].
    Fuel,
}

/// The error that a guest exceeded a limit of its store. Errors of
/// [`CpuMeter::run`](super::CpuMeter::run) contain it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct LimitExceeded {
    /// The exceeded limit.
    pub limit: StoreLimit,
    /// The value of the limit: bytes, milliseconds or a number, depending on the limit.
    pub allowed: u64,
}

impl std::error::Error for LimitExceeded {}

impl fmt::Display for LimitExceeded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = match self.limit {
            StoreLimit::MemoryBytes => "bytes per memory",
            StoreLimit::Memories => "memories",
            StoreLimit::TableElements => "elements per table",
            StoreLimit::Tables => "tables",
            StoreLimit::Instances => "core instances",
            StoreLimit::Resources => "resources",
            StoreLimit::ComponentHandles => "handles",
            StoreLimit::HostcallFuel => "bytes per host call",
            StoreLimit::CpuTime => "ms of CPU time",
            StoreLimit::Fuel => "instructions",
        };
        write!(f, "the guest exceeded its limit of {} {unit}", self.allowed)
    }
}

/// The growths that a store's limiter refused. The guest receives -1. It often traps afterwards,
/// with an error that does not mention the limit.
#[derive(Debug, Default)]
pub(super) struct Refusals {
    memory: AtomicBool,
    table: AtomicBool,
}

impl LimitExceeded {
    /// Returns the limit that caused this error, if a limit is known to be the cause.
    pub(super) fn cause_of(
        error: &wasmtime::Error,
        settings: &StoreSettings,
        refusals: &Refusals,
    ) -> Option<LimitExceeded> {
        let exceeded = |limit, allowed: usize| Some(LimitExceeded { limit, allowed: allowed as u64 });
        let by_message = || {
            let message = error.root_cause().to_string();
            // wasmtime has no error types for these limits.
            // `g5_memories_tables_and_instances_are_limited` and its neighbour tests detect changed
            // messages.
            MESSAGES.iter().find(|(words, _)| message.contains(words)).map(|(_, limit)| *limit)
        };
        let limit = match error.downcast_ref::<Trap>() {
            Some(Trap::OutOfFuel) => Some(StoreLimit::Fuel),
            _ if matches!(error.downcast_ref(), Some(ResourceTableError::Full)) => Some(StoreLimit::Resources),
            // The refusal may be the cause of a later trap, even if the guest continued after the
            // refusal.
            Some(_) if refusals.memory.load(Ordering::Relaxed) => Some(StoreLimit::MemoryBytes),
            Some(_) if refusals.table.load(Ordering::Relaxed) => Some(StoreLimit::TableElements),
            _ => by_message(),
        };
        match limit? {
            StoreLimit::MemoryBytes => exceeded(StoreLimit::MemoryBytes, settings.memory_bytes),
            StoreLimit::Memories => exceeded(StoreLimit::Memories, settings.memories),
            StoreLimit::TableElements => exceeded(StoreLimit::TableElements, settings.table_elements),
            StoreLimit::Tables => exceeded(StoreLimit::Tables, settings.tables),
            StoreLimit::Instances => exceeded(StoreLimit::Instances, settings.instances),
            StoreLimit::Resources => exceeded(StoreLimit::Resources, settings.resources),
            StoreLimit::ComponentHandles => exceeded(StoreLimit::ComponentHandles, settings.component_handles),
            StoreLimit::HostcallFuel => exceeded(StoreLimit::HostcallFuel, settings.hostcall_fuel),
            StoreLimit::Fuel => Some(LimitExceeded { limit: StoreLimit::Fuel, allowed: settings.fuel? }),
            // `CpuTime::check` has already added the limit.
            StoreLimit::CpuTime => None,
        }
    }
}

/// The error messages of wasmtime by limit.
const MESSAGES: &[(&str, StoreLimit)] = &[
    ("exceeds memory limits", StoreLimit::MemoryBytes),
    ("memory count too high", StoreLimit::Memories),
    ("exceeds table limits", StoreLimit::TableElements),
    ("table count too high", StoreLimit::Tables),
    ("instance count too high", StoreLimit::Instances),
    ("store handle limit exceeded", StoreLimit::ComponentHandles),
    ("too much data", StoreLimit::HostcallFuel),
];

impl ResourceLimiter for Limiter {
    fn memory_growing(&mut self, current: usize, desired: usize, maximum: Option<usize>) -> wasmtime::Result<bool> {
        let grows = self.limits.memory_growing(current, desired, maximum)?;
        if !grows {
            self.refusals.memory.store(true, Ordering::Relaxed);
        }
        Ok(grows)
    }

    fn table_growing(&mut self, current: usize, desired: usize, maximum: Option<usize>) -> wasmtime::Result<bool> {
        let grows = self.limits.table_growing(current, desired, maximum)?;
        if !grows {
            self.refusals.table.store(true, Ordering::Relaxed);
        }
        Ok(grows)
    }

    fn instances(&self) -> usize {
        self.limits.instances()
    }

    fn tables(&self) -> usize {
        self.limits.tables()
    }

    fn memories(&self) -> usize {
        self.limits.memories()
    }
}
