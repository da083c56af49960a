//! The bindings that `wit-bindgen` generates from the contract in `wit/`.
//!
//! A plugin whose own world uses types of the contract maps them in `generate!`:
//! `with: { "wasmysql:mysql/types@0.1.0": wasmysql::bindings::types }`.
//!
//! `connection` and `engine` are the async API, `blocking_connection` and `blocking_engine` the
//! blocking API. Both use `types` and `options`. A component imports only the functions that it
//! calls.

pub use imports::wasmysql::mysql::{blocking_connection, blocking_engine, connection, engine, options, types};

/// The imports of both APIs.
mod imports {
    wit_bindgen::generate!({
        inline: "
            package wasmysql:sdk;
            world plugin {
                include wasmysql:mysql/imports@0.1.0;
                include wasmysql:mysql/blocking-imports@0.1.0;
            }
        ",
        path: "wit/mysql",
        world: "wasmysql:sdk/plugin",
        generate_all,
        additional_type_attributes: {
            "wasmysql:mysql/types@0.1.0/date": [#[derive(PartialEq, Eq, PartialOrd, Ord, Hash)]],
            "wasmysql:mysql/types@0.1.0/time": [#[derive(PartialEq, Eq, Hash)]],
            "wasmysql:mysql/types@0.1.0/datetime": [#[derive(PartialEq, Eq, PartialOrd, Ord, Hash)]],
            "wasmysql:mysql/types@0.1.0/raw-value": [#[derive(PartialEq, Eq)]],
            "wasmysql:mysql/types@0.1.0/value": [#[derive(PartialEq)]],
            "wasmysql:mysql/types@0.1.0/server-error": [#[derive(PartialEq, Eq)]],
            "wasmysql:mysql/types@0.1.0/warning": [#[derive(PartialEq, Eq)]],
        },
    });
}

/// The export of `#[wasmysql::main]`. A component contains it only where `export_run!` is expanded,
/// so a plugin with its own world does not export it.
#[doc(hidden)]
pub mod command {
    wit_bindgen::generate!({
        inline: "
            package wasmysql:command;
            world command { export wasi:cli/run@0.3.0; }
        ",
        path: "wit/cli.wit",
        world: "wasmysql:command/command",
        generate_all,
        pub_export_macro: true,
        export_macro_name: "export_run",
    });
}

/// WASI's clock. A component imports it only if it calls the clock.
pub(crate) mod clocks {
    pub(crate) use generated::wasi::clocks::monotonic_clock::wait_for;

    mod generated {
        wit_bindgen::generate!({
            inline: "
                package wasmysql:clocks;
                world clocks { import wasi:clocks/monotonic-clock@0.3.0; }
            ",
            path: "wit/clocks.wit",
            world: "wasmysql:clocks/clocks",
            generate_all,
        });
    }
}
