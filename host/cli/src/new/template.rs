//! The templates of new plugins: the packages in `guest/templates`, which this workspace builds and
//! tests. `templates` links to their files, so that the package of this crate contains them.

/// A package that is renamed to become a plugin.
#[derive(Debug)]
pub(crate) struct Template {
    /// The name of the package, which is replaced in all files.
    name: &'static str,
    /// The paths and contents, in several lists.
    pub(super) files: &'static [Files],
}

/// Pairs of a path in the plugin and its content.
pub(super) type Files = &'static [(&'static str, &'static str)];

/// The source of the SDK for Rust in the templates.
const SDK: &str = r#"path = "../../rust""#;
/// The source of the package for JavaScript in the template.
const PACKAGE_OF_JS: &str = "file:../../js";

/// The part of Cargo.toml that a package needs only outside of this workspace.
const PACKAGE: &str = include_str!("../../templates/package.toml");

/// Lists the files of a template, or with `=>`, of another directory that a plugin gets as a part.
macro_rules! files {
    ($directory:literal => $part:literal, $($path:literal),* $(,)?) => {
        &[$((
            concat!($part, "/", $path),
            include_str!(concat!("../../", $directory, "/", $path)),
        )),*]
    };
    ($template:literal, $($path:literal),* $(,)?) => {
        &[$(($path, include_str!(concat!("../../templates/", $template, "/", $path)))),*]
    };
}
pub(super) use files;

/// Lists the files of a template in Rust whose links have other names: cargo leaves directories
/// with a Cargo.toml out of packages, and git does not follow a link named `.gitignore`.
macro_rules! package {
    ($template:literal) => {
        &[
            ("Cargo.toml", include_str!(concat!("../../templates/", $template, "/manifest.toml"))),
            (".gitignore", include_str!(concat!("../../templates/", $template, "/gitignore"))),
        ]
    };
}

pub(crate) const COMMAND: Template = Template {
    name: "wasmysql-template-command",
    files: &[
        package!("command"),
        files!("command", ".cargo/config.toml", "src/main.rs", "migrations/0001_create_visits.sql", "README.md",),
    ],
};

pub(crate) const HTTP: Template = Template {
    name: "wasmysql-template-http",
    files: &[
        package!("http"),
        files!("http", ".cargo/config.toml", "src/main.rs", "migrations/0001_create_visits.sql", "README.md",),
    ],
};

pub(crate) const WORLD: Template = Template {
    name: "wasmysql-template-world",
    files: &[
        package!("world"),
        files!(
            "world",
            ".cargo/config.toml",
            "src/lib.rs",
            "wit/world.wit",
            "migrations/0001_create_flights.sql",
            "README.md",
        ),
        files!("wit" => "wit/deps/wasmysql-mysql", "blocking.wit", "connection.wit", "engine.wit", "options.wit", "types.wit", "world.wit"),
    ],
};

pub(crate) const PYTHON: Template = Template {
    name: "wasmysql-template-python",
    files: &[files!(
        "python",
        "app.py",
        "tests/test_app.py",
        "migrations/0001_create_visits.sql",
        "README.md",
        ".gitignore"
    )],
};

pub(crate) const PYTHON_HTTP: Template = Template {
    name: "wasmysql-template-python-http",
    files: &[files!(
        "python-http",
        "app.py",
        "requirements.txt",
        "tests/test_app.py",
        "migrations/0001_create_visits.sql",
        "README.md",
        ".gitignore"
    )],
};

impl Template {
    /// Creates a template of these lists of files, in which `name` is replaced.
    pub(super) const fn new(name: &'static str, files: &'static [Files]) -> Self {
        Self { name, files }
    }

    /// Returns the paths and contents of a plugin's files. `sdk` is the source of the SDK for the
    /// language: `version = "0.1"`, or in JavaScript, `^0.1.0`.
    pub(crate) fn files(&self, name: &str, sdk: &str) -> impl Iterator<Item = (&'static str, String)> {
        let underscores = |name: &str| name.replace('-', "_");
        self.files.iter().copied().flatten().map(move |&(path, content)| {
            let content = content.replace(self.name, name).replace(&underscores(self.name), &underscores(name));
            match path {
                "Cargo.toml" => (path, content.replace(SDK, sdk) + PACKAGE),
                "package.json" => (path, content.replace(PACKAGE_OF_JS, sdk)),
                _ => (path, content),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::languages::{C, GO, JAVASCRIPT};
    use super::*;

    #[test]
    fn files_contain_no_template_names_or_paths() {
        for template in [COMMAND, HTTP, WORLD, PYTHON, PYTHON_HTTP, JAVASCRIPT, GO, C] {
            let files: Vec<_> = template.files("page-visits", r#"version = "0.1""#).collect();
            for (path, content) in &files {
                assert!(!content.contains("template"), "{path}: {content}");
                assert!(!content.contains("../../rust") && !content.contains("file:../../js"), "{path}: {content}");
            }
            let ("Cargo.toml", cargo) = &files[0] else { continue };
            assert!(
                cargo.contains("name = \"page-visits\"") && cargo.contains("wasmysql = { version = \"0.1\""),
                "{cargo}"
            );
            assert!(cargo.ends_with("[workspace]\n"), "{cargo}");
        }
    }

    #[test]
    fn world_template_contains_all_wit_files() {
        let wit = concat!(env!("CARGO_MANIFEST_DIR"), "/../../wit");
        let names = std::fs::read_dir(wit).unwrap().map(|entry| entry.unwrap().file_name());
        let mut expected: Vec<_> = names.filter(|name| Path::new(name).extension() == Some("wit".as_ref())).collect();
        expected.sort();
        let copied = WORLD.files[2].iter().filter_map(|(path, _)| path.strip_prefix("wit/deps/wasmysql-mysql/"));
        assert_eq!(expected, copied.collect::<Vec<_>>());
    }
}
