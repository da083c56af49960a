//! The files of TLS: trusted authorities, and the client certificate with its key. Each new
//! connection uses the current contents.

mod check;

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use mysql_async::{ClientIdentity, SslOpts};
use parking_lot::Mutex;
use rustls::crypto::{CryptoProvider, ring};
use secrecy::{ExposeSecret, SecretString};

use self::check::check;
use super::errors::tls_failed;
use super::options::{DatabaseOptions, Tls, TlsMode};
use crate::types::{ConfigError, Result};

/// The host name that `verify-ca` gives to the driver.
///
/// The driver accepts a certificate for another host (`with_danger_skip_domain_validation`) if the
/// text of the error contains this word. rustls no longer writes this word itself, but it quotes
/// the expected host name (mysql_async 0.37.1, fixed in its repository). rustls verifies the chain
/// first, and no error of the chain contains the host name. So only the host name is not verified.
const NAME_MISMATCH: &str = "NotValidForName";

/// The files of a database, and the contents that were last usable.
#[derive(Debug)]
pub(super) struct TlsFiles {
    tls: Tls,
    database: String,
    usable: Mutex<Option<Arc<Contents>>>,
}

/// The contents of the files, in PEM.
#[derive(Debug)]
struct Contents {
    ca: Option<SecretString>,
    certificate: Option<SecretString>,
    key: Option<SecretString>,
}

/// A file of TLS. It displays its name and its option.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum File {
    Ca,
    Certificate,
    Key,
}

/// The reason why a file can't be used. It displays no path, because guests read it.
#[derive(Debug)]
struct UnusableFile {
    file: File,
    path: PathBuf,
    problem: Problem,
}

#[derive(Debug)]
enum Problem {
    Unreadable(io::Error),
    Unusable(&'static str),
}

/// Returns an error if the files of these options can't be used.
pub(super) fn validate(tls: &Tls) -> Result<(), ConfigError> {
    let contents = Contents::read(tls)?;
    Ok(check(tls, &contents)?)
}

impl TlsFiles {
    pub(super) fn of(options: &DatabaseOptions) -> Self {
        let (tls, database) = (options.tls.clone(), options.name_or_schema().to_owned());
        Self { tls, database, usable: Mutex::default() }
    }

    /// Returns the driver's options with the current contents of the files, or `None` if TLS is
    /// off.
    ///
    /// # Errors
    ///
    /// Fails with `tls-failed` if a file can't be used and the files could not be used before.
    pub(super) fn ssl_opts(&self) -> Result<Option<SslOpts>> {
        if self.tls.is_off() {
            return Ok(None);
        }
        // The driver needs the provider. The call has no effect if the process already has one.
        let _ = ring::default_provider().install_default();
        Ok(Some(self.contents()?.ssl_opts(self.tls.mode)))
    }

    fn contents(&self) -> Result<Arc<Contents>> {
        let mut usable = self.usable.lock();
        let contents = Contents::read(&self.tls).and_then(|contents| match &*usable {
            Some(previous) if previous.texts() == contents.texts() => Ok(Arc::clone(previous)),
            _ => check(&self.tls, &contents).map(|()| Arc::new(contents)),
        });
        match (contents, &*usable) {
            (Ok(contents), _) => {
                *usable = Some(Arc::clone(&contents));
                Ok(contents)
            }
            (Err(error), Some(previous)) => {
                let (database, path) = (&self.database, error.path.display());
                tracing::warn!(database, %path, "new connections use the previous TLS files, because the {error}");
                Ok(Arc::clone(previous))
            }
            (Err(error), None) => Err(tls_failed(&format!("the {error}"))),
        }
    }
}

/// Returns the provider of cryptography that the driver uses.
fn crypto_provider() -> Arc<CryptoProvider> {
    CryptoProvider::get_default().cloned().unwrap_or_else(|| Arc::new(ring::default_provider()))
}

impl Contents {
    fn read(tls: &Tls) -> Result<Self, UnusableFile> {
        let read = |file: File| {
            let path = file.path(tls)?;
            // The driver expects UTF-8. Text around the PEM sections can have another encoding.
            let text = std::fs::read(path).map(|bytes| String::from_utf8_lossy(&bytes).into_owned().into());
            Some(text.map_err(|error| UnusableFile::new(file, tls, Problem::Unreadable(error))))
        };
        let ca = read(File::Ca).transpose()?;
        let certificate = read(File::Certificate).transpose()?;
        let key = read(File::Key).transpose()?;
        Ok(Self { ca, certificate, key })
    }

    /// Returns options of the driver, which read no files. Each connection has its own options, so
    /// it never resumes the TLS session of another connection, and verifies the certificate again.
    fn ssl_opts(&self, mode: TlsMode) -> SslOpts {
        let bytes = |text: &SecretString| text.expose_secret().as_bytes().to_vec();
        let mut opts = SslOpts::default();
        // The authorities of the file replace the public authorities. With `verify-ca`, a
        // certificate of a public authority would pass for any host.
        if self.ca.is_some() || mode == TlsMode::VerifyCa {
            let roots = self.ca.iter().map(|ca| bytes(ca).into()).collect();
            opts = opts.with_root_certs(roots).with_disable_built_in_roots(true);
        }
        if mode == TlsMode::VerifyCa {
            opts = opts.with_danger_skip_domain_validation(true).with_danger_tls_hostname_override(Some(NAME_MISMATCH));
        }
        if let (Some(certificate), Some(key)) = (&self.certificate, &self.key) {
            let identity = ClientIdentity::new(bytes(certificate).into(), bytes(key).into());
            opts = opts.with_client_identity(Some(identity));
        }
        opts
    }

    fn texts(&self) -> [Option<&str>; 3] {
        [&self.ca, &self.certificate, &self.key].map(|text| text.as_ref().map(SecretString::expose_secret))
    }
}

impl File {
    fn path(self, tls: &Tls) -> Option<&Path> {
        match self {
            Self::Ca => tls.ca.as_deref(),
            Self::Certificate => tls.certificate.as_deref(),
            Self::Key => tls.key.as_deref(),
        }
    }
}

impl UnusableFile {
    fn new(file: File, tls: &Tls, problem: Problem) -> Self {
        Self { file, path: file.path(tls).map(Path::to_owned).unwrap_or_default(), problem }
    }
}

impl fmt::Display for UnusableFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let file = match self.file {
            File::Ca => "CA file (tls_ca)",
            File::Certificate => "client certificate (tls_cert)",
            File::Key => "key of the client certificate (tls_key)",
        };
        match &self.problem {
            Problem::Unreadable(error) => write!(f, "{file} can't be read: {}", error.kind()),
            Problem::Unusable(reason) => write!(f, "{file} {reason}"),
        }
    }
}

impl From<UnusableFile> for ConfigError {
    fn from(error: UnusableFile) -> Self {
        match error.problem {
            Problem::Unreadable(source) => Self::Read { path: error.path, source },
            Problem::Unusable(_) => Self::invalid(format!("{error}: '{}'", error.path.display())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ssl_opts(mode: TlsMode, ca: Option<&str>) -> SslOpts {
        Contents { ca: ca.map(Into::into), certificate: None, key: None }.ssl_opts(mode)
    }

    /// With the public authorities, `verify-ca` would accept any public certificate for any host.
    #[test]
    fn ca_file_replaces_the_public_authorities() {
        for mode in [TlsMode::VerifyIdentity, TlsMode::VerifyCa] {
            let opts = ssl_opts(mode, Some("ca"));
            assert!(opts.disable_built_in_roots(), "{mode:?}");
            assert_eq!(opts.root_certs(), [b"ca".to_vec().into()], "{mode:?}");
        }
        let opts = ssl_opts(TlsMode::VerifyCa, None);
        assert!(opts.disable_built_in_roots() && opts.root_certs().is_empty(), "{opts:?}");
        assert!(!ssl_opts(TlsMode::VerifyIdentity, None).disable_built_in_roots());
    }

    #[test]
    fn only_verify_ca_skips_the_host_name() {
        for (mode, skips) in [(TlsMode::VerifyIdentity, false), (TlsMode::VerifyCa, true)] {
            let opts = ssl_opts(mode, Some("ca"));
            assert_eq!(opts.skip_domain_validation(), skips);
            assert_eq!(opts.tls_hostname_override().is_some(), skips);
            assert!(!opts.accept_invalid_certs());
        }
    }
}
