//! `#[wasmysql::main]`. Tests have their own entry points, so in tests `main` stays a plain
//! function that need not be called.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Error, ItemFn, Result, Visibility};

pub(crate) fn expand(arguments: TokenStream, item: TokenStream) -> Result<TokenStream> {
    let mut function: ItemFn = syn::parse2(item)
        .map_err(|error| Error::new(error.span(), "`#[wasmysql::main]` requires `async fn main()` or `fn main()`"))?;
    check(&arguments, &function)?;
    let visibility = std::mem::replace(&mut function.vis, Visibility::Inherited);
    Ok(match function.sig.asyncness {
        Some(_) => exported(&visibility, &function),
        None => started_by_std(&visibility, &function),
    })
}

/// Exports the entry point of WASI 0.3, and adds a `main` for std that reports the requirement on
/// hosts of WASI 0.2.
fn exported(visibility: &Visibility, function: &ItemFn) -> TokenStream {
    quote! {
        #[cfg(test)]
        #[allow(dead_code, reason = "tests do not call `main`")]
        #visibility #function

        #[cfg(not(test))]
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

        #[cfg(not(test))]
        #visibility fn main() {
            ::wasmysql::command::needs_wasi_0_3()
        }
    }
}

/// Creates a `main` for std, which exports it for WASI 0.2.
fn started_by_std(visibility: &Visibility, function: &ItemFn) -> TokenStream {
    quote! {
        #[cfg(test)]
        #[allow(dead_code, reason = "tests do not call `main`")]
        #visibility #function

        #[cfg(not(test))]
        #visibility fn main() {
            #function
            ::wasmysql::command::finish(main())
        }
    }
}

fn check(arguments: &TokenStream, function: &ItemFn) -> Result<()> {
    let signature = &function.sig;
    if !arguments.is_empty() {
        return Err(Error::new_spanned(arguments, "`#[wasmysql::main]` takes no arguments"));
    }
    if signature.ident != "main" {
        return Err(Error::new_spanned(&signature.ident, "the entry point of a plugin must be named `main`"));
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
    fn invalid_main_is_refused_with_advice() {
        assert!(expanded("", "async fn start() {}").contains("must be named `main`"));
        assert!(expanded("", "async fn main(x: u8) {}").contains("std::env::args"));
        assert!(expanded("", "fn main<T>() {}").contains("generic"));
        assert!(expanded("x = 1", "async fn main() {}").contains("no arguments"));
        assert!(expanded("", "struct Main;").contains("requires `async fn main()` or `fn main()`"));
    }

    #[test]
    fn async_main_is_exported() {
        let code = expanded("", "async fn main() -> wasmysql::Result<()> { Ok(()) }");
        assert!(code.contains("export_run") && code.contains("async fn main") && code.contains("needs_wasi_0_3"));
    }

    #[test]
    fn main_is_unchanged_in_tests() {
        for main in ["pub async fn main () { }", "pub fn main () { }"] {
            let code = expanded("", main);
            assert!(code.starts_with("# [cfg (test)] # [allow (dead_code") && code.contains(main), "{code}");
            assert_eq!(code.matches("export_run").count(), code.matches("# [cfg (not (test))] const _").count());
        }
    }

    #[test]
    fn blocking_main_is_left_to_std() {
        let code = expanded("", "pub fn main() -> wasmysql::blocking::Result<()> { Ok(()) }");
        assert!(code.contains("pub fn main () {") && code.contains("finish (main ())"), "{code}");
        assert!(!code.contains("export_run") && !code.contains("async"), "{code}");
    }
}
