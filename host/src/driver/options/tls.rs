//! The encryption of the connections to a server, as the embedder sets it.

use std::path::PathBuf;

/// The encryption of the connections to a server.
///
/// There is no "preferred" mode, which an attacker on the network path could downgrade to plain
/// text, and no mode that accepts any certificate.
///
/// The files are PEM files. The host reads them again for each new connection, so that renewed
/// files take effect without a restart. If new contents can't be used, for example while the files
/// are being replaced, new connections use the previous contents, and the host logs a warning.
/// [`Database::new`](crate::Database::new) refuses files that can't be used.
///
/// # Examples
///
/// ```
/// use wasmysql_host::{DatabaseOptions, Tls};
///
/// let tls = Tls::verify_identity()
///     .ca("/etc/ssl/db-ca.pem")
///     .client_certificate("/etc/ssl/app-cert.pem", "/etc/ssl/app-key.pem");
/// let options = DatabaseOptions::tcp("db.example", 3306).tls(tls);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tls {
    pub(in crate::driver) mode: TlsMode,
    pub(in crate::driver) ca: Option<PathBuf>,
    pub(in crate::driver) certificate: Option<PathBuf>,
    pub(in crate::driver) key: Option<PathBuf>,
}

/// The verification of the server's certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "config", derive(serde::Deserialize), serde(rename_all = "kebab-case"))]
pub(crate) enum TlsMode {
    VerifyIdentity,
    VerifyCa,
    Off,
}

/// The TLS parameters of a URL, or the TLS keys of a configuration file. A missing parameter
/// changes nothing.
#[derive(Debug, Default)]
pub(crate) struct TlsParameters {
    pub(crate) mode: Option<TlsMode>,
    pub(crate) ca: Option<PathBuf>,
    pub(crate) certificate: Option<PathBuf>,
    pub(crate) key: Option<PathBuf>,
}

impl Tls {
    /// Returns plain text.
    ///
    /// It is refused for servers on other machines, unless
    /// [`DatabaseOptions::insecure`](crate::DatabaseOptions::insecure) is set.
    #[must_use]
    pub fn off() -> Self {
        Self::of(TlsMode::Off)
    }

    /// Returns TLS to a server whose certificate is valid for the host name.
    ///
    /// The certificate must be signed by a public authority or, if [`ca`](Self::ca) is set, by an
    /// authority of that file. It must have the host name or the IP address of the server among its
    /// alternative names (`subjectAltName`).
    #[must_use]
    pub fn verify_identity() -> Self {
        Self::of(TlsMode::VerifyIdentity)
    }

    /// Returns TLS to a server whose certificate is signed by an authority of this file. The host
    /// name is not verified.
    ///
    /// Use it for certificates without the name of the server, such as the certificates that MySQL
    /// creates in its data directory. Every certificate of these authorities is accepted for every
    /// host. So the file must contain only authorities that sign certificates of your own database
    /// servers.
    ///
    /// # Examples
    ///
    /// ```
    /// use wasmysql_host::{DatabaseOptions, Tls};
    ///
    /// let options = DatabaseOptions::tcp("10.0.0.7", 3306).tls(Tls::verify_ca("/etc/ssl/mysql-ca.pem"));
    /// ```
    #[must_use]
    pub fn verify_ca(ca: impl Into<PathBuf>) -> Self {
        Self::of(TlsMode::VerifyCa).ca(ca)
    }

    /// Sets the path of the file with the trusted authorities.
    ///
    /// By default the public authorities are trusted. With this file, only the certificates of the
    /// file are trusted.
    #[must_use]
    pub fn ca(mut self, path: impl Into<PathBuf>) -> Self {
        self.ca = Some(path.into());
        self
    }

    /// Sets the paths of the certificate and the private key with which the host identifies itself
    /// to the server.
    ///
    /// Accounts with `REQUIRE X509`, `REQUIRE SUBJECT` or `REQUIRE ISSUER` need them. The file of
    /// the certificate begins with the host's own certificate, followed by intermediate
    /// certificates, if there are any. The key must not be encrypted, and no other user of the
    /// machine should be able to read it.
    #[must_use]
    pub fn client_certificate(mut self, certificate: impl Into<PathBuf>, key: impl Into<PathBuf>) -> Self {
        self.certificate = Some(certificate.into());
        self.key = Some(key.into());
        self
    }

    /// Returns these options with the parameters of a URL or a configuration file. A file turns TLS
    /// on, unless the parameters turn it off.
    pub(crate) fn with(self, parameters: TlsParameters) -> Self {
        let TlsParameters { mode, ca, certificate, key } = parameters;
        let has_file = ca.is_some() || certificate.is_some() || key.is_some();
        let default = if has_file && self.mode == TlsMode::Off { TlsMode::VerifyIdentity } else { self.mode };
        Self {
            mode: mode.unwrap_or(default),
            ca: ca.or(self.ca),
            certificate: certificate.or(self.certificate),
            key: key.or(self.key),
        }
    }

    /// Returns whether the host name in the server's certificate is verified.
    pub(crate) fn verifies_host_name(&self) -> bool {
        self.mode == TlsMode::VerifyIdentity
    }

    pub(in crate::driver) fn is_off(&self) -> bool {
        self.mode == TlsMode::Off
    }

    fn of(mode: TlsMode) -> Self {
        Self { mode, ca: None, certificate: None, key: None }
    }
}

impl TlsMode {
    /// Returns the mode of this name, as URLs and configuration files name it.
    pub(in crate::driver) fn named(name: &str) -> Option<Self> {
        match name {
            "verify-identity" => Some(Self::VerifyIdentity),
            "verify-ca" => Some(Self::VerifyCa),
            "off" => Some(Self::Off),
            _ => None,
        }
    }
}
