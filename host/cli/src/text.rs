//! Removes passwords from messages that quote arguments.

use std::env;

use clap::error::{ContextKind, ContextValue};

/// The replacement of a user and password.
const HIDDEN: &str = "...";

/// Hides users and passwords in a text.
///
/// Replaces every URL that is an argument of this process. All arguments are considered, because
/// error messages also quote a URL that was given for the wrong option.
pub(crate) fn without_passwords(text: &str) -> String {
    hide(text, env::args_os().map(|argument| argument.to_string_lossy().into_owned()))
}

fn hide(text: &str, arguments: impl Iterator<Item = String>) -> String {
    let mut text = text.to_owned();
    for argument in arguments {
        // Messages quote `--option=URL` with or without the option.
        for url in [argument.as_str(), argument.split_once('=').map_or("", |(_, value)| value)] {
            if let Some((scheme, rest)) = url.split_once("://") {
                // Without an `@` the rest of the URL can be an incomplete account, so all of it is
                // hidden.
                let host = rest.rsplit_once('@').map_or("", |(_, host)| host);
                text = text.replace(url, &format!("{scheme}://{HIDDEN}@{host}"));
            }
        }
    }
    text
}

/// Prints clap's error or help without passwords, and exits.
pub(crate) fn exit(mut error: clap::Error) -> ! {
    for kind in [
        ContextKind::InvalidArg,
        ContextKind::InvalidValue,
        ContextKind::InvalidSubcommand,
        ContextKind::SuggestedValue,
    ] {
        let hidden = match error.get(kind) {
            Some(ContextValue::String(text)) => ContextValue::String(without_passwords(text)),
            Some(ContextValue::Strings(texts)) => {
                ContextValue::Strings(texts.iter().map(|text| without_passwords(text)).collect())
            }
            _ => continue,
        };
        error.insert(kind, hidden);
    }
    error.exit()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_and_passwords_in_arguments_are_hidden() {
        let url = "mysql://u:p@ss w/d@db:3306/x?tls=off";
        for argument in [url.to_owned(), format!("--database={url}"), format!("main={url}")] {
            let shown = hide(&format!("no '{url}' here"), [argument].into_iter());
            assert_eq!(shown, "no 'mysql://...@db:3306/x?tls=off' here");
        }
        let unfinished = ["mysql://u:secret".to_owned()];
        assert_eq!(hide("'mysql://u:secret'", unfinished.into_iter()), "'mysql://...@'");
        let text = "it looks like mysql://user:password@host:3306/schema";
        assert_eq!(hide(text, ["run".to_owned()].into_iter()), text);
    }
}
