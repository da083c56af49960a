//! The attribute macro of the `wasmysql` crate, which re-exports it.

#![deny(missing_docs)]

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Error, ItemFn, Result};

/// Makes `async fn main()` the entry of a plugin: the component exports `wasi:cli/run@0.3.0`.
///
/// It goes on the `main` of a binary, built with `cargo build --target wasm32-wasip2`. `main` returns nothing, or a
/// `Result<(), E>` whose `E` is an error, a string, or a box of either; an error is printed to stderr with the errors
/// behind it, and the host is told of the failure.
///
/// ```ignore
/// #[wasmysql::main]
/// async fn main() -> wasmysql::Result<()> {
///     let engine = wasmysql::Engine::connect("main").await?;
///     println!("{}", engine.info().server_version);
///     Ok(())
/// }
/// ```
#[proc_macro_attribute]
pub fn main(arguments: proc_macro::TokenStream, item: proc_macro::TokenStream) -> proc_macro::TokenStream {
    expand(arguments.into(), item.into()).unwrap_or_else(Error::into_compile_error).into()
}

fn expand(arguments: TokenStream, item: TokenStream) -> Result<TokenStream> {
    let function: ItemFn =
        syn::parse2(item).map_err(|error| Error::new(error.span(), "`#[wasmysql::main]` goes on `async fn main()`"))?;
    check(&arguments, &function)?;

    Ok(quote! {
        const _: () = {
            struct Command;

            impl ::wasmysql::command::Guest for Command {
                async fn run() -> ::core::result::Result<(), ()> {
                    #function
                    ::wasmysql::command::Termination::report(main().await)
                }
            }

            ::wasmysql::bindings::command::export_run!(Command with_types_in ::wasmysql::bindings::command);
        };

        fn main() {
            ::wasmysql::command::needs_wasi_0_3()
        }
    })
}

fn check(arguments: &TokenStream, function: &ItemFn) -> Result<()> {
    let signature = &function.sig;
    if !arguments.is_empty() {
        return Err(Error::new_spanned(arguments, "`#[wasmysql::main]` takes no arguments"));
    }
    if signature.ident != "main" {
        return Err(Error::new_spanned(&signature.ident, "the entry of a plugin is called `main`"));
    }
    if signature.asyncness.is_none() {
        return Err(Error::new_spanned(signature.fn_token, "`main` must be async: write `async fn main()`"));
    }
    if !signature.inputs.is_empty() {
        return Err(Error::new_spanned(
            &signature.inputs,
            "`main` takes no parameters: read the plugin's arguments with `std::env::args`",
        ));
    }
    if !signature.generics.params.is_empty() {
        return Err(Error::new_spanned(&signature.generics, "`main` can't be generic"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expanded(arguments: &str, item: &str) -> String {
        let tokens = |text: &str| text.parse().unwrap();
        expand(tokens(arguments), tokens(item)).map_or_else(|error| error.to_string(), |code| code.to_string())
    }

    #[test]
    fn what_is_no_async_main_is_refused_in_words() {
        assert!(expanded("", "fn main() {}").contains("must be async"));
        assert!(expanded("", "async fn start() {}").contains("called `main`"));
        assert!(expanded("", "async fn main(x: u8) {}").contains("std::env::args"));
        assert!(expanded("", "async fn main<T>() {}").contains("generic"));
        assert!(expanded("x = 1", "async fn main() {}").contains("no arguments"));
        assert!(expanded("", "struct Main;").contains("goes on `async fn main()`"));
    }

    #[test]
    fn an_async_main_becomes_the_export() {
        let code = expanded("", "async fn main() -> wasmysql::Result<()> { Ok(()) }");
        assert!(code.contains("export_run") && code.contains("async fn main"));
    }
}
