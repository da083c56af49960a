//! Reports the imports, exports and grants of a component.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use wasmtime::InstanceAllocationStrategy;

use super::needs::needs;
use super::report::Report;
use crate::binary;
use crate::databases::Offer;
use crate::entry::Entry;
use crate::imports;
use crate::plugin::{self, USE_BLOCKING};
use crate::serve;
use crate::text::without_passwords;

const NOT_RUNNABLE: &str = "no: `wasmysql run` can't run it";

/// Reports on the plugin in a file and on its grants.
pub(super) fn report<W: Write>(report: &mut Report<W>, path: &Path, offer: Option<&Offer>) -> io::Result<()> {
    report.section(&without_passwords(&format!("plugin {}", path.display())))?;
    let read = fs::read(path).map_err(|error| error.to_string());
    let names = read.as_ref().ok().and_then(|bytes| binary::names(bytes)).unwrap_or_default();
    let missing = imports::missing(&names.imports);
    if !missing.is_empty() {
        report.line("runnable", NOT_RUNNABLE)?;
        return missing.iter().try_for_each(|problem| report.error(problem));
    }
    let opened = read.and_then(|bytes| {
        // The component is not run, so its engine needs no ticker.
        let engine = plugin::engine(InstanceAllocationStrategy::OnDemand).map_err(|error| format!("{error:#}"))?;
        let linker = plugin::linker(&engine).map_err(|error| format!("{error:#}"))?;
        Ok((plugin::compile(&engine, &bytes)?, linker, bytes.len()))
    });
    let (component, linker, size) = match opened {
        Ok(opened) => opened,
        Err(problem) => return report.error(&problem),
    };
    let ty = component.component_type();
    let imports: Vec<&str> = ty.imports(component.engine()).map(|(name, _)| name).collect();
    let exports: Vec<&str> = ty.exports(component.engine()).map(|(name, _)| name).collect();
    report.line("kind", &format!("component of {}", bytes(size)))?;
    report.table("exports", &packages(&exports))?;
    report.table("imports", &packages(&imports))?;
    report.table("capabilities", &needs(&imports))?;
    if uses(&imports, &["engine", "blocking-engine"]) {
        report.line("", "a component does not declare which databases it opens; it names them when it runs")?;
    }

    let mut problems = imports::unsatisfied(&component, linker);
    let handler = serve::handler(&component);
    let entries = Entry::of(&component).unwrap_or_else(|problem| {
        if handler.is_none() {
            problems.push(without_entry(problem, &exports));
        }
        Vec::new()
    });
    let runnable = match (handler, entries.first()) {
        _ if !problems.is_empty() => NOT_RUNNABLE.to_owned(),
        (Some(handler), _) => format!("yes: `wasmysql serve` calls {}", version_of(handler, &exports)),
        (None, Some(entry)) => format!("yes: `wasmysql run` calls {}", export_of(*entry, &exports)),
        (None, None) => NOT_RUNNABLE.to_owned(),
    };
    report.line("runnable", &runnable)?;
    for problem in problems {
        report.error(&problem)?;
    }
    if (entries == [Entry::P2] && handler.is_none() || handler == Some(serve::P2))
        && uses(&imports, &["engine"])
        && !uses(&imports, &["blocking-engine"])
    {
        report.warning(&format!(
            "its entry is not async, but it imports the async API of wasmysql:mysql, so it traps when a call waits;\n\
             {USE_BLOCKING}"
        ))?;
    }
    match offer {
        Some(offer) => granted(report, path, uses(&imports, &["engine", "blocking-engine"]), offer),
        None => Ok(()),
    }
}

/// Reports the grants of a plugin. Its name is the file name without `.wasm`.
fn granted<W: Write>(report: &mut Report<W>, path: &Path, uses_mysql: bool, offer: &Offer) -> io::Result<()> {
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    let mut rows = Vec::new();
    for (database, opened) in &offer.databases {
        let of = |guest: &str| offer.grants.iter().rfind(|grant| grant.database == *database && grant.guest == guest);
        if let Some(grant) = of(&name).or_else(|| of("*")) {
            let to = if grant.guest == "*" { "to every plugin" } else { "to this plugin" };
            rows.push(vec![database.clone(), grant.statements.to_string(), opened.location(), to.to_owned()]);
        }
    }
    report.table("granted", &rows)?;
    if rows.is_empty() && uses_mysql && offer.problems.is_empty() {
        report
            .error(&format!("it uses databases, but no grant is for \"{name}\" or \"*\"; add a grant for its name"))?;
    }
    Ok(())
}

/// Groups interface names by package. Returns a row for each package.
fn packages(names: &[&str]) -> Vec<Vec<String>> {
    let mut packages: Vec<(String, Vec<&str>)> = Vec::new();
    for name in names {
        let (path, version) = name.split_once('@').map_or((*name, None), |(path, version)| (path, Some(version)));
        let (package, interface) = path.split_once('/').unwrap_or((path, ""));
        let package = version.map_or_else(|| package.to_owned(), |version| format!("{package}@{version}"));
        match packages.iter_mut().find(|(known, _)| *known == package) {
            Some((_, interfaces)) => interfaces.push(interface),
            None => packages.push((package, vec![interface])),
        }
    }
    // Packages other than WASI come first, because the WASI packages are similar in all plugins.
    packages.sort_by_key(|(package, _)| (package.starts_with("wasi:"), package.clone()));
    let row = |(package, interfaces): (String, Vec<&str>)| {
        let api = match (interfaces.contains(&"engine"), interfaces.contains(&"blocking-engine")) {
            _ if !package.starts_with("wasmysql:mysql@") => "",
            (true, true) => " (both APIs: async and blocking)",
            (true, false) => " (the async API)",
            (false, true) => " (the blocking API)",
            (false, false) => "",
        };
        vec![package, format!("{}{api}", interfaces.join(", "))]
    };
    packages.into_iter().map(row).collect()
}

/// Adds advice to the error of a component without an entry: it was built incorrectly, or its
/// exports are for another host.
fn without_entry(problem: String, exports: &[&str]) -> String {
    let advice = match exports.is_empty() {
        true => "a Rust program with a `main` exports it when built for wasm32-wasip2",
        false => {
            "its exports are for another host; `wasmysql new --world NAME` creates such a plugin with an example of a host"
        }
    };
    format!("{problem};\n{advice}")
}

/// Returns the name of the export of an entry.
fn export_of<'e>(entry: Entry, exports: &[&'e str]) -> &'e str {
    let generation = match entry {
        Entry::P3 => "wasi:cli/run@0.3.",
        Entry::P2 => "wasi:cli/run@0.2.",
    };
    exports.iter().find(|export| export.starts_with(generation)).copied().unwrap_or("wasi:cli/run")
}

/// Returns the export that is compatible with this interface.
fn version_of<'e>(interface: &'e str, exports: &[&'e str]) -> &'e str {
    let name = interface.split('@').next().unwrap_or(interface);
    let compatible = |export: &&&str| export.split('@').next() == Some(name);
    exports.iter().find(compatible).copied().unwrap_or(interface)
}

fn uses(imports: &[&str], interfaces: &[&str]) -> bool {
    imports.iter().any(|import| {
        let interface = import.strip_prefix("wasmysql:mysql/").map(|rest| rest.split('@').next().unwrap_or(rest));
        interface.is_some_and(|interface| interfaces.contains(&interface))
    })
}

/// Formats a size in a suitable unit.
fn bytes(size: usize) -> String {
    match size {
        0..1024 => format!("{size} bytes"),
        1024..1_048_576 => format!("{} KiB", size / 1024),
        _ => format!("{}.{} MiB", size / 1_048_576, size % 1_048_576 * 10 / 1_048_576),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn interfaces_are_grouped_by_package() {
        let names =
            ["wasi:io/poll@0.2.6", "wasmysql:mysql/engine@0.1.0", "log", "wasi:io/error@0.2.6", "wasi:io/poll@0.3.0"];
        let rows: Vec<String> = packages(&names).iter().map(|row| row.join(" ").trim_end().to_owned()).collect();
        let ours = "wasmysql:mysql@0.1.0 engine (the async API)";
        assert_eq!(rows, ["log", ours, "wasi:io@0.2.6 poll, error", "wasi:io@0.3.0 poll"]);
    }

    #[test]
    fn sizes_have_suitable_units() {
        assert_eq!([bytes(8), bytes(2048), bytes(1_600_000)], ["8 bytes", "2 KiB", "1.5 MiB"]);
    }
}
