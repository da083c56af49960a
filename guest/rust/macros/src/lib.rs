//! The macros of the `wasmysql` crate, which re-exports them with examples.

#![deny(missing_docs)]

use proc_macro::TokenStream;
use syn::Error;

mod both_apis;
mod entry;
mod fields;
mod from_row;
mod handler;
mod params;
mod strip;
mod tests;

/// Exports the `main` of a binary, built with `cargo build --target wasm32-wasip2`, as a command.
///
/// - An `async fn main()` is exported as `wasi:cli/run@0.3.0`. It requires a host with WASI 0.3.
/// - A plain `fn main()`, which uses `wasmysql::blocking`, is exported as `wasi:cli/run@0.2`. It
///   runs on hosts with WASI 0.2 and 0.3.
///
/// `main` returns nothing, or a `Result<(), E>`, where `E` is an error, a string, or a box of
/// either. An error is printed to stderr with its chain of sources, and the host receives a
/// failure.
#[proc_macro_attribute]
pub fn main(arguments: TokenStream, item: TokenStream) -> TokenStream {
    entry::expand(arguments.into(), item.into()).unwrap_or_else(Error::into_compile_error).into()
}

/// Exports an `async` function as the handler of HTTP requests, `wasi:http/handler@0.3.0`. Requires
/// the feature `http` of the SDK. `wasmysql serve` calls the handler.
///
/// The function has one parameter, a `wasmysql::http::Request`. It returns a
/// `wasmysql::http::Response`, or a `Result` of it whose error converts to `wasmysql::http::Error`.
/// The function stays callable, for tests. A crate can have one handler. The macro also adds a
/// `main`, so that the plugin can be a program, which `cargo run` serves.
#[proc_macro_attribute]
pub fn http(arguments: TokenStream, item: TokenStream) -> TokenStream {
    handler::expand(arguments.into(), item.into()).unwrap_or_else(Error::into_compile_error).into()
}

/// Implements `wasmysql::FromRow` for a struct. The trait documents the attributes.
#[proc_macro_derive(FromRow, attributes(row))]
pub fn from_row(input: TokenStream) -> TokenStream {
    from_row::expand(input.into()).unwrap_or_else(Error::into_compile_error).into()
}

/// Implements `wasmysql::Params` for a struct and for references to it. The trait documents the
/// attributes.
#[proc_macro_derive(Params, attributes(param))]
pub fn params(input: TokenStream) -> TokenStream {
    params::expand(input.into()).unwrap_or_else(Error::into_compile_error).into()
}

/// Exports the tests of a module. They run with `cargo test` if cargo's runner is
/// `wasmysql runner`, or with `wasmysql test`. Each test has its own instance, and a fresh schema
/// as database `main`.
///
/// Functions with `#[test]`, in the module and in nested modules, can be `async`. They can return
/// the same types as `#[wasmysql::main]`. A panic or an error fails the test. `#[ignore]` is
/// supported. `#[should_panic]` is not supported, because a panic ends the instance. The module is
/// compiled only for tests, with or without `#[cfg(test)]`.
///
/// A crate can have one such module, because the module exports `wasi:cli/run@0.3.0`. Other modules
/// can have plain `#[test]` functions that use `wasmysql::blocking`.
#[proc_macro_attribute]
pub fn tests(arguments: TokenStream, item: TokenStream) -> TokenStream {
    tests::expand(arguments.into(), item.into()).unwrap_or_else(Error::into_compile_error).into()
}

/// Returns an item unchanged: the counterpart of `strip_async`.
#[doc(hidden)]
#[proc_macro_attribute]
pub fn keep_async(_: TokenStream, item: TokenStream) -> TokenStream {
    item
}

/// Converts an item of the async API to the blocking API. Functions lose `async`, and paths begin
/// with `wasmysql::blocking`, also in the documentation.
#[doc(hidden)]
#[proc_macro_attribute]
pub fn strip_async(_: TokenStream, item: TokenStream) -> TokenStream {
    strip::strip(item.into()).into()
}

/// Converts a module with an `async fn main` to a program with two entry points. The entry point of
/// WASI 0.3 runs the module unchanged, and the entry point of WASI 0.2 runs it as converted by
/// `strip_async`. `include = "src/part.rs"` adds the items of a file of the package to the module.
#[doc(hidden)]
#[proc_macro_attribute]
pub fn both_apis(arguments: TokenStream, item: TokenStream) -> TokenStream {
    both_apis::expand(arguments.into(), item.into()).unwrap_or_else(Error::into_compile_error).into()
}
