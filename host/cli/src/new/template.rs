//! What a new plugin is made of: the packages of `guest/templates`, which this repository builds and tests.

/// A package that becomes a plugin under a name of its own.
#[derive(Debug)]
pub(crate) struct Template {
    /// The package's name, in whatever file it is.
    name: &'static str,
    /// Path and content.
    files: &'static [(&'static str, &'static str)],
}

/// How the templates depend on the SDK.
const SDK: &str = r#"wasmysql = { path = "../../rust" }"#;

/// What a package says only when it is in no workspace.
const PACKAGE: &str = include_str!("../../../../guest/templates/package.toml");

/// Pairs of a path in the plugin and the template's file.
macro_rules! files {
    ($template:literal, $($path:literal),* $(,)?) => {
        &[$(($path, include_str!(concat!("../../../../guest/templates/", $template, "/", $path)))),*]
    };
}

pub(crate) const COMMAND: Template = Template {
    name: "wasmysql-template-command",
    files: files!(
        "command",
        "Cargo.toml",
        ".cargo/config.toml",
        "src/main.rs",
        "schema.sql",
        "README.md",
        ".gitignore",
    ),
};

pub(crate) const WORLD: Template = Template {
    name: "wasmysql-template-world",
    files: files!(
        "world",
        "Cargo.toml",
        ".cargo/config.toml",
        "src/lib.rs",
        "wit/world.wit",
        "wit/deps/wasmysql-mysql/blocking.wit",
        "wit/deps/wasmysql-mysql/connection.wit",
        "wit/deps/wasmysql-mysql/engine.wit",
        "wit/deps/wasmysql-mysql/options.wit",
        "wit/deps/wasmysql-mysql/types.wit",
        "wit/deps/wasmysql-mysql/world.wit",
        "schema.sql",
        "README.md",
        ".gitignore",
    ),
};

impl Template {
    /// The files of a plugin: path and content. `sdk` is the line that depends on the SDK.
    pub(crate) fn files(&self, name: &str, sdk: &str) -> impl Iterator<Item = (&'static str, String)> {
        let underscores = |name: &str| name.replace('-', "_");
        self.files.iter().map(move |&(path, content)| {
            let content = content.replace(self.name, name).replace(&underscores(self.name), &underscores(name));
            match path {
                "Cargo.toml" => (path, content.replace(SDK, sdk) + PACKAGE),
                _ => (path, content),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_the_template_s_name_is_left() {
        for template in [COMMAND, WORLD] {
            let files: Vec<_> = template.files("page-visits", r#"wasmysql = "0.1""#).collect();
            for (path, content) in &files {
                assert!(!content.contains("template"), "{path}: {content}");
                assert!(!content.contains("../../rust"), "{path}: {content}");
            }
            let (_, cargo) = &files[0];
            assert!(cargo.contains("name = \"page-visits\"") && cargo.contains("wasmysql = \"0.1\""), "{cargo}");
            assert!(cargo.ends_with("[workspace]\n"), "{cargo}");
        }
    }

    #[test]
    fn the_whole_contract_is_in_a_world_s_plugin() {
        let wit = concat!(env!("CARGO_MANIFEST_DIR"), "/../../wit");
        let mut there: Vec<_> = std::fs::read_dir(wit).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        there.sort();
        let copied = WORLD.files.iter().filter_map(|(path, _)| path.strip_prefix("wit/deps/wasmysql-mysql/"));
        assert_eq!(there, copied.collect::<Vec<_>>());
    }
}
