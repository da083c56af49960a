//! The packages on which new plugins depend: those of the checkout, or the published ones.

use std::fs;
use std::path::Path;

use crate::exit::Failure;

/// The SDK in the checkout from which this program was built. The directory may no longer exist.
const SDK_OF_CHECKOUT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../guest/rust");

/// The published SDK, which has the version of this program.
const PUBLISHED_SDK: &str = concat!("version = \"", env!("CARGO_PKG_VERSION"), "\"");

/// The package for JavaScript in the checkout.
const JS_OF_CHECKOUT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../guest/js");

/// Returns the source of the SDK for Cargo.toml.
pub(super) fn of_rust(given: Option<&Path>) -> Result<String, Failure> {
    let path = match given {
        Some(path) => {
            if !is_sdk(path) {
                let message = "does not contain the package `wasmysql`; in a checkout of wasmysql it is guest/rust";
                return Err(Failure::Usage(format!("--sdk {}: {message}", path.display())));
            }
            path
        }
        None if is_sdk(Path::new(SDK_OF_CHECKOUT)) => Path::new(SDK_OF_CHECKOUT),
        None => return Ok(PUBLISHED_SDK.to_owned()),
    };
    let path = fs::canonicalize(path).map_err(|error| Failure::Host(format!("{}: {error}", path.display())))?;
    match path.to_str().filter(|path| !path.contains(char::is_control)) {
        Some(path) => {
            let escaped = path.replace('\\', r"\\").replace('"', r#"\""#);
            Ok(format!(r#"path = "{escaped}""#))
        }
        None => Err(Failure::Host(format!(
            "can't write the path of the SDK into Cargo.toml, because it is not UTF-8 or contains control characters: {}",
            path.display()
        ))),
    }
}

fn is_sdk(path: &Path) -> bool {
    fs::read_to_string(path.join("Cargo.toml")).is_ok_and(|package| package.contains("name = \"wasmysql\"\n"))
}

/// Returns the source of the package for package.json.
pub(super) fn of_javascript() -> String {
    let checkout = fs::canonicalize(JS_OF_CHECKOUT).ok().filter(|path| path.join("package.json").is_file());
    match checkout.as_deref().and_then(Path::to_str) {
        Some(path) if !path.contains(['"', '\\']) => format!("file:{path}"),
        _ => concat!("^", env!("CARGO_PKG_VERSION")).to_owned(),
    }
}
