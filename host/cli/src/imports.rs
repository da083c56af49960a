//! Explains unsatisfied imports of a plugin in terms of packages and versions.

use wasmtime::component::types::ComponentItem;
use wasmtime::component::{Component, Linker, LinkerInstance, ResourceType};

/// The packages and versions that the linker in `plugin.rs` provides.
const PROVIDED: &[(&str, &[&str])] = &[
    ("wasmysql:mysql", &["0.1.0"]),
    ("wasi:cli", &["0.2.12", "0.3.0"]),
    ("wasi:clocks", &["0.2.12", "0.3.0"]),
    ("wasi:filesystem", &["0.2.12", "0.3.0"]),
    ("wasi:http", &["0.2.12", "0.3.0"]),
    ("wasi:io", &["0.2.12"]),
    ("wasi:random", &["0.2.12", "0.3.0"]),
    ("wasi:sockets", &["0.2.12", "0.3.0"]),
];

const NOT_PROVIDED: &str = "which this host does not provide";

/// Returns whether a component imports `wasmysql:mysql`.
pub(crate) fn uses_mysql(component: &Component) -> bool {
    component.component_type().imports(component.engine()).any(|(name, _)| name.starts_with("wasmysql:mysql/"))
}

/// Returns whether a component imports the blocking API of `wasmysql:mysql`.
pub(crate) fn uses_blocking_api(component: &Component) -> bool {
    component.component_type().imports(component.engine()).any(|(name, _)| name.starts_with("wasmysql:mysql/blocking-"))
}

/// Explains the imports of packages and versions that this host does not provide, one line for each
/// package, the last of which lists what it provides. Returns no lines if it provides all.
pub(crate) fn missing<S: AsRef<str>>(imports: &[S]) -> Vec<String> {
    let mut packages: Vec<(String, Vec<&str>)> = Vec::new();
    for import in imports.iter().map(AsRef::as_ref) {
        let (package, _) = package_of(import);
        match packages.iter_mut().find(|(known, _)| *known == package) {
            Some((_, imports)) => imports.push(import),
            None => packages.push((package, vec![import])),
        }
    }
    let explained = packages.iter().filter_map(|(package, imports)| Some(unknown(package, imports)? + remedy(package)));
    let mut lines: Vec<String> = explained.collect();
    if let Some(last) = lines.iter_mut().rfind(|line| line.contains(NOT_PROVIDED)) {
        let all: Vec<String> = PROVIDED.iter().map(|(package, versions)| named(package, versions)).collect();
        *last += &format!("; it provides {}", all.join(", "));
    }
    lines
}

/// Splits the name of an import into the package and its version.
fn package_of(import: &str) -> (String, &str) {
    let (name, version) = import.split_once('@').unwrap_or((import, ""));
    (name.split_once('/').map_or(name, |(package, _)| package).to_owned(), version)
}

/// Explains imports of one package if this host does not provide the package in their version.
fn unknown(package: &str, imports: &[&str]) -> Option<String> {
    let Some((_, versions)) = PROVIDED.iter().find(|(provided, _)| *provided == package) else {
        return Some(format!("it imports {}, {NOT_PROVIDED}", imports.join(", ")));
    };
    let is_unknown = |import: &&&str| !versions.iter().any(|provided| compatible(package_of(import).1, provided));
    let unknown: Vec<&str> = imports.iter().filter(is_unknown).copied().collect();
    (!unknown.is_empty()).then(|| {
        format!(
            "it imports {}, but this host provides {}; build it against that version, or use the version of wasmysql \
             that it was built for",
            unknown.join(", "),
            named(package, versions)
        )
    })
}

/// Returns the advice for a missing package, by the tools that add such imports.
fn remedy(package: &str) -> &'static str {
    match package.split_once(':').unwrap_or((package, "")).0 {
        "spin" | "fermyon" => "; it was built for Spin: query with wasmysql:mysql instead of Spin's packages",
        "wasmcloud" | "wrpc" => "; it was built for wasmCloud: query with wasmysql:mysql instead of its packages",
        "golem" => "; it was built for Golem: query with wasmysql:mysql instead of its packages",
        "wasi" => "; build without the feature of your tool that uses it (jco componentize: --disable FEATURE)",
        _ => "",
    }
}

/// Explains `problem`, the error of the linker, by the import that it names.
pub(crate) fn explain<'a>(mut imports: impl Iterator<Item = &'a str>, problem: &str) -> String {
    let Some(import) = imports.find(|import| problem.contains(&format!("`{import}`"))) else {
        return problem.to_owned();
    };
    if let [missing] = &missing(&[import])[..] {
        return missing.clone();
    }
    let (package, _) = package_of(import);
    let provided = PROVIDED.iter().find(|(provided, _)| *provided == package);
    let provided = provided.map_or_else(String::new, |(package, versions)| named(package, versions));
    format!("it imports {import}, which differs from the interface that this host provides ({provided}): {problem}")
}

/// Explains each import that the linker can't satisfy.
///
/// The linker reports only the first such import. So the function defines a placeholder for it, and
/// links again.
pub(crate) fn unsatisfied<T: 'static>(component: &Component, mut linker: Linker<T>) -> Vec<String> {
    let ty = component.component_type();
    let imports: Vec<(&str, ComponentItem)> =
        ty.imports(component.engine()).map(|(name, import)| (name, import.ty)).collect();
    linker.allow_shadowing(true);
    let mut explanations = Vec::new();
    while explanations.len() <= imports.len()
        && let Err(error) = linker.instantiate_pre(component)
    {
        let problem = format!("{error:#}");
        explanations.push(explain(imports.iter().map(|(name, _)| *name), &problem));
        let named = imports.iter().find(|(name, _)| problem.contains(&format!("`{name}`")));
        let Some((name, item)) = named else { break };
        if stand_in(&mut linker.root(), component, name, item).is_err() {
            break;
        }
    }
    explanations
}

/// Defines a placeholder that satisfies an import of this type. It is never called.
fn stand_in<T: 'static>(
    place: &mut LinkerInstance<'_, T>,
    component: &Component,
    name: &str,
    item: &ComponentItem,
) -> wasmtime::Result<()> {
    match item {
        ComponentItem::ComponentInstance(instance) => {
            let mut place = place.instance(name)?;
            for (name, export) in instance.exports(component.engine()) {
                stand_in(&mut place, component, name, &export.ty)?;
            }
            Ok(())
        }
        ComponentItem::ComponentFunc(function) if function.async_() => {
            place.func_new_concurrent(name, |_, _, _, _| Box::pin(async { Ok(()) }))
        }
        ComponentItem::ComponentFunc(_) => place.func_new(name, |_, _, _, _| Ok(())),
        ComponentItem::Resource(_) => place.resource(name, ResourceType::host::<()>(), |_, _| Ok(())),
        _ => Ok(()),
    }
}

fn named(package: &str, versions: &[&str]) -> String {
    format!("{package}@{}", versions.join(" and @"))
}

/// Returns whether a host of version `provided` can run a plugin of version `wanted`. As in Cargo,
/// the versions must agree up to the first number that is not 0.
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
    fn missing_import_is_reported_with_the_provided_packages() {
        check("wasi:keyvalue/store@0.2.3", "; it provides wasmysql:mysql@0.1.0, wasi:cli@0.2.12 and @0.3.0");
        check("wasmysql:mysql/engine@0.2.0", "provides wasmysql:mysql@0.1.0; build it against that");
        check(
            "wasmysql:mysql/engine@0.1.7",
            "differs from the interface that this host provides (wasmysql:mysql@0.1.0)",
        );
        check("wasi:cli/stdin@0.2.6", "differs from the interface that this host provides");
        check("log", "which this host does not provide");
    }

    #[test]
    fn imports_of_a_missing_package_are_one_line() {
        let imports = ["wasi:cli/stdin@0.2.6", "wasi:nn/tensor@0.2.0", "wasi:nn/graph@0.2.0", "spin:mysql/mysql@3.0.0"];
        let lines = missing(&imports);
        assert_eq!(lines.len(), 2, "{lines:?}");
        assert!(lines[0].starts_with("it imports wasi:nn/tensor@0.2.0, wasi:nn/graph@0.2.0, which"), "{lines:?}");
        assert!(lines[1].contains("built for Spin"), "{lines:?}");
        // The provided packages are listed once.
        assert!(!lines[0].contains("it provides") && lines[1].contains("it provides wasmysql"), "{lines:?}");
        assert!(missing(&["wasi:io/poll@0.2.0", "wasmysql:mysql/engine@0.1.0"]).is_empty());
    }

    #[test]
    fn provided_version_matches_the_wit_package() {
        let world = include_str!("../wit/world.wit");
        let package = named(PROVIDED[0].0, PROVIDED[0].1);
        assert!(world.contains(&format!("package {package};")), "{package}");
    }
}
