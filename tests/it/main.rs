//! Tests of the whole: guest programs, the host and a server, one property a file.

#![expect(clippy::unwrap_used, reason = "a test that can't go on has failed")]

mod abandonment;
mod aiomysql_sa;
mod apis;
mod changing_statements;
mod configuration;
mod connecting;
mod cursors;
mod deadlocks;
mod errors;
mod examples;
mod execute_many;
mod inspection;
mod limits;
mod metrics;
mod own_world;
mod pool;
mod prepared;
mod procedures;
mod readme;
#[expect(unreachable_pub, reason = "it is written as an embedder would")]
mod readme_embedding;
mod results;
mod retries;
mod sdk;
mod sea_orm;
mod sea_query;
mod secrets;
mod server_errors;
mod session_defaults;
mod statements;
mod statements_random;
mod telemetry_documents;
mod tls;
mod traces;
mod transaction_model;
mod transactions;
mod transactions_random;
mod values;

mod programs {
    //! The programs by name, and the SDK's examples. One that no test runs is dead code, and that is an error.

    #![deny(dead_code)]

    macro_rules! program {
        ($name:ident) => {
            pub(crate) const $name: &str = wasmysql_test_artifacts::$name;
        };
    }
    wasmysql_test_artifacts::foreach_program!(program);
}
