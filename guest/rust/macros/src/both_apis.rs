//! `#[wasmysql_macros::both_apis]` compiles a program for both APIs.
//!
//! The bindings take arguments by value in the async API and by reference in the blocking API. So a
//! program that calls the bindings directly passes `give!(argument)`.

use std::path::Path;
use std::{env, fs};

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::{Error, ItemMod, LitStr, MetaNameValue, Result};

use crate::strip::strip;

pub(crate) fn expand(arguments: TokenStream, item: TokenStream) -> Result<TokenStream> {
    let (included, dependency) = if arguments.is_empty() { Default::default() } else { include(arguments)? };
    let module: ItemMod = syn::parse2(item)?;
    let Some((_, items)) = &module.content else {
        return Err(Error::new_spanned(
            &module,
            "`#[wasmysql_macros::both_apis]` requires an inline module: `mod program { ... }`",
        ));
    };
    let program = quote!(#(#items)* #included);
    let stripped = strip(program.clone());
    Ok(quote! {
        #dependency

        mod asynchronous {
            #[allow(unused_macros, reason = "for programs without the SDK")]
            macro_rules! give {
                ($argument:expr) => {
                    $argument.into()
                };
            }

            #program
        }

        mod blocking {
            #[allow(unused_macros, reason = "for programs without the SDK")]
            macro_rules! give {
                ($argument:expr) => {
                    &$argument
                };
            }

            #stripped
        }

        const _: () = {
            struct Command;

            impl ::wasmysql::command::Guest for Command {
                async fn run() -> ::core::result::Result<(), ()> {
                    ::wasmysql::command::Termination::report(asynchronous::main().await)
                }
            }

            ::wasmysql::bindings::command::export_run!(Command with_types_in ::wasmysql::bindings::command);
        };

        fn main() {
            ::wasmysql::command::finish(blocking::main())
        }
    })
}

/// Returns the items of the file that `include = "..."` names, and an item that makes cargo watch
/// it.
fn include(arguments: TokenStream) -> Result<(TokenStream, TokenStream)> {
    let argument: MetaNameValue = syn::parse2(arguments)?;
    let value = &argument.value;
    let path: LitStr = syn::parse2(quote!(#value))?;
    let package = env::var("CARGO_MANIFEST_DIR").unwrap_or_default();
    let file = Path::new(&package).join(path.value()).display().to_string();
    let text = fs::read_to_string(&file)
        .map_err(|error| Error::new_spanned(&path, format!("can't read the included file {file}: {error}")))?;
    let items = text.parse().map_err(|error| Error::new(Span::call_site(), format!("{file}: {error}")))?;
    Ok((
        items,
        quote!(
            const _: &str = include_str!(#file);
        ),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn module_is_expanded_for_both_apis() {
        let program = "mod program { pub(super) async fn main() { f().await } }";
        let code = expand(TokenStream::new(), program.parse().unwrap()).unwrap().to_string();
        assert!(code.contains("async fn main () { f () . await }") && code.contains(") fn main () { f () }"), "{code}");
        let refused = expand(TokenStream::new(), "mod program;".parse().unwrap()).map_err(|error| error.to_string());
        assert!(refused.is_err_and(|error| error.contains("inline module")));
    }
}
