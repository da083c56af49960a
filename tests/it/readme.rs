//! Tests of the examples in README.md, `docs/` and the SDK's guide of plugins: the documents
//! contain the tested files.

use wasmtime::component::Component;
use wasmysql_host::Config;
use wasmysql_tests::{Api, Schema, shared_server};

use crate::{programs, readme_embedding};

const README: &str = include_str!("../../README.md");
const WRITING_PLUGINS: &str = include_str!("../../docs/writing-plugins.md");
const EMBEDDING: &str = include_str!("../../docs/embedding.md");
const OPERATING: &str = include_str!("../../docs/operating.md");

#[tokio::test(flavor = "multi_thread")]
async fn plugin_of_the_readme_runs() {
    let program = include_str!("../programs/src/bin/readme_plugin.rs");
    assert!(README.contains(program), "README.md does not contain readme_plugin.rs");
    let guest = Schema::new().await.guest(programs::README_PLUGIN);
    assert_eq!(guest.run().await.success(), "1: Ada\n2: Grace\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn typed_plugin_of_the_docs_runs() {
    let program = include_str!("../programs/src/bin/readme_typed_plugin.rs");
    assert!(WRITING_PLUGINS.contains(program), "docs/writing-plugins.md does not contain readme_typed_plugin.rs");
    let guest = Schema::new().await.guest(programs::README_TYPED_PLUGIN);
    assert_eq!(guest.run().await.success(), "1 booked\n1: free\n2: Ada\n3: free\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn blocking_plugin_of_the_docs_runs() {
    let program = include_str!("../programs/src/bin/readme_blocking_plugin.rs");
    assert!(WRITING_PLUGINS.contains(program), "docs/writing-plugins.md does not contain readme_blocking_plugin.rs");
    let guest = Schema::new().await.guest(programs::README_BLOCKING_PLUGIN).api(Api::Blocking);
    let printed = guest.run().await.success();
    let message = "not that much: BIGINT UNSIGNED value is out of range in";
    assert!(printed.starts_with(message) && printed.ends_with("(1690, 22003)\n1: 70\n2: 30\n"), "{printed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn program_of_the_guide_for_spin_runs() {
    let expected = "1 row, id 1\n\
        Splodge costs None\n\
        1: Splodge, finicky: true\n\
        a second Splodge: Some(1062)\n\
        now 19.90\n";
    assert_eq!(Schema::new().await.guest(programs::FROM_SPIN).run().await.success(), expected);
}

#[test]
fn guests_contain_the_examples_of_other_languages() {
    let page = include_str!("../../docs/languages.md");
    for (language, guest) in [
        ("python", include_str!("../languages/python/guest.py")),
        ("js", include_str!("../languages/javascript/guest.js")),
    ] {
        let example = page.split(&format!("```{language}\n")).nth(1).and_then(|rest| rest.split("```").next());
        let example = example.expect("an example");
        assert!(guest.contains(example), "the guest does not contain this example of docs/languages.md: {example}");
    }
}

#[test]
fn guide_contains_the_template_of_a_world() {
    let guide = include_str!("../../guest/rust/docs/plugins.md");
    for file in [
        include_str!("../../guest/templates/world/src/lib.rs"),
        include_str!("../../guest/templates/world/wit/world.wit"),
    ] {
        assert!(guide.contains(file), "guest/rust/docs/plugins.md does not contain: {file}");
    }
}

#[test]
fn configuration_file_of_the_docs_is_valid() {
    let toml = OPERATING.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).expect("a TOML block");
    // The password file of the example does not exist here.
    let toml = toml.replace("password_file = \"/run/secrets/shop\"", "password = \"secret\"");
    let config = Config::from_toml(&toml).expect("a valid configuration");
    assert_eq!((config.databases().count(), config.grants().count()), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn embedding_of_the_docs_runs_a_guest() {
    let example = include_str!("readme_embedding.rs");
    assert!(EMBEDDING.contains(example), "docs/embedding.md does not contain readme_embedding.rs");
    // README.md contains the part after `engine`.
    let start = example.find("/// Creates the linker").expect("the function `host`");
    assert!(README.contains(&example[start..]), "README.md does not contain `host` and `run` of readme_embedding.rs");

    let (engine, _ticker) = readme_embedding::engine().expect("an engine");
    let (linker, shop) = readme_embedding::host(&engine, &shared_server().url()).expect("a linker and a database");
    let guest = |body: &str| {
        let text = format!(
            "(component
                (core module $m (func (export \"report\") {body}))
                (core instance $i (instantiate $m))
                (func (export \"report\") (canon lift (core func $i \"report\"))))"
        );
        Component::new(&engine, wat::parse_str(text).expect("WebAssembly")).expect("a component")
    };
    readme_embedding::run(&linker, &guest(""), &shop).await.expect("the report returns");
    let error = readme_embedding::run(&linker, &guest("unreachable"), &shop).await.expect_err("the report traps");
    assert!(error.downcast_ref::<wasmtime::Trap>().is_some(), "{error:?}");
}
