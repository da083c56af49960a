//! What servers, networks and guests can do to a host, and what must come of it: the tables of docs/faults.md, one a file, each test
//! named after its rows. They run one after the other, since what they look at afterwards is the whole process.

#![expect(clippy::unwrap_used, reason = "a test that can't go on has failed")]

mod guests;
mod network;
mod pool;
mod rogue;
mod server;
mod servers;
mod table;
mod transactions;
mod values;

mod programs {
    //! The programs of these tests by name, and those of `it` that they use too. One that no test runs is dead code, and that is an
    //! error.

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
