//! Tests of reloads: when the file changes, and on SIGHUP.

use std::fs;
use std::path::PathBuf;

use rustix::process::Signal;
use tempfile::TempDir;
use wasmysql_tests::Schema;

use crate::client::get;
use crate::serving::PATIENCE;
use crate::{NO_SERVER, P2, P3, Serving, database};

/// A file that is served and replaced.
struct Plugin {
    _directory: TempDir,
    path: PathBuf,
}

impl Plugin {
    fn new(program: &str) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("plugin.wasm");
        fs::copy(program, &path).unwrap();
        Self { _directory: directory, path }
    }

    fn path(&self) -> &str {
        self.path.to_str().unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn reload_lets_requests_in_progress_finish() {
    let mut schema = Schema::new().await;
    for watched in [true, false] {
        let plugin = Plugin::new(P3);
        let database = database(&schema);
        let mut arguments = vec!["--timeout", "120", "--database", &database];
        arguments.extend(watched.then_some("--watch"));
        let mut serving = Serving::start(plugin.path(), &arguments).await;
        let mut client = serving.client().await;
        // This page exists only in the first version.
        let version = serving.get("/version").await.ok();
        assert!(!version.contains("no page"), "{version}");
        schema.run("DO GET_LOCK('reload', 0)").await;
        let waiting = tokio::spawn(async move { client.send(get("/lock?reload")).await.ok() });
        schema.running("GET_LOCK(", 1, PATIENCE).await;

        fs::copy(P2, &plugin.path).unwrap();
        if !watched {
            serving.signal(Signal::HUP);
        }
        serving.printed(&["reloaded ", "plugin.wasm"]).await;
        assert_eq!(serving.get("/version").await.ok(), "no page /version\n");
        assert!(!waiting.is_finished());
        schema.run("DO RELEASE_LOCK('reload')").await;
        assert_eq!(waiting.await.unwrap(), "1\n");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn unusable_file_leaves_the_previous_version_serving() {
    let plugin = Plugin::new(P3);
    let mut serving = Serving::start(plugin.path(), &NO_SERVER).await;
    assert_eq!(serving.get("/count").await.ok(), "1\n");
    let command = wat::parse_str(
        r#"(component
            (core module $code (func (export "run") (result i32) i32.const 0))
            (core instance $code (instantiate $code))
            (func $run (result (result)) (canon lift (core func $code "run")))
            (instance (export "wasi:cli/run@0.2.6") (export "run" (func $run))))"#,
    );
    let half = fs::read(P2).unwrap();
    for (content, reason) in [
        (b"not a component".to_vec(), "it is not WebAssembly"),
        (half[..half.len() / 2].to_vec(), "it can't be compiled"),
        (command.unwrap(), "it exports wasi:cli/run@0.2.6"),
    ] {
        fs::write(&plugin.path, content).unwrap();
        serving.signal(Signal::HUP);
        serving.printed(&["error: ", "plugin.wasm: ", reason]).await;
        assert!(!serving.get("/version").await.ok().contains("no page"));
    }
    let kept = serving.lines().iter().filter(|line| line.contains("the previous version keeps serving")).count();
    assert_eq!(kept, 3, "{:?}", serving.lines());
    fs::remove_file(&plugin.path).unwrap();
    serving.signal(Signal::HUP);
    serving.printed(&["No such file", "keeps serving"]).await;

    fs::copy(P2, &plugin.path).unwrap();
    serving.signal(Signal::HUP);
    serving.printed(&["reloaded "]).await;
    assert_eq!(serving.get("/version").await.ok(), "no page /version\n");
}
