//! `#[derive(Params)]`.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{DeriveInput, Error, Generics, Result, parse_quote};

use crate::fields::{Field, Struct, bounds};

pub(crate) fn expand(input: TokenStream) -> Result<TokenStream> {
    let input: DeriveInput = syn::parse2(input)?;
    let of = Struct::of(&input, "param", &["rename", "skip"], "parameters")?;
    let fields: Vec<_> = of.fields.iter().filter(|field| field.options.skip.is_none()).collect();
    if let Some(renamed) = fields.iter().find_map(|field| field.options.rename.as_ref()).filter(|_| !of.named) {
        return Err(Error::new_spanned(renamed, "unnamed fields are parameters by position and can't have names"));
    }

    let names: Vec<_> = fields.iter().map(|field| field.name()).collect();
    let names = match of.named {
        true => quote! {
            fn names(&self) -> ::core::option::Option<::std::vec::Vec<&str>> {
                ::core::option::Option::Some(::std::vec![#(#names),*])
            }
        },
        false => TokenStream::new(),
    };
    let owned = fields.iter().map(|field| {
        let (ty, member) = (&field.ty, &field.member);
        quote_spanned!(ty.span()=> parameters.push(self.#member);)
    });
    let borrowed = fields.iter().map(|field| {
        let (ty, member) = (&field.ty, &field.member);
        quote_spanned!(ty.span()=> parameters.push(<#ty as ::core::clone::Clone>::clone(&self.#member));)
    });

    let name = &input.ident;
    let (_, arguments, _) = input.generics.split_for_impl();
    let param = quote!(::wasmysql::Param);
    let of_owned = with(&input.generics, bounds(&input, fields.iter().map(|field| (&field.ty, param.clone()))));
    // With `for<'field>`, the compiler accepts a bound that is false for a concrete type. The
    // implementation for references is then not available.
    let of_borrowed = fields.iter().map(|Field { ty, .. }| quote!(for<'field> #ty: #param + ::core::clone::Clone));
    let of_borrowed = with(&input.generics, of_borrowed.collect());
    let (parameters, _, conditions) = of_owned.split_for_impl();
    let (borrowed_parameters, _, borrowed_conditions) = of_borrowed.split_for_impl();
    Ok(quote! {
        #[automatically_derived]
        impl #parameters ::wasmysql::Params for #name #arguments #conditions {
            #names

            fn append_to(self, parameters: &mut ::wasmysql::Parameters) {
                #(#owned)*
            }
        }

        #[automatically_derived]
        impl #borrowed_parameters ::wasmysql::Params for &#name #arguments #borrowed_conditions {
            #names

            fn append_to(self, parameters: &mut ::wasmysql::Parameters) {
                #(#borrowed)*
            }
        }
    })
}

fn with(generics: &Generics, conditions: Vec<TokenStream>) -> Generics {
    let mut generics = generics.clone();
    if !conditions.is_empty() {
        let clause = generics.make_where_clause();
        for condition in conditions {
            clause.predicates.push(parse_quote!(#condition));
        }
    }
    generics
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expanded(item: &str) -> String {
        expand(item.parse().unwrap()).map_or_else(|error| error.to_string(), |code| code.to_string())
    }

    #[test]
    fn fields_become_parameters_by_name() {
        let code = expanded("struct S<'a, T> { r#type: &'a str, #[param(rename = \"n\")] b: T, #[param(skip)] c: () }");
        assert!(code.contains("Some (:: std :: vec ! [\"type\" , \"n\"])"), "{code}");
        assert!(code.contains("impl < 'a , T > :: wasmysql :: Params for & S < 'a , T >"), "{code}");
        assert!(!code.contains("self . c"), "{code}");
    }

    #[test]
    fn unnamed_fields_become_parameters_by_position() {
        let code = expanded("struct S(u8, String);");
        assert!(!code.contains("names") && code.contains("self . 0") && code.contains("self . 1"), "{code}");
        assert!(expanded("struct S(#[param(rename = \"n\")] u8);").contains("can't have names"));
        assert_eq!(expanded("enum E { A }"), "an enum can't be parameters");
    }
}
