"""The part of the package that runs programs in the sandbox. Only `wasmysql.build` uses it."""
