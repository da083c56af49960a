//! The memory of instances. It is reserved at the start and reused, because the system calls for
//! the memories and tables of a new instance take longer than a short request.

use wasmtime::InstanceAllocationStrategy;
use wasmysql_host::StoreSettings;

use crate::exit::Failure;
use crate::plugin::Host;

/// Creates a host that reserves the memory of this number of instances. Where the system has not
/// enough address space for that, each instance allocates its memory.
pub(super) fn host(instances: u32, settings: &StoreSettings) -> Result<Host, Failure> {
    let reserved = InstanceAllocationStrategy::Pooling(settings.pooling(instances));
    Host::with_memory(reserved).or_else(|_| {
        tracing::warn!(
            "can't reserve the memory of {instances} instances, so new instances are slower; lower --max-requests"
        );
        Host::new()
    })
}
