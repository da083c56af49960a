//! The macros of the `wasmysql` crate, which re-exports them, with an example of each.

#![deny(missing_docs)]

use proc_macro::TokenStream;
use syn::Error;

mod both_apis;
mod entry;
mod fields;
mod from_row;
mod params;
mod strip;
mod tests;

/// It goes on the `main` of a binary, built with `cargo build --target wasm32-wasip2`. An `async fn main()` is exported
/// as `wasi:cli/run@0.3.0`, and needs a host with WASI 0.3. A plain `fn main()`, which uses `wasmysql::blocking`, is
/// exported as `wasi:cli/run@0.2`, and runs on hosts of either.
///
/// `main` returns nothing, or a `Result<(), E>` whose `E` is an error, a string, or a box of either; an error is
/// printed to stderr with the errors behind it, and the host is told of the failure.
#[proc_macro_attribute]
pub fn main(arguments: TokenStream, item: TokenStream) -> TokenStream {
    entry::expand(arguments.into(), item.into()).unwrap_or_else(Error::into_compile_error).into()
}

/// Makes a struct one that rows can be read as: see the trait `wasmysql::FromRow`.
#[proc_macro_derive(FromRow, attributes(row))]
pub fn from_row(input: TokenStream) -> TokenStream {
    from_row::expand(input.into()).unwrap_or_else(Error::into_compile_error).into()
}

/// Makes a struct, and a reference to it, the parameters of a statement: see the trait `wasmysql::Params`.
#[proc_macro_derive(Params, attributes(param))]
pub fn params(input: TokenStream) -> TokenStream {
    params::expand(input.into()).unwrap_or_else(Error::into_compile_error).into()
}

/// They run with `cargo test` where cargo's runner is `wasmysql runner`, or with `wasmysql test`. Each test has an instance of
/// its own, and a fresh schema as database `main`.
///
/// Functions marked `#[test]`, here and in modules inside, may be `async`. They return what `#[wasmysql::main]` may; a
/// panic or an error fails the test. `#[ignore]` is honoured; `#[should_panic]` is not possible, for a panic ends the
/// instance. The module is there only in tests, with `#[cfg(test)]` or without.
///
/// A crate has one such module, since it exports `wasi:cli/run@0.3.0`. Other modules can have plain `#[test]` functions
/// that use `wasmysql::blocking`.
#[proc_macro_attribute]
pub fn tests(arguments: TokenStream, item: TokenStream) -> TokenStream {
    tests::expand(arguments.into(), item.into()).unwrap_or_else(Error::into_compile_error).into()
}

/// Leaves an item as it is: the counterpart of `strip_async`.
#[doc(hidden)]
#[proc_macro_attribute]
pub fn keep_async(_: TokenStream, item: TokenStream) -> TokenStream {
    item
}

/// Turns an item written for the crate's root into one for `wasmysql::blocking`: its functions are no longer `async`,
/// its paths begin with `wasmysql::blocking`, and its documentation says so.
#[doc(hidden)]
#[proc_macro_attribute]
pub fn strip_async(_: TokenStream, item: TokenStream) -> TokenStream {
    strip::strip(item.into()).into()
}

/// Makes of a module with an `async fn main` a program with both entries: that of WASI 0.3 runs it as it is, that of
/// WASI 0.2 runs what `strip_async` makes of it.
#[doc(hidden)]
#[proc_macro_attribute]
pub fn both_apis(_: TokenStream, item: TokenStream) -> TokenStream {
    both_apis::expand(item.into()).unwrap_or_else(Error::into_compile_error).into()
}
