//! Faults of servers, networks and guests, and the required behaviour of the host.
//!
//! Each file covers one table of docs/faults.md. The name of a test begins with the ids of its
//! rows. The tests run one after the other, because each test checks the whole process when it
//! ends.

#![expect(clippy::unwrap_used, reason = "a panic fails the test")]

mod guests;
mod migrations;
mod network;
mod pool;
mod rogue;
mod server;
mod servers;
mod table;
mod transactions;
mod values;

mod programs {
    //! The names of the guest programs of these tests, and of the programs of `it` that they also
    //! use. A program that no test runs is dead code, which is a compiler error.

    #![deny(dead_code)]

    pub(crate) use wasmysql_test_artifacts::{
        CALLS_WITHIN_THEIR_LIMITS, CURSOR_DROPPED_EARLY, FOLLOWS_A_SCRIPT, ROWS_WITHIN_THEIR_LIMITS,
        RUNS_EACH_STATEMENT, TRANSACTION_ENDS, VALUES_AT_THE_EDGES, VALUES_OF_UNKNOWN_TYPES, VALUES_ROUND_TRIP,
        WAITS_AT_A_GATE,
    };

    macro_rules! program {
        ($name:ident) => {
            pub(crate) const $name: &str = wasmysql_test_artifacts::$name;
        };
    }
    wasmysql_test_artifacts::foreach_fault_program!(program);
}
