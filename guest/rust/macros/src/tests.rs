//! `#[wasmysql::tests]`.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Attribute, Error, Item, ItemFn, ItemMod, Result, parse_quote};

/// The error for a crate with two such modules. It is the name of a symbol, which the compiler then
/// reports as duplicate.
const ONLY_ONE: &str = "#[wasmysql::tests] (one per crate, other test modules can be nested in it)";

pub(crate) fn expand(arguments: TokenStream, item: TokenStream) -> Result<TokenStream> {
    let mut module: ItemMod = syn::parse2(item)
        .map_err(|error| Error::new(error.span(), "`#[wasmysql::tests]` requires a module: `mod tests { ... }`"))?;
    if !arguments.is_empty() {
        return Err(Error::new_spanned(arguments, "`#[wasmysql::tests]` takes no arguments"));
    }
    if module.content.is_none() {
        let advice = "`#[wasmysql::tests]` requires an inline module: `mod tests { ... }`";
        return Err(Error::new_spanned(module, advice));
    }
    collect(&mut module)?;
    if let Some((_, items)) = &mut module.content {
        items.push(export());
    }
    // Add `#[cfg(test)]` in case it is missing: outside tests, this export would conflict with the
    // plugin's own export.
    Ok(quote!(#[cfg(test)] #module))
}

/// Converts the tests of a module to plain functions, and adds a function that lists them and the
/// tests of nested modules.
fn collect(module: &mut ItemMod) -> Result<()> {
    let Some((_, items)) = &mut module.content else { return Ok(()) };
    let mut list = TokenStream::new();
    for item in items.iter_mut() {
        match item {
            Item::Fn(function) => {
                if let Some(position) = function.attrs.iter().position(|attribute| attribute.path().is_ident("test")) {
                    function.attrs.remove(position);
                    list.extend(listed(function)?);
                }
            }
            Item::Mod(inner) if inner.content.is_some() => {
                collect(inner)?;
                let (name, conditions) = (&inner.ident, conditions(&inner.attrs));
                list.extend(quote!(#(#conditions)* #name::__wasmysql_tests(tests);));
            }
            _ => {}
        }
    }
    items.push(parse_quote! {
        pub(super) fn __wasmysql_tests(tests: &mut ::std::vec::Vec<::wasmysql::test_run::Test>) {
            let _ = &tests;
            #list
        }
    });
    Ok(())
}

/// Returns the statement that lists a test.
fn listed(function: &mut ItemFn) -> Result<TokenStream> {
    let signature = &function.sig;
    if !signature.inputs.is_empty() {
        return Err(Error::new_spanned(&signature.inputs, "a test takes no parameters"));
    }
    if !signature.generics.params.is_empty() {
        return Err(Error::new_spanned(&signature.generics, "a test can't be generic"));
    }
    if let Some(attribute) = function.attrs.iter().find(|attribute| attribute.path().is_ident("should_panic")) {
        let advice =
            "`#[should_panic]` is not supported, because a panic ends the instance; return an error and assert on it";
        return Err(Error::new_spanned(attribute, advice));
    }
    let attributes = function.attrs.len();
    function.attrs.retain(|attribute| !attribute.path().is_ident("ignore"));
    let ignored = function.attrs.len() < attributes;

    let (name, conditions) = (&function.sig.ident, conditions(&function.attrs));
    // With this span, the compiler reports an unsupported return type at the signature of the test.
    let span = function.sig.output.span();
    let wait = function.sig.asyncness.map(|_| quote_spanned!(span=> .await));
    let report = quote_spanned!(span=> ::wasmysql::command::Termination::report(#name() #wait));
    Ok(quote! {
        #(#conditions)*
        tests.push(::wasmysql::test_run::Test {
            path: ::core::concat!(::core::module_path!(), "::", ::core::stringify!(#name)),
            ignored: #ignored,
            run: || ::std::boxed::Box::pin(async { #report }),
        });
    })
}

/// Returns the `cfg` attributes of a test: a test is listed only if it is compiled.
fn conditions(attributes: &[Attribute]) -> Vec<&Attribute> {
    attributes.iter().filter(|attribute| attribute.path().is_ident("cfg")).collect()
}

/// Returns the export of WASI 0.3 that runs the tests.
fn export() -> Item {
    parse_quote! {
        const _: () = {
            struct Tests;

            impl ::wasmysql::command::Guest for Tests {
                async fn run() -> ::core::result::Result<(), ()> {
                    let mut tests = ::std::vec::Vec::new();
                    __wasmysql_tests(&mut tests);
                    ::wasmysql::test_run::run(tests).await
                }
            }

            ::wasmysql::bindings::command::export_run!(Tests with_types_in ::wasmysql::bindings::command);

            #[unsafe(export_name = #ONLY_ONE)]
            static ONLY_ONE: u8 = 0;
        };
    }
}

#[cfg(test)]
mod unit_tests {
    use super::*;

    fn expanded(item: &str) -> String {
        let item = item.parse().unwrap();
        expand(TokenStream::new(), item).map_or_else(|error| error.to_string(), |code| code.to_string())
    }

    #[test]
    fn invalid_test_module_is_refused_with_advice() {
        assert!(expanded("fn adds() {}").contains("requires a module"));
        assert!(expanded("mod tests;").contains("inline module"));
        assert!(expanded("mod tests { #[test] async fn adds(x: u8) {} }").contains("no parameters"));
        assert!(expanded("mod tests { #[test] fn adds<T>() {} }").contains("generic"));
        assert!(expanded("mod tests { #[test] #[should_panic] fn fails() {} }").contains("return an error"));
        let with_arguments = expand("x".parse().unwrap(), "mod tests {}".parse().unwrap());
        assert!(with_arguments.is_err_and(|error| error.to_string().contains("no arguments")));
    }

    #[test]
    fn tests_become_listed_functions() {
        let code = expanded("mod tests { #[test] async fn waits() {} #[test] fn adds() {} fn helps() {} }");
        assert!(code.starts_with("# [cfg (test)] mod tests { async fn waits () { } fn adds () { }"), "{code}");
        assert!(code.contains("report (waits () . await)") && code.contains("report (adds ())"), "{code}");
        assert!(!code.contains("helps ()") || code.matches("helps").count() == 1, "{code}");
        assert_eq!(code.matches("export_run").count(), 1, "{code}");
    }

    #[test]
    fn nested_and_ignored_tests_are_listed() {
        let code =
            expanded("mod tests { #[cfg(x)] mod inner { #[test] #[ignore = \"slow\"] #[cfg(y)] fn adds() {} } }");
        assert!(code.contains("# [cfg (x)] inner :: __wasmysql_tests (tests) ;"), "{code}");
        assert!(code.contains("# [cfg (y)] tests . push") && code.contains("ignored : true"), "{code}");
        assert_eq!(code.matches("export_run").count(), 1, "{code}");
    }
}
