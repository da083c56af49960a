//! `#[wasmysql_macros::both_apis]`. A program that calls the bindings directly passes arguments as
//! `give!(argument)`, because the bindings take them by value in the async API and by reference in
//! the blocking API.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Error, ItemMod, Result};

use crate::strip::strip;

pub(crate) fn expand(item: TokenStream) -> Result<TokenStream> {
    let module: ItemMod = syn::parse2(item)?;
    let Some((_, items)) = &module.content else {
        return Err(Error::new_spanned(
            &module,
            "`#[wasmysql_macros::both_apis]` requires an inline module: `mod program { ... }`",
        ));
    };
    let program = quote!(#(#items)*);
    let stripped = strip(program.clone());
    Ok(quote! {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn module_is_expanded_for_both_apis() {
        let program = "mod program { pub(super) async fn main() { f().await } }";
        let code = expand(program.parse().unwrap()).unwrap().to_string();
        assert!(code.contains("async fn main () { f () . await }") && code.contains(") fn main () { f () }"), "{code}");
        let refused = expand("mod program;".parse().unwrap()).map_err(|error| error.to_string());
        assert!(refused.is_err_and(|error| error.contains("inline module")));
    }
}
