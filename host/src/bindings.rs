//! The bindings that `bindgen!` generates from `wit/`: the traits that this crate implements, and
//! the types of the contract.
//!
//! An embedder can define a world that includes `wasmysql:mysql/imports` or
//! `wasmysql:mysql/blocking-imports`. Its `bindgen!` then refers to this module:
//! `with: { "wasmysql:mysql": wasmysql_host::bindings }, require_store_data_send: true`.

mod generated {
    #![expect(missing_docs, reason = "generated; wit/ documents every item")]

    wasmtime::component::bindgen!({
        path: "wit",
        inline: "
            package wasmysql:host;
            world apis {
                include wasmysql:mysql/imports@0.1.0;
                include wasmysql:mysql/blocking-imports@0.1.0;
            }
        ",
        world: "wasmysql:host/apis",
        // Functions that wait for a server are async in the host, in both APIs. The first matching
        // rule applies.
        imports: {
            "wasmysql:mysql/blocking-connection.[method]connection.transaction-state": trappable,
            "wasmysql:mysql/blocking-connection.[method]connection.is-closed": trappable,
            "wasmysql:mysql/blocking-connection.[method]transaction.xid": trappable,
            "wasmysql:mysql/blocking-connection.[method]transaction.is-active": trappable,
            "wasmysql:mysql/blocking-connection.[method]statement.parameters": trappable,
            "wasmysql:mysql/blocking-connection.[method]statement.columns": trappable,
            "wasmysql:mysql/blocking-connection.[drop]connection": trappable,
            "wasmysql:mysql/blocking-connection.[drop]transaction": trappable,
            "wasmysql:mysql/blocking-connection.[drop]statement": trappable,
            "wasmysql:mysql/blocking-connection.[drop]cursor": trappable,
            "wasmysql:mysql/blocking-connection": async | trappable,
            "wasmysql:mysql/blocking-engine.[method]engine.info": trappable,
            "wasmysql:mysql/blocking-engine.[method]engine.status": trappable,
            "wasmysql:mysql/blocking-engine.[method]engine.terminate": trappable,
            "wasmysql:mysql/blocking-engine.[drop]engine": trappable,
            "wasmysql:mysql/blocking-engine": async | trappable,
            default: trappable,
        },
        trappable_error_type: {
            "wasmysql:mysql/types.error" => crate::hostcalls::HostcallError,
        },
        with: {
            "wasmysql:mysql/engine.engine": crate::hostcalls::Engine,
            "wasmysql:mysql/connection.connection": crate::hostcalls::Connection,
            "wasmysql:mysql/connection.transaction": crate::hostcalls::Transaction,
            "wasmysql:mysql/connection.statement": crate::hostcalls::Statement,
            "wasmysql:mysql/connection.cursor": crate::hostcalls::Cursor,
            "wasmysql:mysql/blocking-engine.engine": crate::hostcalls::Engine,
            "wasmysql:mysql/blocking-connection.connection": crate::hostcalls::Connection,
            "wasmysql:mysql/blocking-connection.transaction": crate::hostcalls::Transaction,
            "wasmysql:mysql/blocking-connection.statement": crate::hostcalls::Statement,
            "wasmysql:mysql/blocking-connection.cursor": crate::hostcalls::Cursor,
        },
    });
}

pub use generated::wasmysql::mysql::{blocking_connection, blocking_engine, connection, engine, options, types};
