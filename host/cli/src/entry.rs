//! The entry of a plugin: its `run`, of one of two generations of WASI.

use wasmtime::Store;
use wasmtime::component::{Component, InstancePre};
use wasmtime_wasi::{p2, p3};

use crate::plugin::State;

/// The generation of `wasi:cli/run` that a plugin is run by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Entry {
    /// 0.3, which is async.
    P3,
    /// 0.2, which is not.
    P2,
}

impl Entry {
    /// Those that a component exports, one at least. Programs in Rust export 0.2 through their standard library, also when
    /// their `main` is async: 0.3 goes first.
    pub(crate) fn of(component: &Component) -> Result<Vec<Self>, String> {
        let entries: Vec<Self> = [Self::P3, Self::P2]
            .into_iter()
            .filter(|entry| component.get_export_index(None, entry.interface()).is_some())
            .collect();
        if entries.is_empty() {
            let exports = exports(component);
            return Err(format!("it exports {exports}, and a plugin has to export wasi:cli/run@0.3 or @0.2"));
        }
        Ok(entries)
    }

    /// A version of each, by which the others of its generation are found too.
    fn interface(self) -> &'static str {
        match self {
            Self::P3 => "wasi:cli/run@0.3.0",
            Self::P2 => "wasi:cli/run@0.2.12",
        }
    }

    /// Makes an instance and runs it to its end.
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

fn exports(component: &Component) -> String {
    let ty = component.component_type();
    let names: Vec<&str> = ty.exports(component.engine()).map(|(name, _)| name).collect();
    if names.is_empty() { "nothing".to_owned() } else { names.join(", ") }
}
