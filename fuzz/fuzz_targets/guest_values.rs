#![no_main]

use libfuzzer_sys::fuzz_target;
use wasmysql_fuzz::bounded;
use wasmysql_host::guest_values;

fuzz_target!(|data: &[u8]| bounded(|| guest_values(data)));
