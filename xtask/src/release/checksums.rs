//! The checksums of a release and their signature.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

use crate::cargo::run;
use crate::setup::is_in_path;

pub(crate) const FILE: &str = "SHA256SUMS";
/// The namespace of the signature: a signature for another purpose is not valid for a release.
const NAMESPACE: &str = "wasmysql-release";

/// Writes the checksums of all files in the directory.
pub(crate) fn write(directory: &Path) -> Result<()> {
    let mut names = Vec::new();
    for entry in fs::read_dir(directory)? {
        names.push(entry?.file_name());
    }
    names.sort();
    let program: &[&str] = match ["sha256sum", "shasum"].into_iter().find(|program| is_in_path(program)) {
        Some("sha256sum") => &["sha256sum"],
        Some(_) => &["shasum", "-a", "256"],
        None => bail!("neither sha256sum nor shasum was found in PATH"),
    };
    let mut command = Command::new(program[0]);
    command.args(&program[1..]).arg("--").args(names).current_dir(directory);
    let output = command.output().with_context(|| format!("can't run {}", program[0]))?;
    ensure!(output.status.success(), "{} failed: {}", program[0], String::from_utf8_lossy(&output.stderr).trim());
    Ok(fs::write(directory.join(FILE), output.stdout)?)
}

/// Signs the checksums with a private key of SSH, which can also be the public key of an agent.
pub(crate) fn sign(directory: &Path, key: &Path) -> Result<()> {
    let mut command = Command::new("ssh-keygen");
    command.args(["-q", "-Y", "sign", "-n", NAMESPACE, "-f"]).arg(key).arg(FILE).current_dir(directory);
    run(&mut command)
}

#[cfg(test)]
mod tests {
    use std::process::Stdio;

    use super::*;

    #[test]
    fn signature_is_valid_only_for_unchanged_checksums() {
        let directory = tempfile::tempdir().expect("a directory");
        let (keys, files) = (directory.path().join("keys"), directory.path().join("files"));
        fs::create_dir(&keys).and_then(|()| fs::create_dir(&files)).expect("directories");
        fs::write(files.join("a.crate"), "abc").expect("a file");
        let key = keys.join("key");
        run(Command::new("ssh-keygen").args(["-q", "-t", "ed25519", "-N", "", "-f"]).arg(&key)).expect("a key");
        write(&files).expect("checksums");
        sign(&files, &key).expect("a signature");

        let sums = fs::read_to_string(files.join(FILE)).expect("checksums");
        assert_eq!(sums, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  a.crate\n");
        let public = fs::read_to_string(key.with_extension("pub")).expect("the public key");
        fs::write(keys.join("allowed"), format!("release@example.org {public}")).expect("a file");
        let verify = |text: &str| {
            fs::write(keys.join("text"), text).expect("a file");
            let mut command = Command::new("ssh-keygen");
            command.args(["-q", "-Y", "verify", "-I", "release@example.org", "-n", NAMESPACE, "-f"]);
            command.arg(keys.join("allowed")).arg("-s").arg(files.join("SHA256SUMS.sig"));
            let text = fs::File::open(keys.join("text")).expect("a file");
            command.stdin(text).stderr(Stdio::null()).status().expect("ssh-keygen").success()
        };
        assert!(verify(&sums));
        assert!(!verify(&sums.replace('a', "b")));
    }
}
