//! The entry point of a plugin: `wasi:cli/run` of WASI 0.2 or 0.3.

use wasmtime::Store;
use wasmtime::component::{Component, InstancePre};
use wasmtime_wasi::{p2, p3};

use crate::plugin::State;

/// The version of `wasi:cli/run` through which a plugin is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Entry {
    /// WASI 0.3, whose `run` is async.
    P3,
    /// WASI 0.2, whose `run` is not async.
    P2,
}

impl Entry {
    /// Returns the entries that a component exports, which are at least one.
    ///
    /// Entries of 0.3 come first, because Rust's standard library exports 0.2 even in programs
    /// whose `main` is async.
    pub(crate) fn of(component: &Component) -> Result<Vec<Self>, String> {
        let entries: Vec<Self> = [Self::P3, Self::P2]
            .into_iter()
            .filter(|entry| component.get_export_index(None, entry.interface()).is_some())
            .collect();
        if entries.is_empty() {
            let exports = exports(component);
            let advice = if exports.contains("wasi:http/") { "; serve it with `wasmysql serve`" } else { "" };
            return Err(format!("it exports {exports}, but a plugin must export wasi:cli/run@0.3 or @0.2{advice}"));
        }
        Ok(entries)
    }

    /// Returns the interface name. wasmtime also finds other compatible versions by this name.
    fn interface(self) -> &'static str {
        match self {
            Self::P3 => "wasi:cli/run@0.3.0",
            Self::P2 => "wasi:cli/run@0.2.12",
        }
    }

    /// Creates an instance and runs it to completion.
    pub(crate) async fn call(
        self,
        store: &mut Store<State>,
        instance: &InstancePre<State>,
    ) -> wasmtime::Result<Result<(), ()>> {
        let instance = instance.instantiate_async(&mut *store).await?;
        match self {
            Self::P3 => {
                let command = p3::bindings::Command::new(&mut *store, &instance)?;
                store.run_concurrent(async |store| command.wasi_cli_run().call_run(store).await).await?
            }
            Self::P2 => {
                let command = p2::bindings::Command::new(&mut *store, &instance)?;
                command.wasi_cli_run().call_run(store).await
            }
        }
    }
}

/// Returns the names of the exports of a component, for messages.
pub(crate) fn exports(component: &Component) -> String {
    let ty = component.component_type();
    let names: Vec<&str> = ty.exports(component.engine()).map(|(name, _)| name).collect();
    if names.is_empty() { "nothing".to_owned() } else { names.join(", ") }
}
