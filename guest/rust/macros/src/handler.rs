//! `#[wasmysql::http]`. The function stays as it is, so that tests can call it.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Error, ItemFn, Result};

const FORM: &str = "`#[wasmysql::http]` requires `async fn handle(request: Request) -> Result<Response>`";

pub(crate) fn expand(arguments: TokenStream, item: TokenStream) -> Result<TokenStream> {
    let function: ItemFn = syn::parse2(item).map_err(|error| Error::new(error.span(), FORM))?;
    check(&arguments, &function)?;
    let name = &function.sig.ident;
    Ok(quote! {
        #[cfg_attr(test, allow(dead_code, reason = "tests need not call the handler"))]
        #function

        #[cfg(not(test))]
        const _: () = {
            struct Handler;

            impl ::wasmysql::http::serve::Guest for Handler {
                async fn handle(
                    request: ::wasmysql::http::serve::Request,
                ) -> ::core::result::Result<::wasmysql::http::serve::Response, ::wasmysql::http::serve::ErrorCode> {
                    ::wasmysql::http::serve::respond(request, #name).await
                }
            }

            ::wasmysql::http::serve::export!(Handler);
        };

        // In a library, the function is unused.
        #[cfg(not(test))]
        #[allow(dead_code, reason = "only a program needs it")]
        fn main() {
            ::wasmysql::http::serve::needs_server()
        }
    })
}

fn check(arguments: &TokenStream, function: &ItemFn) -> Result<()> {
    let signature = &function.sig;
    if !arguments.is_empty() {
        return Err(Error::new_spanned(arguments, "`#[wasmysql::http]` takes no arguments"));
    }
    if signature.asyncness.is_none() || signature.inputs.len() != 1 {
        return Err(Error::new_spanned(signature, FORM));
    }
    if signature.ident == "main" {
        return Err(Error::new_spanned(&signature.ident, "name the handler `handle`: the macro adds a `main`"));
    }
    if !signature.generics.params.is_empty() {
        return Err(Error::new_spanned(&signature.generics, "the handler can't be generic"));
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
    fn invalid_handler_is_refused_with_advice() {
        for item in ["fn handle(r: Request) {}", "async fn handle() {}", "async fn handle(a: A, b: B) {}", "struct H;"]
        {
            assert!(expanded("", item).contains("requires `async fn handle(request: Request)"), "{item}");
        }
        assert!(expanded("", "async fn handle<T>(r: T) {}").contains("generic"));
        assert!(expanded("", "async fn main(r: Request) {}").contains("name the handler `handle`"));
        assert!(expanded("x = 1", "async fn handle(r: Request) {}").contains("no arguments"));
    }

    #[test]
    fn handler_is_exported_and_can_be_called() {
        let code = expanded("", "async fn handle(r: Request) -> Result<Response> { page(r).await }");
        assert!(
            code.contains("async fn handle (r : Request)") && code.contains("respond (request , handle)"),
            "{code}"
        );
        assert_eq!(code.matches("export !").count(), 1, "{code}");
    }
}
