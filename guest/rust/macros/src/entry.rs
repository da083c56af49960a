//! `#[wasmysql::main]`. Tests have entries of their own: in them `main` is just a function, which nobody has to call.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Error, ItemFn, Result, Visibility};

pub(crate) fn expand(arguments: TokenStream, item: TokenStream) -> Result<TokenStream> {
    let mut function: ItemFn = syn::parse2(item)
        .map_err(|error| Error::new(error.span(), "`#[wasmysql::main]` goes on `async fn main()` or on `fn main()`"))?;
    check(&arguments, &function)?;
    let visibility = std::mem::replace(&mut function.vis, Visibility::Inherited);
    Ok(match function.sig.asyncness {
        Some(_) => exported(&visibility, &function),
        None => started_by_std(&visibility, &function),
    })
}

/// The export of WASI 0.3, and a `main` for std that says so to other hosts.
fn exported(visibility: &Visibility, function: &ItemFn) -> TokenStream {
    quote! {
        #[cfg(test)]
        #[allow(dead_code, reason = "tests need not call it")]
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

/// A `main` for std, which exports it to WASI 0.2.
fn started_by_std(visibility: &Visibility, function: &ItemFn) -> TokenStream {
    quote! {
        #[cfg(test)]
        #[allow(dead_code, reason = "tests need not call it")]
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
        return Err(Error::new_spanned(&signature.ident, "the entry of a plugin is called `main`"));
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
    fn what_is_no_main_is_refused_in_words() {
        assert!(expanded("", "async fn start() {}").contains("called `main`"));
        assert!(expanded("", "async fn main(x: u8) {}").contains("std::env::args"));
        assert!(expanded("", "fn main<T>() {}").contains("generic"));
        assert!(expanded("x = 1", "async fn main() {}").contains("no arguments"));
        assert!(expanded("", "struct Main;").contains("goes on `async fn main()` or on `fn main()`"));
    }

    #[test]
    fn an_async_main_becomes_the_export() {
        let code = expanded("", "async fn main() -> wasmysql::Result<()> { Ok(()) }");
        assert!(code.contains("export_run") && code.contains("async fn main") && code.contains("needs_wasi_0_3"));
    }

    #[test]
    fn in_tests_it_is_the_function_that_was_written() {
        for main in ["pub async fn main () { }", "pub fn main () { }"] {
            let code = expanded("", main);
            assert!(code.starts_with("# [cfg (test)] # [allow (dead_code") && code.contains(main), "{code}");
            assert_eq!(code.matches("export_run").count(), code.matches("# [cfg (not (test))] const _").count());
        }
    }

    #[test]
    fn a_plain_main_is_left_to_std() {
        let code = expanded("", "pub fn main() -> wasmysql::blocking::Result<()> { Ok(()) }");
        assert!(code.contains("pub fn main () {") && code.contains("finish (main ())"), "{code}");
        assert!(!code.contains("export_run") && !code.contains("async"), "{code}");
    }
}
