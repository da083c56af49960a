//! The fields of a struct, with the options of their attributes.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::ext::IdentExt;
use syn::meta::ParseNestedMeta;
use syn::{Data, DeriveInput, Error, Fields, Ident, LitStr, Member, Result, Type};

/// A struct with a derive macro.
pub(crate) struct Struct {
    pub(crate) fields: Vec<Field>,
    /// Whether the fields have names.
    pub(crate) named: bool,
}

/// A field and its options.
pub(crate) struct Field {
    pub(crate) member: Member,
    pub(crate) ty: Type,
    pub(crate) options: Options,
}

/// The options of a field. Each derive macro allows a subset.
#[derive(Default)]
pub(crate) struct Options {
    pub(crate) rename: Option<LitStr>,
    pub(crate) default: Option<Span>,
    pub(crate) flatten: Option<Span>,
    pub(crate) skip: Option<Span>,
}

impl Struct {
    /// Parses the struct that `input` declares. Fields can have an `attribute` with the `allowed`
    /// options. `purpose` completes the error message for other items: "an enum can't be ...".
    pub(crate) fn of(input: &DeriveInput, attribute: &str, allowed: &[&str], purpose: &str) -> Result<Self> {
        let refused = |item: &str| Err(Error::new_spanned(&input.ident, format!("{item} can't be {purpose}")));
        let fields = match &input.data {
            Data::Struct(data) => &data.fields,
            Data::Enum(_) => return refused("an enum"),
            Data::Union(_) => return refused("a union"),
        };
        if fields.is_empty() {
            return refused("a struct without fields");
        }
        let named = matches!(fields, Fields::Named(_));
        let read = |(field, member): (&syn::Field, Member)| {
            let options = Options::of(field, attribute, allowed)?;
            Ok(Field { member, ty: field.ty.clone(), options })
        };
        Ok(Self { named, fields: fields.iter().zip(fields.members()).map(read).collect::<Result<_>>()? })
    }
}

impl Field {
    /// Returns the name of the column or parameter: the `rename` option, or the name of the field.
    pub(crate) fn name(&self) -> String {
        match (&self.options.rename, &self.member) {
            (Some(name), _) => name.value(),
            (None, Member::Named(name)) => name.unraw().to_string(),
            (None, Member::Unnamed(index)) => index.index.to_string(),
        }
    }
}

impl Options {
    fn of(field: &syn::Field, attribute: &str, allowed: &[&str]) -> Result<Self> {
        let mut options = Self::default();
        for found in field.attrs.iter().filter(|found| found.path().is_ident(attribute)) {
            found.parse_nested_meta(|meta| {
                if !allowed.iter().any(|option| meta.path.is_ident(option)) {
                    return Err(
                        meta.error(format!("unknown option; `#[{attribute}(...)]` accepts {}", allowed.join(", ")))
                    );
                }
                options.read(&meta)
            })?;
        }
        Ok(options)
    }

    fn read(&mut self, meta: &ParseNestedMeta<'_>) -> Result<()> {
        let span = meta.path.get_ident().map(Ident::span);
        if meta.path.is_ident("rename") {
            self.rename = Some(meta.value()?.parse()?);
        } else if meta.path.is_ident("default") {
            self.default = span;
        } else if meta.path.is_ident("flatten") {
            self.flatten = span;
        } else {
            self.skip = span;
        }
        match (self.flatten, &self.rename, self.default) {
            (Some(span), Some(_), _) => {
                Err(Error::new(span, "a flattened field can't be renamed, because it is not a column"))
            }
            (Some(span), _, Some(_)) => Err(Error::new(
                span,
                "a flattened field can't have a default; set defaults on the fields of its struct",
            )),
            _ => Ok(()),
        }
    }
}

/// Returns where-clauses for the types of the fields, if the struct has type parameters.
pub(crate) fn bounds<'f>(
    input: &DeriveInput,
    fields: impl Iterator<Item = (&'f Type, TokenStream)>,
) -> Vec<TokenStream> {
    if input.generics.type_params().next().is_none() {
        return Vec::new();
    }
    fields.map(|(ty, bound)| quote!(#ty: #bound)).collect()
}
