#![no_main]

use libfuzzer_sys::fuzz_target;
use wasmysql_fuzz::bounded;
use wasmysql_host::statement_kind;

fuzz_target!(|data: &[u8]| bounded(|| statement_kind(data)));
