//! Tells why a plugin's imports can't be satisfied, in terms of packages and versions.

use wasmtime::component::types::ComponentItem;
use wasmtime::component::{Component, Linker, LinkerInstance, ResourceType};

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

/// Explains each import that the linker can't satisfy. It names only the first, so something is put in the place of that one, and
/// it is asked again.
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

/// Defines what satisfies any import of this type, and is never called.
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
