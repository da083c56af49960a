//! Conversion from the async API to the blocking API, token by token.

use proc_macro2::{Delimiter, Group, Ident, Literal, Span, TokenStream, TokenTree};
use quote::quote;
use syn::Lit;

/// Converts tokens from the async API to the blocking API:
///
/// - removes `async`, the `move` of `async move` blocks, and `.await`
/// - replaces `AsyncFnMut` with `FnMut`
/// - replaces the path `wasmysql::` with `wasmysql::blocking::`, except in `wasmysql::main`, which
///   serves both APIs
///
/// Documentation is converted in the same way.
pub(crate) fn strip(tokens: TokenStream) -> TokenStream {
    let tokens: Vec<_> = tokens.into_iter().collect();
    let mut stripped = TokenStream::new();
    let mut rest = tokens.as_slice();
    while let Some((token, after)) = rest.split_first() {
        rest = match rest {
            [word, next, TokenTree::Group(block), ..]
                if is(word, "async") && is(next, "move") && block.delimiter() == Delimiter::Brace =>
            {
                &rest[2..]
            }
            [word, ..] if is(word, "async") => after,
            [word, ..] if is(word, "AsyncFnMut") => {
                stripped.extend([TokenTree::from(Ident::new("FnMut", word.span()))]);
                after
            }
            [dot, word, ..] if is_punct(dot, '.') && is(word, "await") => &rest[2..],
            [name, first, second, next, ..]
                if is(name, "wasmysql") && is_punct(first, ':') && is_punct(second, ':') && !is(next, "main") =>
            {
                let blocking = Ident::new("blocking", Span::call_site());
                stripped.extend(quote!(#name #first #second #blocking ::));
                &rest[3..]
            }
            _ => {
                stripped.extend([strip_token(token)]);
                after
            }
        };
    }
    stripped
}

fn strip_token(token: &TokenTree) -> TokenTree {
    let TokenTree::Group(group) = token else { return token.clone() };
    let contents = documentation(group).unwrap_or_else(|| strip(group.stream()));
    let mut stripped = Group::new(group.delimiter(), contents);
    stripped.set_span(group.span());
    stripped.into()
}

/// Converts the text of an attribute `#[doc = "..."]`, the form in which a macro receives a comment
/// `/// ...`.
fn documentation(group: &Group) -> Option<TokenStream> {
    let tokens: Vec<_> = group.stream().into_iter().collect();
    let [doc, equals, TokenTree::Literal(text)] = tokens.as_slice() else { return None };
    let Lit::Str(text) = Lit::new(text.clone()) else { return None };
    if group.delimiter() != Delimiter::Bracket || !is(doc, "doc") || !is_punct(equals, '=') {
        return None;
    }
    let stripped = text
        .value()
        .replace("async fn", "fn")
        .replace("async |", "|")
        .replace(".await", "")
        .replace("use wasmysql::", "use wasmysql::blocking::");
    let mut literal = Literal::string(&stripped);
    literal.set_span(text.span());
    Some(quote!(#doc #equals #literal))
}

fn is(token: &TokenTree, word: &str) -> bool {
    matches!(token, TokenTree::Ident(ident) if ident == word)
}

fn is_punct(token: &TokenTree, character: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == character)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(code: &str, expected: &str) {
        let tokens = |text: &str| text.parse::<TokenStream>().unwrap();
        assert_eq!(strip(tokens(code)).to_string(), tokens(expected).to_string());
    }

    #[test]
    fn async_and_await_are_removed() {
        check(
            "pub async fn f(&self) -> T { self.g().await?.h(k.await).await }",
            "pub fn f(&self) -> T { self.g()?.h(k) }",
        );
        check("let made = async move { x.await }; f(async || 1);", "let made = { x }; f(|| 1);");
        check("fn f<F: AsyncFnMut(&T) -> U>(f: F) { f(t).await }", "fn f<F: FnMut(&T) -> U>(f: F) { f(t) }");
        check("spawn(async move |x| g(move |y| x + y))", "spawn(move |x| g(move |y| x + y))");
    }

    #[test]
    fn paths_are_changed_to_the_blocking_api() {
        check(
            "mod m { use wasmysql::{Engine, Row}; fn f() -> wasmysql::Result<()> { wasmysql::bindings::types::f() } }",
            "mod m { use wasmysql::blocking::{Engine, Row};
                fn f() -> wasmysql::blocking::Result<()> { wasmysql::blocking::bindings::types::f() } }",
        );
        check("#[wasmysql::main] async fn main() {}", "#[wasmysql::main] fn main() {}");
        check("let wasmysql = wasmysql.a;", "let wasmysql = wasmysql.a;");
    }

    #[test]
    fn documentation_is_changed_to_the_blocking_api() {
        check("/// # use wasmysql::Row;\nstruct S;", "/// # use wasmysql::blocking::Row;\nstruct S;");
        check("/// # async fn f(c: &mut C) {\nstruct S;", "/// # fn f(c: &mut C) {\nstruct S;");
        check("/// c.transaction(async |tx| 1).await?;\nstruct S;", "/// c.transaction(|tx| 1)?;\nstruct S;");
        check("mod m { //! c.query(\"é\", ()).await?;\n }", "mod m { //! c.query(\"é\", ())?;\n }");
        check(
            "#[wasmysql::main]\n/// #[wasmysql::main]\nfn f() {}",
            "#[wasmysql::main]\n/// #[wasmysql::main]\nfn f() {}",
        );
        check(
            "let text = \"x.await\"; #[expect(lint, reason = \"async fn\")]",
            "let text = \"x.await\"; #[expect(lint, reason = \"async fn\")]",
        );
    }
}
