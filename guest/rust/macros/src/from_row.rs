//! `#[derive(FromRow)]`.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{DeriveInput, Error, Lifetime, Result, parse_quote};

use crate::fields::{Field, Struct, bounds};

pub(crate) fn expand(input: TokenStream) -> Result<TokenStream> {
    let input: DeriveInput = syn::parse2(input)?;
    let of = Struct::of(&input, "row", &["rename", "default", "flatten"], "read from a row")?;
    let count = of.fields.len();

    let (find, read): (Vec<_>, Vec<_>) = match of.named {
        true => of.fields.iter().map(|field| (find(field), read(field))).unzip(),
        false => {
            // Unnamed fields are read by position, as in a tuple.
            for field in &of.fields {
                let options = &field.options;
                let named = options.rename.as_ref().map(Spanned::span);
                if let Some(span) = named.or(options.default).or(options.flatten) {
                    return Err(Error::new(span, "unnamed fields are read by position and take no options"));
                }
            }
            let all = quote!(finder.all_columns(#count)?;);
            let read = of.fields.iter().map(read).collect();
            (vec![all], read)
        }
    };

    let row = lifetime(&input)?;
    let mut generics = input.generics.clone();
    if input.generics.lifetimes().next().is_none() {
        generics.params.insert(0, parse_quote!(#row));
    }
    let conditions = of.fields.iter().map(|field| {
        let bound = match (field.options.flatten, field.options.default) {
            (Some(_), _) => quote!(::wasmysql::FromRow<#row>),
            (None, Some(_)) => quote!(::wasmysql::Decode<#row> + ::core::default::Default),
            (None, None) => quote!(::wasmysql::Decode<#row>),
        };
        (&field.ty, bound)
    });
    let conditions = bounds(&input, conditions);
    if !conditions.is_empty() {
        let clause = generics.make_where_clause();
        for condition in conditions {
            clause.predicates.push(parse_quote!(#condition));
        }
    }

    let name = &input.ident;
    let (_, arguments, _) = input.generics.split_for_impl();
    let (parameters, _, conditions) = generics.split_for_impl();
    Ok(quote! {
        #[automatically_derived]
        impl #parameters ::wasmysql::FromRow<#row> for #name #arguments #conditions {
            fn find_columns(finder: &mut ::wasmysql::ColumnFinder<'_>) -> ::wasmysql::Result<()> {
                #(#find)*
                ::core::result::Result::Ok(())
            }

            #[inline]
            fn from_row(cells: &mut ::wasmysql::Cells<#row, '_>) -> ::wasmysql::Result<Self> {
                ::core::result::Result::Ok(Self { #(#read)* })
            }
        }
    })
}

/// Returns the lifetime of the row: the struct's own lifetime, if it has one.
fn lifetime(input: &DeriveInput) -> Result<Lifetime> {
    let mut lifetimes = input.generics.lifetimes();
    match (lifetimes.next(), lifetimes.next()) {
        (None, _) => Ok(parse_quote!('row)),
        (Some(only), None) => Ok(only.lifetime.clone()),
        (Some(_), Some(second)) => {
            Err(Error::new_spanned(second, "a struct can borrow only from its row; use one lifetime"))
        }
    }
}

fn find(field: &Field) -> TokenStream {
    let (ty, name) = (&field.ty, field.name());
    match (field.options.flatten, field.options.default) {
        (Some(_), _) => quote_spanned!(ty.span()=> <#ty as ::wasmysql::FromRow<'_>>::find_columns(finder)?;),
        (None, Some(_)) => quote!(finder.optional_column(#name)?;),
        (None, None) => quote!(finder.column(#name)?;),
    }
}

fn read(field: &Field) -> TokenStream {
    let (ty, member) = (&field.ty, &field.member);
    let value = match (field.options.flatten, field.options.default) {
        (Some(_), _) => quote_spanned!(ty.span()=> <#ty as ::wasmysql::FromRow<'_>>::from_row(cells)?),
        (None, Some(_)) => quote_spanned!(ty.span()=> cells.next_or_default::<#ty>()?),
        (None, None) => quote_spanned!(ty.span()=> cells.next::<#ty>()?),
    };
    quote!(#member: #value,)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expanded(item: &str) -> String {
        expand(item.parse().unwrap()).map_or_else(|error| error.to_string(), |code| code.to_string())
    }

    #[test]
    fn fields_become_columns_by_name() {
        let code = expanded("struct S<'a> { r#type: &'a str, #[row(rename = \"t.b\", default)] b: u8 }");
        assert!(code.contains("impl < 'a > :: wasmysql :: FromRow < 'a > for S < 'a >"), "{code}");
        assert!(code.contains("finder . column (\"type\") ?"), "{code}");
        assert!(code.contains("finder . optional_column (\"t.b\") ?"), "{code}");
        assert!(code.contains("b : cells . next_or_default :: < u8 > () ?"), "{code}");
    }

    #[test]
    fn type_parameters_get_bounds() {
        let code = expanded("struct S<T> where T: Copy { #[row(flatten)] a: T, b: Vec<T> }");
        assert!(code.contains("impl < 'row , T > :: wasmysql :: FromRow < 'row > for S < T >"), "{code}");
        assert!(
            code.contains("T : :: wasmysql :: FromRow < 'row > , Vec < T > : :: wasmysql :: Decode < 'row >"),
            "{code}"
        );
    }

    #[test]
    fn unsupported_struct_is_refused_with_advice() {
        assert_eq!(expanded("enum E { A }"), "an enum can't be read from a row");
        assert_eq!(expanded("struct S;"), "a struct without fields can't be read from a row");
        assert!(expanded("struct S<'a, 'b> { a: &'a str, b: &'b str }").contains("use one lifetime"));
        assert_eq!(
            expanded("struct S(#[row(default)] u8);"),
            "unnamed fields are read by position and take no options"
        );
        assert_eq!(
            expanded("struct S { #[row(name = \"x\")] a: u8 }"),
            "unknown option; `#[row(...)]` accepts rename, default, flatten"
        );
        assert!(expanded("struct S { #[row(flatten, rename = \"x\")] a: T }").contains("can't be renamed"));
        assert!(expanded("struct S { #[row(default, flatten)] a: T }").contains("set defaults on the fields"));
    }
}
