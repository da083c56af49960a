//! Checks the names of plugins.

/// Reserved names: crates that every program or plugin uses, and folders of cargo.
const TAKEN: &str = "alloc core proc_macro proc-macro std test wasmysql wit-bindgen wit_bindgen \
                     build deps examples incremental";

/// Keywords of Rust, including reserved ones.
const KEYWORDS: &str = "_ Self abstract as async await become box break const continue crate do dyn else enum extern false \
                        final fn for gen if impl in let loop macro match mod move mut override priv pub ref return \
                        self static struct super trait true try type typeof unsafe unsized use virtual where while yield";

/// Checks that a name is valid for a package, and explains why it is not.
pub(crate) fn check(name: &str, is_rust: bool) -> Result<(), String> {
    let is_one_of = |words: &str| is_rust && words.split(' ').any(|word| word == name);
    let problem = if name.is_empty() {
        "it is empty".to_owned()
    } else if is_one_of(TAKEN) || is_one_of(KEYWORDS) {
        "it is reserved by Rust or cargo".to_owned()
    } else if let Some(wrong) = name.chars().find(|c| !c.is_ascii_alphanumeric() && !['-', '_'].contains(c)) {
        format!("it contains {wrong:?}; use letters, digits, - and _")
    } else if !name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') {
        "it must begin with a letter".to_owned()
    } else {
        return Ok(());
    };
    Err(format!("'{name}' is not a valid plugin name: {problem}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_package_names_are_valid() {
        for name in ["visits", "page-visits", "page_visits2", "_hidden"] {
            assert_eq!(check(name, true), Ok(()));
        }
        for (name, words) in [
            ("", "empty"),
            ("page visits", "' '"),
            ("visits.wasm", "'.'"),
            ("überblick", "'ü'"),
            ("2fast", "begin with a letter"),
            ("-x", "begin with a letter"),
            ("match", "reserved"),
            ("test", "reserved"),
            ("wasmysql", "reserved"),
        ] {
            assert!(check(name, true).is_err_and(|problem| problem.contains(words)), "{name}");
        }
        assert_eq!(check("test", false), Ok(()));
        assert!(check("page visits", false).is_err());
    }
}
