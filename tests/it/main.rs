//! Tests of the whole: guest programs, the host and a server, one property a file.

mod programs {
    //! The programs by name. One that no test runs is dead code, and that is an error.

    #![deny(dead_code)]

    macro_rules! program {
        ($name:ident) => {
            pub(crate) const $name: &str = wasmysql_test_artifacts::$name;
        };
    }
    wasmysql_test_artifacts::foreach_program!(program);
}
