//! The binary of a component, before it is compiled.

use wasmparser::{ComponentTypeRef, Encoding, Parser, Payload};

/// The names of the imports and exports of a component.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Names {
    pub(crate) imports: Vec<String>,
    pub(crate) exports: Vec<String>,
}

/// Returns the names of a component, or `None` if the bytes are not a component.
///
/// Compiling takes seconds, so missing imports are reported before.
pub(crate) fn names(bytes: &[u8]) -> Option<Names> {
    let mut names = Names::default();
    // Modules and components inside the component have imports of their own.
    let mut depth = 0_u32;
    for payload in Parser::new(0).parse_all(bytes) {
        match payload.ok()? {
            Payload::Version { encoding: Encoding::Module, .. } if depth == 0 => return None,
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
            Payload::End(_) => depth = depth.saturating_sub(1),
            Payload::ComponentImportSection(section) if depth == 0 => {
                for import in section {
                    let import = import.ok()?;
                    // The types of a world are imports that need no host.
                    if !matches!(import.ty, ComponentTypeRef::Type(_)) {
                        names.imports.push(import.name.name.to_owned());
                    }
                }
            }
            Payload::ComponentExportSection(section) if depth == 0 => {
                for export in section {
                    names.exports.push(export.ok()?.name.name.to_owned());
                }
            }
            _ => {}
        }
    }
    Some(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_the_outer_component_count() {
        let text = r#"(component
            (import "wasi:cli/stdin@0.2.0" (instance))
            (component (import "inner" (func $f)) (export "inner" (func $f)))
            (core module (import "env" "f" (func)))
            (import "log" (func $log))
            (type $summary (record (field "rows" u32)))
            (import "summary" (type (eq $summary)))
            (export "log-again" (func $log)))"#;
        let bytes = wat::parse_str(text).expect("the text is a component");
        let expected = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
        let (imports, exports) = (expected(&["wasi:cli/stdin@0.2.0", "log"]), expected(&["log-again"]));
        assert_eq!(names(&bytes), Some(Names { imports, exports }));
    }

    #[test]
    fn modules_and_other_bytes_are_no_components() {
        let module = wat::parse_str("(module)").expect("the text is a module");
        for bytes in [&module[..], b"", b"\0asm", b"#!/bin/sh\n"] {
            assert_eq!(names(bytes), None, "{bytes:?}");
        }
    }
}
