//! The fields of a struct, with the options that their attributes give.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::ext::IdentExt;
use syn::meta::ParseNestedMeta;
use syn::{Data, DeriveInput, Error, Fields, Ident, LitStr, Member, Result, Type};

/// A struct that a macro is derived for.
pub(crate) struct Struct {
    pub(crate) fields: Vec<Field>,
    /// Whether the fields have names.
    pub(crate) named: bool,
}

/// A field, and what its attributes say.
pub(crate) struct Field {
    pub(crate) member: Member,
    pub(crate) ty: Type,
    pub(crate) options: Options,
}

/// The options of a field. Each derive allows some.
#[derive(Default)]
pub(crate) struct Options {
    pub(crate) rename: Option<LitStr>,
    pub(crate) default: Option<Span>,
    pub(crate) flatten: Option<Span>,
    pub(crate) skip: Option<Span>,
}

impl Struct {
    /// The struct that `input` declares, whose fields have attributes of this name with some of these options. `purpose`
    /// is what the derive can't do to anything else, in words.
    pub(crate) fn of(input: &DeriveInput, attribute: &str, allowed: &[&str], purpose: &str) -> Result<Self> {
        let refused = |what: &str| Err(Error::new_spanned(&input.ident, format!("{what} can't be {purpose}")));
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
    /// What it is called outside of Rust: its name, or what it is renamed to.
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
                    return Err(meta.error(format!("`#[{attribute}(...)]` takes {}", allowed.join(", "))));
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
            (Some(span), Some(_), _) => Err(Error::new(span, "a flattened field has no name to rename")),
            (Some(span), _, Some(_)) => {
                Err(Error::new(span, "a flattened field can't have a default: its own fields can"))
            }
            _ => Ok(()),
        }
    }
}

/// Conditions for each field's type, where the struct has parameters of types, so that it works with whatever they are.
pub(crate) fn bounds<'f>(
    input: &DeriveInput,
    fields: impl Iterator<Item = (&'f Type, TokenStream)>,
) -> Vec<TokenStream> {
    if input.generics.type_params().next().is_none() {
        return Vec::new();
    }
    fields.map(|(ty, bound)| quote!(#ty: #bound)).collect()
}
