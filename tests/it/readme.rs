//! What README shows compiles, runs, and is what these files say.

use wasmtime::component::Component;
use wasmysql_tests::{Api, Schema, shared_server};

use crate::{programs, readme_embedding};

const README: &str = include_str!("../../README.md");

#[tokio::test(flavor = "multi_thread")]
async fn the_plugin_runs() {
    assert!(README.contains(include_str!("../programs/src/bin/readme_plugin.rs")), "README shows another plugin");
    let guest = Schema::new().await.guest(programs::README_PLUGIN);
    assert_eq!(guest.run().await.success(), "1: Ada\n2: Grace\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_typed_plugin_runs() {
    assert!(README.contains(include_str!("../programs/src/bin/readme_typed_plugin.rs")), "README shows another plugin");
    let guest = Schema::new().await.guest(programs::README_TYPED_PLUGIN);
    assert_eq!(guest.run().await.success(), "1 booked\n1: free\n2: Ada\n3: free\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_blocking_plugin_runs() {
    assert!(
        README.contains(include_str!("../programs/src/bin/readme_blocking_plugin.rs")),
        "README shows another plugin"
    );
    let guest = Schema::new().await.guest(programs::README_BLOCKING_PLUGIN).api(Api::Blocking);
    let printed = guest.run().await.success();
    let told = "not that much: BIGINT UNSIGNED value is out of range in";
    assert!(printed.starts_with(told) && printed.ends_with("(1690, 22003)\n1: 70\n2: 30\n"), "{printed}");
}

#[test]
fn the_guide_shows_the_template_of_a_world() {
    let guide = include_str!("../../guest/rust/docs/plugins.md");
    for shown in [
        include_str!("../../guest/templates/world/src/lib.rs"),
        include_str!("../../guest/templates/world/wit/world.wit"),
    ] {
        assert!(guide.contains(shown), "guest/rust/docs/plugins.md shows another: {shown}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_embedding_links() {
    assert!(README.contains(include_str!("readme_embedding.rs")), "README shows another embedding");
    let (engine, _ticker) = readme_embedding::engine().expect("an engine");
    let (linker, shop) = readme_embedding::host(&engine, &shared_server().url()).expect("linked");
    let guest = |body: &str| {
        let text = format!(
            "(component
                (core module $m (func (export \"report\") {body}))
                (core instance $i (instantiate $m))
                (func (export \"report\") (canon lift (core func $i \"report\"))))"
        );
        Component::new(&engine, wat::parse_str(text).expect("WebAssembly")).expect("a component")
    };
    readme_embedding::run(&linker, &guest(""), &shop).await.expect("a report");
    let error = readme_embedding::run(&linker, &guest("unreachable"), &shop).await.expect_err("a trap");
    assert!(error.downcast_ref::<wasmtime::Trap>().is_some(), "{error:?}");
}
