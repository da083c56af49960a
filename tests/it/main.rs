//! Integration tests with guest programs, the host and a server. Each file tests one property.

#![expect(clippy::unwrap_used, reason = "a panic fails the test")]

mod abandonment;
mod aiomysql_sa;
mod apis;
mod authentication;
mod changing_statements;
mod configuration;
mod connecting;
mod cursors;
mod deadlocks;
mod errors;
mod examples;
mod execute_many;
mod host_examples;
mod inspection;
mod languages;
mod limits;
mod metrics;
mod migrations;
mod own_world;
mod policy;
mod pool;
mod prepared;
mod procedures;
mod readme;
#[expect(unreachable_pub, reason = "the code is written as an embedder would write it")]
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
mod statements_without_prepare;
mod telemetry_documents;
mod tls;
mod trace_comments;
mod traces;
mod transaction_model;
mod transactions;
mod transactions_random;
mod values;
mod variables;

mod programs {
    //! The paths of the test programs and of the SDK's examples. A program that no test runs is
    //! dead code, which is an error here.

    #![deny(dead_code)]

    macro_rules! program {
        ($name:ident) => {
            pub(crate) const $name: &str = wasmysql_test_artifacts::$name;
        };
    }
    wasmysql_test_artifacts::foreach_program!(program);
}
