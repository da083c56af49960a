//! The browser that tests the page of the demo.

use anyhow::{Result, bail};

use crate::setup::{can_install, install, is_in_path};

/// The programs that the tests start.
const PROGRAMS: [&str; 2] = ["chromium", "chromedriver"];

/// The packages of Debian that contain the programs.
const PACKAGES: [&str; 2] = ["chromium", "chromium-driver"];

/// Fails if the browser is not installed, and names the remedy.
pub(crate) fn check() -> Result<()> {
    match PROGRAMS.iter().find(|program| !is_in_path(program)) {
        None => Ok(()),
        Some(missing) => bail!("{missing} was not found in PATH; run `cargo xtask setup --browser` to install it"),
    }
}

/// Installs the browser, unless it is installed.
pub(crate) fn set_up() -> Result<()> {
    if check().is_ok() {
        return Ok(());
    }
    if !can_install() {
        bail!(
            "chromium and chromedriver are not both installed; install them (Debian as root: apt-get install chromium \
             chromium-driver; Fedora: dnf install chromium chromedriver; Arch: pacman -S chromium)"
        );
    }
    install(&PACKAGES)?;
    check()
}
