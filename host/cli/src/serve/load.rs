//! Loads a component that handles HTTP requests.

use wasmtime::component::Component;
use wasmtime_wasi_http::handler::ProxyPre;
use wasmtime_wasi_http::{p2, p3};

use crate::entry::exports;
use crate::imports;
use crate::plugin::{ComponentFile, Host, State};

/// The exports that handle requests. wasmtime also finds other compatible versions by these names.
const P3: &str = "wasi:http/handler@0.3.0";
pub(crate) const P2: &str = "wasi:http/incoming-handler@0.2.12";

/// A component that handles requests, ready to be instantiated.
pub(super) struct Loaded {
    pub(super) proxy: ProxyPre<State>,
    pub(super) uses_mysql: bool,
    /// Whether calls of the plugin block its instance.
    pub(super) is_blocking: bool,
}

/// Loads the component in a file, or explains why it can't be used.
pub(super) fn load(host: &Host, file: &ComponentFile) -> Result<Loaded, String> {
    let component = host.compile(file)?;
    let Some(handler) = handler(&component) else { return Err(without_entry(&component)) };
    let instance = host.link(&component)?;
    let proxy = match handler {
        P3 => p3::bindings::ServicePre::new(instance).map(ProxyPre::P3),
        _ => p2::bindings::ProxyPre::new(instance).map(ProxyPre::P2),
    };
    Ok(Loaded {
        proxy: proxy.map_err(|error| format!("{error:#}"))?,
        uses_mysql: imports::uses_mysql(&component),
        is_blocking: imports::uses_blocking_api(&component),
    })
}

/// Returns the interface through which a component handles requests, if it does. WASI 0.3 comes
/// first.
pub(crate) fn handler(component: &Component) -> Option<&'static str> {
    [P3, P2].into_iter().find(|interface| component.get_export_index(None, interface).is_some())
}

/// Returns whether an export is an interface that handles requests.
pub(crate) fn is_handler(export: &str) -> bool {
    let generation = |interface: &str| interface.rsplit_once('.').map(|(generation, _)| generation.to_owned());
    [P3, P2].into_iter().any(|interface| generation(interface) == generation(export))
}

fn without_entry(component: &Component) -> String {
    let exported = exports(component);
    let advice = if exported.contains("wasi:cli/run@") { "; run it with `wasmysql run`" } else { "" };
    format!(
        "it exports {exported}, but `wasmysql serve` needs wasi:http/handler@0.3 or \
         wasi:http/incoming-handler@0.2{advice}"
    )
}
