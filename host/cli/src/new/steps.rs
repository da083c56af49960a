//! The message about a new plugin and the next steps.

use std::env;

use super::{Arguments, Language};

/// A command and its purpose.
type Step = (&'static str, &'static str);

const TEST: &str = "runs the tests, each in a fresh schema with the migrations";
const RUN: &str = "runs the plugin with a private server and the migrations";
const SERVE: &str = "serves the plugin with a private server and the migrations";

/// Returns the message.
pub(super) fn message(Arguments { folder, world, http, lang, .. }: &Arguments, name: &str) -> String {
    let shown = folder.display();
    let (steps, main): (&[Step], &str) = match (lang, world, http) {
        (Language::Rust, true, _) => (
            &[("cargo test", TEST)],
            "wit/world.wit declares the exports, src/lib.rs implements them, README.md shows a host that calls them",
        ),
        (Language::Rust, false, true) => (&[("cargo run", SERVE), ("cargo test", TEST)], "src/main.rs is the plugin"),
        (Language::Rust, false, false) => (&[("cargo run", RUN), ("cargo test", TEST)], "src/main.rs is the plugin"),
        (Language::Python, _, true) => (
            &[
                ("pip install -r requirements.txt", "installs Starlette"),
                ("wasmysql serve app.py", SERVE),
                ("wasmysql test", TEST),
            ],
            "app.py is the plugin",
        ),
        (Language::Python, _, false) => {
            (&[("wasmysql run app.py", RUN), ("wasmysql test", TEST)], "app.py is the plugin")
        }
        (Language::Js, ..) => (
            &[("npm install", "installs the package and its build tools"), ("npm start", RUN), ("npm test", TEST)],
            "app.js is the plugin",
        ),
        (Language::Go, ..) => (
            &[("make run", RUN), ("make test", TEST)],
            "main.go is the program, wasmysql/ has the packages that it uses",
        ),
        (Language::C, ..) => {
            (&[("make run", RUN), ("make test", TEST)], "main.c is the program, wasmysql/ has the code that it uses")
        }
    };
    let mut text = format!("Created the plugin {name} in {shown}.\n\n  cd {shown}\n");
    let width = steps.iter().map(|(command, _)| command.len()).max().unwrap_or_default();
    for (command, purpose) in steps {
        text += &format!("  {command:width$}  # {purpose}\n");
    }
    text += &format!("\n{main}. README.md describes its development.\n");
    if *lang == Language::Rust {
        text += "If the target is not installed: rustup target add wasm32-wasip2\n";
    }
    if *lang != Language::Python && !is_in_path("wasmysql") {
        text += "The commands call `wasmysql`, which is not in PATH; in a checkout of wasmysql run cargo install --locked --path host/cli\n";
    }
    text
}

fn is_in_path(program: &str) -> bool {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path).any(|directory| directory.join(program).is_file())
}
