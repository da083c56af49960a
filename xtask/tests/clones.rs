//! A task works on the clone in which it is run, not on the one in which it was built: clones with
//! the same target directory share the program.

use std::fs;
use std::path::Path;
use std::process::Command;

#[test]
fn language_checks_the_clone_in_which_it_runs() {
    let clone = Path::new(env!("CARGO_TARGET_TMPDIR")).join("clone");
    let _ = fs::remove_dir_all(&clone);
    fs::create_dir_all(&clone).expect("a directory");
    fs::write(clone.join("page.md"), "word".repeat(31) + "\n").expect("a file");
    for arguments in [&["init", "--quiet"][..], &["add", "page.md"]] {
        let status = Command::new("git").args(arguments).current_dir(&clone).status().expect("git is installed");
        assert!(status.success(), "git {arguments:?}");
    }

    let mut task = Command::new(env!("CARGO_BIN_EXE_xtask"));
    let output = task.arg("language").env("CARGO_MANIFEST_DIR", clone.join("xtask")).output().expect("xtask runs");
    let printed = String::from_utf8_lossy(&output.stdout);
    assert_eq!(printed, "page.md:1: the line has 124 columns, the maximum is 120\n");
    assert!(!output.status.success());
}
