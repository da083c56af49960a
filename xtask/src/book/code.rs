//! The test that the code of guides is part of programs that the tests compile.

use std::fs;
use std::path::Path;

use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag};

use crate::cargo::root;

/// The guides whose code comes from programs.
const GUIDES: [&str; 6] = ["transactions", "results", "bulk", "types", "testing", "from-spin"];
/// The directories of the programs. `cargo xtask test` compiles and runs all of them.
const PROGRAMS: [&str; 4] =
    ["guest/rust/examples", "tests/programs/src/bin", "guest/templates/command/src", "guest/templates/http/src"];
/// The line that stands for omitted lines.
const OMITTED: &str = "// ...";

/// Returns the lines without indentation, each with a line break.
fn flat(text: &str) -> String {
    text.lines().map(|line| format!("{}\n", line.trim())).collect()
}

/// Returns the Rust blocks of a guide. A block has one part between two omissions.
fn blocks(text: &str) -> Vec<String> {
    let (mut blocks, mut is_rust) = (Vec::new(), false);
    for event in Parser::new(text) {
        match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(language))) => is_rust = &*language == "rust",
            Event::Text(code) if is_rust => {
                is_rust = false;
                blocks.extend(flat(&code).split(&format!("{OMITTED}\n")).map(str::to_owned));
            }
            _ => {}
        }
    }
    blocks.retain(|block| !block.trim().is_empty());
    blocks
}

fn programs(directory: &Path) -> Vec<String> {
    let files = fs::read_dir(directory).unwrap_or_else(|error| panic!("{}: {error}", directory.display()));
    files.map(|file| flat(&fs::read_to_string(file.unwrap().path()).unwrap())).collect()
}

#[test]
fn code_of_guides_is_part_of_a_program() {
    let programs: Vec<_> = PROGRAMS.iter().flat_map(|directory| programs(&root().join(directory))).collect();
    for guide in GUIDES {
        let text = fs::read_to_string(root().join(format!("docs/{guide}.md"))).unwrap();
        let blocks = blocks(&text);
        assert!(!blocks.is_empty(), "docs/{guide}.md has no Rust code");
        for block in blocks {
            // The line breaks keep a block from beginning or ending inside a line.
            let whole = format!("\n{}\n", block.trim());
            let found = programs.iter().any(|program| format!("\n{program}").contains(&whole));
            assert!(found, "docs/{guide}.md: no program contains\n{block}");
        }
    }
}

#[test]
fn blocks_are_split_at_omissions() {
    let text = "```rust\nfn a() {\n    // ...\n    b();\n```\n\n```sql\nSELECT 1\n```\n";
    assert_eq!(blocks(text), ["fn a() {\n", "b();\n"]);
}
