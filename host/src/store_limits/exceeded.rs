//! Which limit of a store a guest has met.

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

/// A guest has met a limit of its store. The errors of [`CpuMeter::run`](super::CpuMeter::run) have it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct LimitExceeded {
    /// Which limit.
    pub limit: StoreLimit,
    /// How much it allows: bytes, milliseconds, or a number.
    pub allowed: u64,
}

impl std::error::Error for LimitExceeded {}

impl fmt::Display for LimitExceeded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let allowed = self.allowed;
        match self.limit {
            StoreLimit::MemoryBytes => {
                write!(f, "the guest was refused memory beyond the {allowed} bytes that it may have")
            }
            StoreLimit::Memories => write!(f, "the guest has more memories than the {allowed} that it may have"),
            StoreLimit::TableElements => {
                write!(f, "the guest was refused a table beyond the {allowed} elements that it may have")
            }
            StoreLimit::Tables => write!(f, "the guest has more tables than the {allowed} that it may have"),
            StoreLimit::Instances => write!(f, "the guest has more core instances than the {allowed} that it may have"),
            StoreLimit::Resources => write!(f, "the guest holds the {allowed} resources that it may, and wants more"),
            StoreLimit::ComponentHandles => {
                write!(f, "the guest holds the {allowed} handles that it may, and wants more")
            }
            StoreLimit::HostcallFuel => {
                write!(f, "a call of the guest has more than the {allowed} bytes that it may have")
            }
            StoreLimit::CpuTime => write!(f, "the guest has computed for the {allowed} ms that it may"),
            StoreLimit::Fuel => write!(f, "the guest has run the {allowed} instructions that it may"),
        }
    }
}

/// What a store's limiter has refused. The guest is told by a -1 and is likely to end with a trap of its own, which says nothing of it.
#[derive(Debug, Default)]
pub(super) struct Refusals {
    memory: AtomicBool,
    table: AtomicBool,
}

impl LimitExceeded {
    /// The limit that this error comes of, as far as it is known.
    pub(super) fn behind(
        error: &wasmtime::Error,
        settings: &StoreSettings,
        refusals: &Refusals,
    ) -> Option<LimitExceeded> {
        let exceeded = |limit, allowed: usize| Some(LimitExceeded { limit, allowed: allowed as u64 });
        let by_words = || {
            let message = error.root_cause().to_string();
            // wasmtime has no types for these; `g5_memories_tables_and_instances_are_counted` and its neighbours notice other words.
            BY_WORDS.iter().find(|(words, _)| message.contains(words)).map(|(_, limit)| *limit)
        };
        let limit = match error.downcast_ref::<Trap>() {
            Some(Trap::OutOfFuel) => Some(StoreLimit::Fuel),
            _ if matches!(error.downcast_ref(), Some(ResourceTableError::Full)) => Some(StoreLimit::Resources),
            // A guest that was refused memory and goes on, and traps for another reason later, is told of it too: it may be why.
            Some(_) if refusals.memory.load(Ordering::Relaxed) => Some(StoreLimit::MemoryBytes),
            Some(_) if refusals.table.load(Ordering::Relaxed) => Some(StoreLimit::TableElements),
            _ => by_words(),
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
            // It names itself.
            StoreLimit::CpuTime => None,
        }
    }
}

const BY_WORDS: &[(&str, StoreLimit)] = &[
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
