//! What of a text may be shown: not the passwords of the URLs in it.

use std::env;

use clap::error::{ContextKind, ContextValue};

/// What is shown in the place of a user and a password.
const HIDDEN: &str = "...";

/// A text with the users and passwords hidden of all URLs in it that are arguments of this process, whichever of them: what is misplaced
/// is quoted.
pub(crate) fn without_passwords(text: &str) -> String {
    hidden(text, env::args_os().map(|argument| argument.to_string_lossy().into_owned()))
}

fn hidden(text: &str, arguments: impl Iterator<Item = String>) -> String {
    let mut text = text.to_owned();
    for argument in arguments {
        // `--option=URL` is told with or without the option.
        for url in [argument.as_str(), argument.split_once('=').map_or("", |(_, value)| value)] {
            if let Some((scheme, rest)) = url.split_once("://") {
                // Without an '@' it is not finished, and what is there may be an account.
                let host = rest.rsplit_once('@').map_or("", |(_, host)| host);
                text = text.replace(url, &format!("{scheme}://{HIDDEN}@{host}"));
            }
        }
    }
    text
}

/// Tells what is wrong with the arguments of this process, which quotes them, or helps; and ends it.
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
    fn accounts_in_arguments_are_hidden() {
        let url = "mysql://u:p@ss w/d@db:3306/x?tls=off";
        for argument in [url.to_owned(), format!("--database={url}"), format!("main={url}")] {
            let shown = hidden(&format!("no '{url}' here"), [argument].into_iter());
            assert_eq!(shown, "no 'mysql://...@db:3306/x?tls=off' here");
        }
        let unfinished = ["mysql://u:secret".to_owned()];
        assert_eq!(hidden("'mysql://u:secret'", unfinished.into_iter()), "'mysql://...@'");
        let text = "it looks like mysql://user:password@host:3306/schema";
        assert_eq!(hidden(text, ["run".to_owned()].into_iter()), text);
    }
}
