//! The templates of plugins in JavaScript, Go and C. A plugin in Go or C contains a copy of the
//! packages in `guest/examples`.

use super::template::{Template, files};

pub(crate) const JAVASCRIPT: Template = Template::new(
    "wasmysql-template-js",
    &[files!(
        "js",
        ".gitignore",
        ".npmrc",
        "README.md",
        "app.js",
        "package.json",
        "migrations/0001_create_visits.sql",
        "tests/app.test.js"
    )],
);

pub(crate) const GO: Template = Template::new(
    "wasmysql-template-go",
    &[
        files!(
            "go",
            ".gitignore",
            "Makefile",
            "README.md",
            "go.mod",
            "main.go",
            "migrations/0001_create_visits.sql",
            "visits.go",
            "visits_test.go"
        ),
        files!("templates/go/wasmysql" => "wasmysql", ".gitignore", "go.mod", "build.sh", "generate.sh", "batch/column.go", "batch/datetime.go", "batch/kind.go", "batch/read.go", "batch/value.go", "batch/write.go", "command/command.go", "command/empty.s", "driver/driver.go", "driver/rows.go", "internal/transfer/empty.s", "internal/transfer/transfer.go", "mysql/conn.go", "mysql/convert.go", "mysql/engine.go", "mysql/error.go", "mysql/parameters.go", "mysql/rows.go", "mysql/scan.go", "mysql/tx.go", "mysqltest/mysqltest.go", "wit/world.wit", "wit/deps/cli/run.wit"),
        files!("wit" => "wasmysql/wit/deps/wasmysql-mysql", "blocking.wit", "connection.wit", "engine.wit", "options.wit", "types.wit", "world.wit"),
    ],
);

pub(crate) const C: Template = Template::new(
    "wasmysql-template-c",
    &[
        files!(
            "c",
            ".gitignore",
            "Makefile",
            "README.md",
            "main.c",
            "migrations/0001_create_visits.sql",
            "tests.c",
            "visits.c",
            "visits.h"
        ),
        files!("templates/c/wasmysql" => "wasmysql", ".gitignore", "build.sh", "batch.h", "batch_read.c", "batch_write.c", "test.h", "test.c", "values.c", "wasmysql.h", "wasmysql.c"),
        files!("wit" => "wasmysql/wit", "blocking.wit", "connection.wit", "engine.wit", "options.wit", "types.wit", "world.wit"),
    ],
);

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;

    /// Lists the files of a directory with their paths, without links, tests of the repository and
    /// generated files.
    fn list(directory: &Path, prefix: &str, found: &mut Vec<String>) {
        for entry in fs::read_dir(directory).unwrap_or_else(|error| panic!("{}: {error}", directory.display())) {
            let path = entry.expect("an entry").path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let is_generated = ["node_modules", "bindings", "build"].contains(&&*name) || name.ends_with(".wasm");
            if path.is_symlink() || is_generated {
                continue;
            }
            if path.is_dir() {
                list(&path, &format!("{prefix}{name}/"), found);
            } else {
                found.push(format!("{prefix}{name}"));
            }
        }
    }

    #[track_caller]
    fn check(directory: &str, files: super::super::template::Files, part: &str, is_left_out: impl Fn(&str) -> bool) {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(directory);
        let mut expected = Vec::new();
        list(&path, part, &mut expected);
        expected.retain(|file| !is_left_out(file));
        expected.sort();
        let mut found: Vec<&str> = files.iter().map(|(path, _)| *path).collect();
        found.sort();
        assert_eq!(expected, found, "{directory}");
    }

    #[test]
    fn plugins_contain_all_files_of_the_packages() {
        check("guest/templates/js", JAVASCRIPT.files[0], "", |_| false);
        check("guest/templates/go", GO.files[0], "", |_| false);
        check("guest/templates/c", C.files[0], "", |_| false);
        let only_here = ["bench/", "people/", "tests/", "test.sh", "go.work"];
        check("guest/examples/go", GO.files[1], "wasmysql/", |file| {
            let inner = file.trim_start_matches("wasmysql/");
            inner.ends_with("_test.go") || only_here.iter().any(|left_out| inner.starts_with(left_out))
        });
        let only_here = ["bench.c", "people.c", "tests/", "test.sh"];
        check("guest/examples/c", C.files[1], "wasmysql/", |file| {
            only_here.iter().any(|left_out| file.trim_start_matches("wasmysql/").starts_with(left_out))
        });
    }
}
