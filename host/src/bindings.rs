//! What `bindgen!` makes of `wit/`: traits that this crate implements, and the types that cross. An embedder with a world of
//! its own that includes `wasmysql:mysql/imports` names this module in `with: { "wasmysql:mysql": wasmysql_host::bindings }`.

mod generated {
    #![expect(missing_docs, reason = "generated; wit/ documents every item")]

    wasmtime::component::bindgen!({
        path: "../wit",
        world: "wasmysql:mysql/imports",
        imports: { default: trappable },
        with: {
            "wasmysql:mysql/engine.engine": crate::face::Engine,
            "wasmysql:mysql/connection.connection": crate::face::Connection,
            "wasmysql:mysql/connection.transaction": crate::face::Transaction,
            "wasmysql:mysql/connection.cursor": crate::face::Cursor,
        },
    });
}

pub use generated::wasmysql::mysql::{connection, engine, types};
