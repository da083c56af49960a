//! Tests of the private server that is kept between runs.

use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;
use wasmysql_test_artifacts::PRINTS_EACH_RESULT;

/// A text that differs between servers.
const SERVER: &str = "SELECT @@datadir";
const DEADLINE: Duration = Duration::from_secs(60);

/// A project with its own place for a keeper, which ends with this value.
struct Project {
    runtime: TempDir,
    directory: TempDir,
}

impl Project {
    fn new() -> Self {
        Self { runtime: TempDir::new().unwrap(), directory: TempDir::new().unwrap() }
    }

    /// Returns a run of these statements that keeps the server for this time.
    fn run(&self, seconds: u32, options: &[&str], statements: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_wasmysql"));
        command.args(["run", PRINTS_EACH_RESULT]).args(options).arg("--").args(statements);
        command.current_dir(&self.directory).env("XDG_RUNTIME_DIR", self.runtime.path());
        command.env("WASMYSQL_KEEP_SERVER", seconds.to_string()).env_remove("RUST_LOG").stdin(Stdio::null());
        command
    }

    /// Runs statements, and returns the line that each prints.
    #[track_caller]
    fn lines(&self, options: &[&str], statements: &[&str]) -> Vec<String> {
        lines(self.run(60, options, statements).output().unwrap())
    }

    fn socket(&self) -> Option<PathBuf> {
        let place = self.runtime.path().join("wasmysql").read_dir().ok()?.next()?.unwrap().path();
        Some(place.join("keeper.sock")).filter(|socket| socket.exists())
    }

    /// Returns the process id of the keeper, which listens at the socket.
    fn keeper(&self) -> rustix::process::Pid {
        let stream = UnixStream::connect(self.socket().unwrap()).unwrap();
        rustix::net::sockopt::socket_peercred(stream).unwrap().pid
    }

    /// Returns the name of the database that the next run gets.
    fn next_database(&self) -> String {
        self.lines(&[], &["SELECT DATABASE()"]).remove(0)
    }
}

impl Drop for Project {
    fn drop(&mut self) {
        if self.socket().is_some() {
            rustix::process::kill_process(self.keeper(), rustix::process::Signal::TERM).unwrap();
        }
    }
}

#[track_caller]
fn lines(output: Output) -> Vec<String> {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

#[track_caller]
fn eventually(what: &str, mut condition: impl FnMut() -> bool) {
    let deadline = Instant::now() + DEADLINE;
    while !condition() {
        assert!(Instant::now() < deadline, "not within {DEADLINE:?}: {what}");
        thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn runs_share_a_server_and_each_gets_a_new_database() {
    let project = Project::new();
    let statements = [SERVER, "SELECT DATABASE()", "CREATE TABLE t (i INT)"];
    let first = project.lines(&[], &statements);
    assert_eq!(first[1], "main");
    eventually("the database of the first run is dropped", || project.next_database() == "main");
    assert_eq!(project.lines(&[], &statements), first);
}

#[test]
fn runs_at_the_same_time_have_different_databases() {
    let project = Project::new();
    let statements = ["CREATE TABLE t (i INT)", "SELECT SLEEP(0.5)", SERVER, "SELECT DATABASE()"];
    let start = |_| project.run(60, &[], &statements).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let running: Vec<Child> = (0..4).map(start).collect();
    let mut results: Vec<_> =
        running.into_iter().map(|child| lines(child.wait_with_output().unwrap())[2..].to_vec()).collect();
    results.sort();
    results.dedup();
    assert_eq!(results.len(), 4, "{results:?}");
    assert!(results.iter().all(|result| result[0] == results[0][0]), "one server: {results:?}");
}

#[test]
fn database_of_a_killed_run_is_dropped() {
    let project = Project::new();
    let mut killed = project.run(60, &[], &["SELECT DATABASE()", "SELECT SLEEP(30)"]);
    let mut killed = killed.stdout(Stdio::piped()).spawn().unwrap();
    let mut line = [0; 5];
    killed.stdout.take().unwrap().read_exact(&mut line).unwrap();
    assert_eq!(&line, b"main\n");
    assert_eq!(project.next_database(), "main_2");
    killed.kill().unwrap();
    killed.wait().unwrap();
    eventually("its database is dropped", || project.next_database() == "main");
}

#[test]
fn killed_keeper_is_replaced() {
    let project = Project::new();
    let first = project.lines(&[], &[SERVER]);
    rustix::process::kill_process(project.keeper(), rustix::process::Signal::KILL).unwrap();
    eventually("the keeper ends", || UnixStream::connect(project.socket().unwrap()).is_err());
    assert_ne!(project.lines(&[], &[SERVER]), first);
}

#[test]
fn keeper_that_does_not_answer_is_replaced() {
    let project = Project::new();
    let first = project.lines(&[], &[SERVER]);
    let keeper = project.keeper();
    rustix::process::kill_process(keeper, rustix::process::Signal::STOP).unwrap();
    let second = project.lines(&[], &[SERVER]);
    rustix::process::kill_process(keeper, rustix::process::Signal::TERM).unwrap();
    rustix::process::kill_process(keeper, rustix::process::Signal::CONT).unwrap();
    assert_ne!(second, first);
}

#[test]
fn replaced_keeper_leaves_the_socket_of_its_successor() {
    let project = Project::new();
    let port = lines(project.run(1, &[], &["SELECT CAST(@@port AS CHAR)"]).output().unwrap()).remove(0);
    let keeper = project.keeper();
    rustix::process::kill_process(keeper, rustix::process::Signal::STOP).unwrap();
    let second = project.lines(&[], &[SERVER]);
    rustix::process::kill_process(keeper, rustix::process::Signal::CONT).unwrap();
    eventually("its server stops", || std::net::TcpStream::connect(("127.0.0.1", port.parse().unwrap())).is_err());
    assert_eq!(project.lines(&[], &[SERVER]), second);
}

#[test]
fn keeper_holds_no_file_of_the_process_that_started_it() {
    let project = Project::new();
    let file = project.directory.path().join("lock");
    let run = project.run(60, &[], &["SELECT 1"]);
    let mut shell = Command::new("/bin/sh");
    shell.args(["-c", r#"exec 9>"$0"; exec "$@""#]).arg(&file).arg(run.get_program()).args(run.get_args());
    shell.envs(run.get_envs().filter_map(|(name, value)| Some((name, value?))));
    lines(shell.current_dir(&project.directory).output().unwrap());
    let descriptors = PathBuf::from(format!("/proc/{}/fd", project.keeper().as_raw_nonzero()));
    let held = descriptors.read_dir().unwrap().filter_map(|entry| std::fs::read_link(entry.unwrap().path()).ok());
    assert!(held.into_iter().all(|path| path != file), "{}", file.display());
}

#[test]
fn locks_of_a_killed_run_do_not_keep_its_database() {
    let project = Project::new();
    let statements = ["CREATE TABLE t (i INT)", "SELECT DATABASE()", "SELECT COUNT(*), SLEEP(30) FROM t"];
    let mut killed = project.run(60, &[], &statements);
    let mut killed = killed.stdout(Stdio::piped()).spawn().unwrap();
    let mut output = BufReader::new(killed.stdout.take().unwrap()).lines();
    assert!(output.any(|line| line.unwrap() == "main"));
    killed.kill().unwrap();
    killed.wait().unwrap();
    eventually("its database is dropped", || project.next_database() == "main");
}

#[test]
fn server_stops_after_the_time_without_use() {
    let project = Project::new();
    let port = lines(project.run(1, &[], &["SELECT CAST(@@port AS CHAR)"]).output().unwrap()).remove(0);
    eventually("the socket is removed", || project.socket().is_none());
    eventually("the server stops", || std::net::TcpStream::connect(("127.0.0.1", port.parse().unwrap())).is_err());
}

#[test]
fn no_server_is_kept_outside_of_a_terminal_or_if_it_is_not_wanted() {
    let project = Project::new();
    let mut script = project.run(60, &[], &["SELECT 1"]);
    lines(script.env_remove("WASMYSQL_KEEP_SERVER").output().unwrap());
    lines(project.run(0, &[], &["SELECT 1"]).output().unwrap());
    lines(project.run(60, &["--fresh"], &["SELECT 1"]).output().unwrap());
    let data = project.directory.path().join("data");
    lines(project.run(60, &["--data-dir", data.to_str().unwrap()], &["SELECT 1"]).output().unwrap());
    assert_eq!(project.socket(), None);
}

#[test]
fn server_that_does_not_start_is_reported_as_without_a_keeper() {
    let project = Project::new();
    let output = project.run(60, &["--server", "/no/such/server"], &["SELECT 1"]).output().unwrap();
    assert_eq!(output.status.code(), Some(3));
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(stderr.contains("the private database server did not start: "), "{stderr}");
}

#[test]
fn connection_that_sends_data_ends_its_lease() {
    let project = Project::new();
    assert_eq!(project.next_database(), "main");
    let mut stream = UnixStream::connect(project.socket().unwrap()).unwrap();
    stream.write_all(b"x").unwrap();
    let mut greeting = String::new();
    stream.read_to_string(&mut greeting).unwrap();
    assert_eq!(greeting.lines().count(), 4, "{greeting}");
}
