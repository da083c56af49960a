//! Tells why a plugin's imports can't be satisfied, in terms of packages and versions.

/// What the linker of `plugin.rs` offers.
const PROVIDED: &[(&str, &[&str])] = &[
    ("wasmysql:mysql", &["0.1.0"]),
    ("wasi:cli", &["0.2.12", "0.3.0"]),
    ("wasi:clocks", &["0.2.12", "0.3.0"]),
    ("wasi:filesystem", &["0.2.12", "0.3.0"]),
    ("wasi:io", &["0.2.12"]),
    ("wasi:random", &["0.2.12", "0.3.0"]),
    ("wasi:sockets", &["0.2.12", "0.3.0"]),
];

/// Explains `problem`, what the linker said, by the import it names.
pub(crate) fn explain<'a>(mut imports: impl Iterator<Item = &'a str>, problem: &str) -> String {
    let Some(import) = imports.find(|import| problem.contains(&format!("`{import}`"))) else {
        return problem.to_owned();
    };
    let (name, version) = import.split_once('@').unwrap_or((import, ""));
    let package = name.split_once('/').map_or(name, |(package, _)| package);
    let Some((_, versions)) = PROVIDED.iter().find(|(provided, _)| *provided == package) else {
        let all: Vec<String> = PROVIDED.iter().map(|(package, versions)| named(package, versions)).collect();
        return format!("it imports {import}, which this host does not provide; it provides {}", all.join(", "));
    };
    if versions.iter().any(|provided| compatible(version, provided)) {
        return format!(
            "it imports {import}, and not as this host provides it ({}): {problem}",
            named(package, versions)
        );
    }
    format!(
        "it imports {import}, but this host provides {}; build it against that, or use the version of wasmysql it was built for",
        named(package, versions)
    )
}

fn named(package: &str, versions: &[&str]) -> String {
    format!("{package}@{}", versions.join(" and @"))
}

/// Whether a host of one version can serve a plugin of another: as in Cargo, the first number that is not 0 decides.
fn compatible(wanted: &str, provided: &str) -> bool {
    let significant = |version: &str| -> Vec<String> {
        let zeros = version.split('.').take_while(|number| *number == "0").count();
        version.split('.').take(zeros + 1).map(str::to_owned).collect()
    };
    significant(wanted) == significant(provided)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(import: &str, expected: &str) {
        let problem = format!("component imports instance `{import}`, but a matching implementation was not found");
        let explanation = explain([import, "wasi:cli/stdin@0.3.0"].into_iter(), &problem);
        assert!(explanation.contains(import) && explanation.contains(expected), "{explanation}");
    }

    #[test]
    fn an_import_that_is_missing_is_named_with_what_there_is() {
        check(
            "wasi:http/types@0.2.3",
            "does not provide; it provides wasmysql:mysql@0.1.0, wasi:cli@0.2.12 and @0.3.0",
        );
        check("wasmysql:mysql/engine@0.2.0", "provides wasmysql:mysql@0.1.0; build it against that");
        check("wasmysql:mysql/engine@0.1.7", "not as this host provides it (wasmysql:mysql@0.1.0)");
        check("wasi:cli/stdin@0.2.6", "not as this host provides it");
        check("log", "which this host does not provide");
    }

    #[test]
    fn the_contract_provided_is_the_one_of_this_repository() {
        let world = include_str!("../../../wit/world.wit");
        let package = named(PROVIDED[0].0, PROVIDED[0].1);
        assert!(world.contains(&format!("package {package};")), "{package}");
    }
}
