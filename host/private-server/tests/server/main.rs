//! Tests of private servers: start, persistence, restart, and the end of the owning process.

#![expect(clippy::unwrap_used, reason = "a test that can't continue fails")]

mod client;

use std::io::{BufRead, BufReader};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use wasmysql_private_server::{Flavor, Installation, PrivateServer, ServerChoice, StartError};

const ACCESS_DENIED: u16 = 1045;
const UNKNOWN_SCHEMA: u16 = 1049;
const TABLE_EXISTS: u16 = 1050;
const HOST_NOT_ALLOWED: u16 = 1130;

#[test]
fn started_server_has_its_schema_and_accounts() {
    let server = PrivateServer::start().unwrap();

    client::local(&server, server.root_user(), server.schema()).expect("the administrator can log in on the socket");
    assert_eq!(client::local(&server, server.root_user(), "other").err(), Some(UNKNOWN_SCHEMA));
    assert_eq!(client::remote(&server, server.user()).err(), Some(ACCESS_DENIED), "login without a password");
    let url = format!("mysql://wasmysql:{}@127.0.0.1:{}/main", server.password(), server.port());
    assert_eq!(server.url(), url);
}

#[test]
fn administrator_is_refused_over_tcp() {
    let server = PrivateServer::start().unwrap();
    let error = client::remote(&server, server.root_user()).err();
    assert!(matches!(error, Some(ACCESS_DENIED | HOST_NOT_ALLOWED)), "{error:?}");
}

#[test]
fn dropped_server_removes_its_port_and_directory() {
    let server = PrivateServer::start().unwrap();
    let (port, directory) = (server.port(), server.data_dir().to_owned());
    assert!(directory.exists());

    drop(server);
    assert!(!listens(port));
    assert!(!directory.exists());
}

#[test]
fn restart_keeps_the_data_and_the_port() {
    let mut server = PrivateServer::start().unwrap();
    let before = (server.port(), server.url(), server.pid());
    create_table(&server).unwrap();

    server.kill();
    assert_eq!(server.pid(), None);
    assert!(!listens(server.port()));
    server.restart().unwrap();
    assert_eq!(create_table(&server), Err(TABLE_EXISTS), "after a crash");

    server.stop();
    assert!(!listens(server.port()));
    server.restart().unwrap();
    assert_eq!(create_table(&server), Err(TABLE_EXISTS), "after a stop");
    assert_eq!((server.port(), server.url()), (before.0, before.1));
    assert_ne!(server.pid(), before.2);
}

#[test]
fn paused_server_replies_after_resume_and_can_be_stopped() {
    let mut server = PrivateServer::start().unwrap();
    let mut client = client::local(&server, server.root_user(), server.schema()).unwrap();

    server.pause();
    thread::scope(|scope| {
        let response = scope.spawn(|| client.query("DO 1"));
        thread::sleep(Duration::from_millis(200));
        assert!(!response.is_finished(), "the paused server replied");
        server.resume();
        assert_eq!(response.join().unwrap(), Ok(()));
    });

    server.pause();
    server.stop();
    assert!(!listens(server.port()));
}

#[test]
fn data_directory_persists_and_is_locked() {
    let directory = tempfile::tempdir().unwrap();
    let start = || PrivateServer::builder().data_dir(Some(directory.path().join("new"))).start();

    let server = start().unwrap();
    create_table(&server).unwrap();
    let second = start();
    assert!(matches!(second, Err(StartError::InUse { .. })), "{second:?}");
    let password = server.password().to_owned();
    drop(server);

    let server = start().unwrap();
    assert_eq!(create_table(&server), Err(TABLE_EXISTS));
    assert_ne!(server.password(), password);
}

#[test]
fn data_directory_can_have_any_name() {
    let directory = tempfile::tempdir().unwrap();
    for name in ["my data", "it's \"quoted\"", "$(false) `false` *", "ünïcödé 数据", "-o", "a#b;c&d"] {
        let start = || PrivateServer::builder().data_dir(Some(directory.path().join(name))).start();
        let server = start().unwrap_or_else(|error| panic!("{name}: {error}"));
        create_table(&server).unwrap();
        drop(server);
        assert_eq!(create_table(&start().unwrap()), Err(TABLE_EXISTS), "{name}");
        let data = Installation::find(&ServerChoice::from_env()).unwrap().flavor().name();
        assert!(directory.path().join(name).join(data).is_dir(), "{name}");
    }
}

#[test]
fn data_of_the_other_family_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let chosen = Installation::find(&ServerChoice::from_env()).unwrap().flavor();
    let other = Flavor::ALL.into_iter().find(|flavor| *flavor != chosen).unwrap();
    std::fs::create_dir(directory.path().join(other.name())).unwrap();
    let error = PrivateServer::builder().data_dir(Some(directory.path().to_owned())).start().unwrap_err();
    let expected = format!("contains the data of a {other} server, but the chosen server is {chosen}");
    assert!(error.to_string().contains(&expected), "{error}");
}

#[test]
fn path_without_a_server_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let start = |path: PathBuf| PrivateServer::builder().server(ServerChoice::Path(path)).start().unwrap_err();
    for path in [directory.path().to_owned(), "/bin/true".into()] {
        let error = start(path.clone());
        assert!(matches!(error, StartError::NoServer { .. }), "{}: {error}", path.display());
    }
    let error = start(directory.path().join("absent"));
    assert!(matches!(error, StartError::NoSuchPath { .. }), "{error}");
}

#[test]
fn template_is_created_once_and_never_changed() {
    let cache = tempfile::tempdir().unwrap();
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "two_starts_with_a_cache", "--ignored"])
        .env("XDG_CACHE_HOME", cache.path())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

/// Runs in a process of its own, because it needs another environment.
#[test]
#[ignore = "part of template_is_created_once_and_never_changed"]
fn two_starts_with_a_cache() {
    let cache = PathBuf::from(std::env::var_os("XDG_CACHE_HOME").unwrap()).join("wasmysql/servers");
    let templates = || {
        let names = std::fs::read_dir(&cache).unwrap().map(|entry| entry.unwrap());
        names.map(|entry| (entry.file_name(), entry.metadata().unwrap().modified().unwrap())).collect::<Vec<_>>()
    };
    create_table(&PrivateServer::start().unwrap()).unwrap();
    let before = templates();
    assert_eq!(before.len(), 1, "{before:?}");
    create_table(&PrivateServer::start().unwrap()).unwrap();
    assert_eq!(templates(), before);
}

#[test]
fn failed_start_reports_the_server_log() {
    let error = PrivateServer::builder().arg("--no-such-option").start().unwrap_err();
    assert!(error.to_string().contains("unknown option '--no-such-option'"), "{error}");
}

#[test]
fn server_stops_when_its_owner_is_killed() {
    let mut owner = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "owner", "--ignored", "--nocapture"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(owner.stdout.take().unwrap()).lines().map(Result::unwrap);
    let mut value = |name: &str| {
        let line = lines.find(|line| line.starts_with(name)).expect(name);
        line[name.len()..].to_owned()
    };
    let port: u16 = value("port ").parse().unwrap();
    let directory = PathBuf::from(value("directory "));
    assert!(listens(port));
    assert!(directory.exists());

    owner.kill().unwrap();
    owner.wait().unwrap();
    let deadline = Instant::now() + Duration::from_secs(10);
    while listens(port) || Path::new(&directory).exists() {
        assert!(Instant::now() < deadline, "the server on port {port} still runs in {}", directory.display());
        thread::sleep(Duration::from_millis(20));
    }
}

/// The process that `server_stops_when_its_owner_is_killed` kills.
#[test]
#[ignore = "run by another test"]
fn owner() {
    let server = PrivateServer::start().unwrap();
    println!("\nport {}\ndirectory {}", server.port(), server.data_dir().display());
    thread::sleep(Duration::from_secs(60));
}

fn create_table(server: &PrivateServer) -> client::Response {
    client::local(server, server.root_user(), server.schema())?.query("CREATE TABLE kept (id INT)")
}

fn listens(port: u16) -> bool {
    TcpStream::connect(("127.0.0.1", port)).is_ok()
}
