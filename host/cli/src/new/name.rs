//! What a plugin can be called.

/// Crates that every program has or a plugin uses, and folders of cargo's.
const TAKEN: &str = "alloc core proc_macro proc-macro std test wasmysql wit-bindgen wit_bindgen \
                     build deps examples incremental";

/// Keywords of Rust, those to come as well.
const KEYWORDS: &str = "_ Self abstract as async await become box break const continue crate do dyn else enum extern false \
                        final fn for gen if impl in let loop macro match mod move mut override priv pub ref return \
                        self static struct super trait true try type typeof unsafe unsized use virtual where while yield";

/// Refuses what can't be the name of a package in Rust, and says why.
pub(crate) fn check(name: &str) -> Result<(), String> {
    let is_one_of = |words: &str| words.split(' ').any(|word| word == name);
    let problem = if name.is_empty() {
        "it is empty".to_owned()
    } else if is_one_of(TAKEN) || is_one_of(KEYWORDS) {
        "Rust or cargo has another use for it".to_owned()
    } else if let Some(wrong) = name.chars().find(|c| !c.is_ascii_alphanumeric() && !['-', '_'].contains(c)) {
        format!("it contains {wrong:?}; letters, digits, - and _ can be in one")
    } else if !name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') {
        "it has to begin with a letter".to_owned()
    } else {
        return Ok(());
    };
    Err(format!("'{name}' can't be the name of a plugin: {problem}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_packages_are_names_of_plugins() {
        for name in ["visits", "page-visits", "page_visits2", "_hidden"] {
            assert_eq!(check(name), Ok(()));
        }
        for (name, words) in [
            ("", "empty"),
            ("page visits", "' '"),
            ("visits.wasm", "'.'"),
            ("überblick", "'ü'"),
            ("2fast", "begin with a letter"),
            ("-x", "begin with a letter"),
            ("match", "another use"),
            ("test", "another use"),
            ("wasmysql", "another use"),
        ] {
            assert!(check(name).is_err_and(|problem| problem.contains(words)), "{name}");
        }
    }
}
