//! Where a database is, who to log in as, and how large its pool may be: what only an embedder may say.

use std::path::PathBuf;
use std::time::Duration;

use secrecy::SecretString;

use crate::config::ConfigError;

/// Connections a pool may have: enough for a busy host, and far under a server's default of 151.
const MAX_CONNECTIONS: usize = 10;
/// Connect and log in: three round trips and a password check, so seconds mean that nobody answers.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
/// How long a connection is used before it is replaced: below the idle limits of servers and balancers.
const MAX_LIFETIME: Duration = Duration::from_secs(30 * 60);

/// Whether the connection to the server is encrypted. There is no "preferred": an attacker in between could
/// always make it "off".
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tls {
    /// Plain text. Only on loopback or a unix socket, unless the options say `insecure`.
    Off,
    /// TLS with a certificate that is valid for the host name, signed by a public authority or by `ca`.
    Required {
        /// A file of PEM certificates to trust besides the public ones.
        ca: Option<PathBuf>,
    },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Address {
    Tcp { host: String, port: u16 },
    Socket(PathBuf),
}

/// One database, as an embedder describes it. The password is kept out of `Debug`.
///
/// ```
/// # fn main() -> Result<(), wasmysql_host::ConfigError> {
/// let options = wasmysql_host::DatabaseOptions::from_url("mysql://app@127.0.0.1:3306/shop")?
///     .password("secret")
///     .max_connections(20);
/// # Ok(()) }
/// ```
#[derive(Debug, Clone)]
pub struct DatabaseOptions {
    pub(super) address: Address,
    pub(super) user: String,
    pub(super) password: SecretString,
    pub(super) schema: Option<String>,
    pub(super) tls: Tls,
    pub(super) insecure: bool,
    pub(super) count_changed_rows: bool,
    pub(crate) max_connections: usize,
    pub(crate) max_lifetime: Duration,
    pub(crate) connect_timeout: Duration,
}

impl DatabaseOptions {
    /// Reads `mysql://user:password@host:port/schema`, with the query parameters `socket` (path of a unix socket, instead of host
    /// and port), `tls` (`required` or `off`), `tls-ca` (path of a PEM file) and `insecure` (`true`: allow `tls=off` to another
    /// machine). Without `tls` it is `off` on loopback and unix sockets, and `required` elsewhere.
    ///
    /// # Errors
    ///
    /// [`ConfigError::Url`] where it is not such a URL, or has a parameter that is not among these.
    pub fn from_url(text: &str) -> Result<DatabaseOptions, ConfigError> {
        let bad = |problem: String| ConfigError::Url { problem };
        let url = url::Url::parse(text).map_err(|error| match error {
            url::ParseError::RelativeUrlWithoutBase => bad("it does not begin with mysql://".to_owned()),
            error => bad(error.to_string()),
        })?;
        if url.scheme() != "mysql" && url.scheme() != "mariadb" {
            return Err(bad(format!("its scheme is '{}', expected 'mysql'", url.scheme())));
        }
        let decode = |part: &str, what: &str| {
            percent_decoded(part).ok_or_else(|| bad(format!("its {what} is not percent-encoded UTF-8")))
        };
        let mut options = DatabaseOptions::tcp(
            url.host_str().filter(|host| !host.is_empty()).unwrap_or("127.0.0.1").trim_matches(['[', ']']),
            url.port().unwrap_or(3306),
        );
        options.user = decode(url.username(), "user")?;
        options.password = decode(url.password().unwrap_or_default(), "password")?.into();
        let schema = decode(url.path().trim_start_matches('/'), "schema")?;
        options.schema = Some(schema).filter(|schema| !schema.is_empty());
        let mut tls = None;
        let mut ca = None;
        for (key, value) in url.query_pairs() {
            match (&*key, &*value) {
                ("socket", path) => options.address = Address::Socket(path.into()),
                ("tls", "required" | "off") => tls = Some(value.into_owned()),
                ("tls-ca", path) => ca = Some(PathBuf::from(path)),
                ("insecure", "true" | "false") => options.insecure = value == "true",
                ("tls" | "insecure", _) => return Err(bad(format!("its parameter {key} can't be '{value}'"))),
                _ => {
                    return Err(bad(format!(
                        "its parameter '{key}' is unknown; known are socket, tls, tls-ca and insecure"
                    )));
                }
            }
        }
        options.tls = match tls.as_deref() {
            Some("off") => Tls::Off,
            None if options.is_local() => Tls::Off,
            _ => Tls::Required { ca },
        };
        Ok(options)
    }

    /// A server by name or address and port, with TLS required unless it is on loopback.
    #[must_use]
    pub fn tcp(host: impl Into<String>, port: u16) -> DatabaseOptions {
        let mut options = DatabaseOptions {
            address: Address::Tcp { host: host.into(), port },
            user: String::new(),
            password: SecretString::default(),
            schema: None,
            tls: Tls::Required { ca: None },
            insecure: false,
            count_changed_rows: false,
            max_connections: MAX_CONNECTIONS,
            max_lifetime: MAX_LIFETIME,
            connect_timeout: CONNECT_TIMEOUT,
        };
        if options.is_local() {
            options.tls = Tls::Off;
        }
        options
    }

    /// A server on this machine, by its unix socket.
    #[must_use]
    pub fn socket(path: impl Into<PathBuf>) -> DatabaseOptions {
        let mut options = DatabaseOptions::tcp("localhost", 3306);
        options.address = Address::Socket(path.into());
        options.tls = Tls::Off;
        options
    }

    /// The account. Give each database entry one of its own, with no more rights than its guests need: the server's
    /// grants are the real wall.
    #[must_use]
    pub fn user(mut self, user: impl Into<String>) -> DatabaseOptions {
        self.user = user.into();
        self
    }

    /// The account's password.
    #[must_use]
    pub fn password(mut self, password: impl Into<String>) -> DatabaseOptions {
        self.password = SecretString::from(password.into());
        self
    }

    /// The schema that unqualified names refer to.
    #[must_use]
    pub fn schema(mut self, schema: impl Into<String>) -> DatabaseOptions {
        self.schema = Some(schema.into());
        self
    }

    /// Whether to encrypt.
    #[must_use]
    pub fn tls(mut self, tls: Tls) -> DatabaseOptions {
        self.tls = tls;
        self
    }

    /// Allows [`Tls::Off`] to another machine: passwords and data cross the network for anyone to read and change.
    #[must_use]
    pub fn insecure(mut self, insecure: bool) -> DatabaseOptions {
        self.insecure = insecure;
        self
    }

    /// Makes UPDATE count the rows it changed rather than those it matched.
    #[must_use]
    pub fn count_changed_rows(mut self, changed: bool) -> DatabaseOptions {
        self.count_changed_rows = changed;
        self
    }

    /// Connections the pool may have, 10 by default. One more is opened when a statement must be killed.
    #[must_use]
    pub fn max_connections(mut self, connections: usize) -> DatabaseOptions {
        self.max_connections = connections;
        self
    }

    /// How long connecting and logging in may take, 3 s by default.
    #[must_use]
    pub fn connect_timeout(mut self, timeout: Duration) -> DatabaseOptions {
        self.connect_timeout = timeout;
        self
    }

    /// How long a connection is used before it is replaced, 30 minutes by default.
    #[must_use]
    pub fn max_lifetime(mut self, lifetime: Duration) -> DatabaseOptions {
        self.max_lifetime = lifetime;
        self
    }

    /// Refuses what can't work or is not safe.
    pub(crate) fn validate(&self) -> Result<(), ConfigError> {
        if self.max_connections == 0 {
            return Err(ConfigError::invalid("max_connections must be at least 1"));
        }
        if self.connect_timeout.is_zero() {
            return Err(ConfigError::invalid("connect_timeout must be more than 0"));
        }
        if self.tls == Tls::Off && !self.is_local() && !self.insecure {
            return Err(ConfigError::invalid(
                "tls is off but the server is not on this machine; require TLS, or say insecure if the network is your own",
            ));
        }
        if let (Address::Socket(_), Tls::Required { .. }) = (&self.address, &self.tls) {
            return Err(ConfigError::invalid("TLS over a unix socket is not supported; set tls to off"));
        }
        if let Tls::Required { ca: Some(path) } = &self.tls {
            // Read again for each connection, since certificates are renewed; but a wrong path should show here.
            std::fs::read(path).map_err(|source| ConfigError::Read { path: path.clone(), source })?;
        }
        Ok(())
    }

    fn is_local(&self) -> bool {
        match &self.address {
            Address::Socket(_) => true,
            Address::Tcp { host, .. } => {
                host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
            }
        }
    }
}

fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let digits = [rest.next()?, rest.next()?];
                u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?
            }
            byte => byte,
        });
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    #[test]
    fn a_url_says_everything_and_debug_hides_the_password() {
        let options =
            DatabaseOptions::from_url("mysql://us%40er:p%2Fw@db.example:3307/sch%C3%A4ma?tls-ca=/ca.pem").unwrap();
        assert_eq!(options.address, Address::Tcp { host: "db.example".into(), port: 3307 });
        assert_eq!((options.user.as_str(), options.password.expose_secret()), ("us@er", "p/w"));
        assert_eq!(options.schema.as_deref(), Some("schäma"));
        assert_eq!(options.tls, Tls::Required { ca: Some("/ca.pem".into()) });
        assert!(!format!("{options:?}").contains("p/w"));
        let local = DatabaseOptions::from_url("mysql://root@localhost/x?socket=/run/db.sock").unwrap();
        assert_eq!((local.address, local.tls), (Address::Socket("/run/db.sock".into()), Tls::Off));
    }

    #[test]
    fn bad_urls_and_unsafe_settings_are_refused_with_a_reason() {
        for (url, reason) in [
            ("nonsense", "begin with mysql://"),
            ("postgres://a@b/c", "scheme"),
            ("mysql://a@b/c?tls=maybe", "tls can't be 'maybe'"),
            ("mysql://a@b/c?prefer_socket=true", "'prefer_socket' is unknown"),
            ("mysql://%ff@b/c", "user"),
        ] {
            let error = DatabaseOptions::from_url(url).unwrap_err().to_string();
            assert!(error.contains(reason), "{url}: {error}");
        }
        let remote = DatabaseOptions::from_url("mysql://a@db.example/c?tls=off").unwrap();
        assert!(remote.validate().unwrap_err().to_string().contains("insecure"));
        assert!(remote.insecure(true).validate().is_ok());
    }
}
