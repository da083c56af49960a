//! Parses database URLs.

use std::time::Duration;

use super::address::{Address, ServerOrder};
use super::options::{DatabaseOptions, Tls, TlsMode, TlsParameters};
use crate::types::ConfigError;

impl DatabaseOptions {
    /// Parses a URL of the form `mysql://user:password@host:port/schema?parameter=value`.
    ///
    /// The scheme is `mysql` or `mariadb`. The default host is 127.0.0.1, and the default port is
    /// 3306. Reserved characters in the user, the password and the schema must be percent-encoded.
    /// Several servers are separated by commas: `mysql://user@db1,db2:3307/schema`.
    ///
    /// | parameter | values | meaning |
    /// |---|---|---|
    /// | `socket` | a path | the unix socket of the server, instead of a host and a port |
    /// | `tls` | `verify-identity`, `verify-ca`, `off` | [`tls`](Self::tls); the default is `off` on loopback and unix sockets without the following parameters, else `verify-identity` |
    /// | `tls-ca` | a path | [`Tls::ca`] |
    /// | `tls-cert`, `tls-key` | paths | [`Tls::client_certificate`] |
    /// | `insecure` | `true`, `false` | [`insecure`](Self::insecure) |
    /// | `collation` | a name | [`collation`](Self::collation) |
    /// | `count-changed-rows` | `true`, `false` | [`count_changed_rows`](Self::count_changed_rows) |
    /// | `server-order` | `listed`, `random` | [`server_order`](Self::server_order) |
    /// | `prefer-replicas` | `true`, `false` | [`prefer_replicas`](Self::prefer_replicas) |
    /// | `max-replica-lag-ms` | milliseconds | [`max_replica_lag`](Self::max_replica_lag) |
    ///
    /// # Errors
    ///
    /// Returns [`ConfigError::Url`] if the text is not such a URL, or if it has an unknown
    /// parameter. The error repeats no part of the text, because a misplaced part may be the
    /// password.
    ///
    /// # Examples
    ///
    /// ```
    /// use wasmysql_host::DatabaseOptions;
    ///
    /// # fn main() -> Result<(), wasmysql_host::ConfigError> {
    /// let one = DatabaseOptions::from_url("mysql://app:p%40ssword@db.example/shop?tls-ca=/etc/ssl/db-ca.pem")?;
    /// let several = DatabaseOptions::from_url("mysql://app@db1,db2:3307/shop?prefer-replicas=true")?.password("secret");
    /// # Ok(()) }
    /// ```
    pub fn from_url(text: &str) -> Result<Self, ConfigError> {
        let bad = |problem: String| ConfigError::Url { problem };
        let parse = |text: &str| {
            url::Url::parse(text).map_err(|error| match error {
                url::ParseError::RelativeUrlWithoutBase => bad("it does not begin with mysql://".to_owned()),
                error => bad(error.to_string()),
            })
        };
        // The URL syntax has no list of hosts, so the list is split off first.
        let (text, others) = first_host(text);
        // An invalid port can be the beginning of such a password, so this is checked first.
        if has_unencoded_account(&text) {
            return Err(bad(UNENCODED.to_owned()));
        }
        let url = parse(&text)?;
        if url.scheme() != "mysql" && url.scheme() != "mariadb" {
            return Err(bad("its scheme is neither mysql nor mariadb".to_owned()));
        }
        if url.password().is_none() && text.split('@').next().is_some_and(|account| account.ends_with(':')) {
            return Err(bad("its password is empty; for an account without a password, remove the ':'".to_owned()));
        }
        let decode = |part: &str, name: &str| {
            percent_decoded(part)
                .ok_or_else(|| bad(format!("its {name} is not percent-encoded UTF-8; write '%' as %25")))
        };
        let (host, port) = host_and_port(&url);
        let mut options = Self::tcp(host, port);
        for other in others.iter().flat_map(|others| others.split(',')) {
            let other = parse(&format!("mysql://{other}"))?;
            if !other.has_host() || other.path() != "" {
                return Err(bad(
                    "its host list has an invalid host; separate hosts with one comma, as in host1,host2:3307"
                        .to_owned(),
                ));
            }
            let (host, port) = host_and_port(&other);
            options = options.server(host, port);
        }
        options.user = decode(url.username(), "user")?;
        options.password = decode(url.password().unwrap_or_default(), "password")?.into();
        let schema = decode(url.path().trim_start_matches('/'), "schema")?;
        options.schema = Some(schema).filter(|schema| !schema.is_empty());
        let mut tls = TlsParameters::default();
        for (key, value) in url.query_pairs() {
            match (&*key, &*value) {
                ("socket", _) if options.has_several_servers() => {
                    return Err(bad(
                        "it has several hosts and a socket; a socket replaces the host, so give only one of them"
                            .to_owned(),
                    ));
                }
                ("socket", path) => options.servers = vec![Address::Socket(path.into())],
                ("server-order", "listed") => options.server_order = ServerOrder::Listed,
                ("server-order", "random") => options.server_order = ServerOrder::Random,
                ("prefer-replicas", "true" | "false") => options.prefer_replicas = value == "true",
                ("max-replica-lag-ms", lag) => {
                    let lag = lag.parse().map_err(|_| bad(format!("its parameter {key} must be a whole number")))?;
                    options = options.max_replica_lag(Duration::from_millis(lag));
                }
                ("count-changed-rows", "true" | "false") => options.count_changed_rows = value == "true",
                ("tls", mode) => {
                    let problem = "its parameter tls can be verify-identity, verify-ca or off";
                    tls.mode = Some(TlsMode::named(mode).ok_or_else(|| bad(problem.to_owned()))?);
                }
                ("tls-ca", path) => tls.ca = Some(path.into()),
                ("tls-cert", path) => tls.certificate = Some(path.into()),
                ("tls-key", path) => tls.key = Some(path.into()),
                ("insecure", "true" | "false") => options.insecure = value == "true",
                ("collation", collation) => options = options.collation(collation),
                ("server-order", _) => {
                    return Err(bad("its parameter server-order can be listed or random".to_owned()));
                }
                ("insecure" | "prefer-replicas" | "count-changed-rows", _) => {
                    return Err(bad(format!("its parameter {key} can be true or false")));
                }
                _ => {
                    return Err(bad(
                        "it has an unknown parameter; known parameters are socket, tls, tls-ca, tls-cert, tls-key, \
                         insecure, collation, count-changed-rows, server-order, prefer-replicas and \
                         max-replica-lag-ms"
                            .to_owned(),
                    ));
                }
            }
        }
        options.tls = if options.is_local() { Tls::off() } else { Tls::verify_identity() };
        Ok(options.with_tls(tls))
    }
}

/// Returns the URL with only its first host, and the list of the other hosts, if there are any.
fn first_host(text: &str) -> (String, Option<&str>) {
    let begin = text.find("://").map_or(0, |at| at + 3);
    let end = text[begin..].find(['/', '?', '#']).map_or(text.len(), |at| begin + at);
    let hosts = text[begin..end].rfind('@').map_or(begin, |at| begin + at + 1);
    match text[hosts..end].split_once(',') {
        Some((first, others)) => (format!("{}{first}{}", &text[..hosts], &text[end..]), Some(others)),
        None => (text.to_owned(), None),
    }
}

const UNENCODED: &str = "it has an '@' or a '#' after the host; in a user or a password, write '@' as %40, '/' as %2F, \
     '?' as %3F and '#' as %23";

/// Returns whether the user or the password seems to have a '/', '?' or '#' that is not
/// percent-encoded, and ends the authority part of the URL early.
fn has_unencoded_account(text: &str) -> bool {
    let after_scheme = text.split_once("://").map_or("", |(_, rest)| rest);
    after_scheme.find(['/', '?', '#']).is_some_and(|end| after_scheme[end..].contains(['@', '#']))
}

fn host_and_port(url: &url::Url) -> (&str, u16) {
    let host = url.host_str().filter(|host| !host.is_empty()).unwrap_or("127.0.0.1");
    (host.trim_matches(['[', ']']), url.port().unwrap_or(3306))
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

    fn tcp(host: &str, port: u16) -> Address {
        Address::Tcp { host: host.into(), port }
    }

    #[test]
    fn url_sets_all_options_and_debug_hides_the_password() {
        let options =
            DatabaseOptions::from_url("mysql://us%40er:p%2Fw@db.example:3307/sch%C3%A4ma?tls-ca=/ca.pem").unwrap();
        assert_eq!(options.servers, [tcp("db.example", 3307)]);
        assert_eq!((options.user.as_str(), options.password.expose_secret()), ("us@er", "p/w"));
        assert_eq!(options.schema.as_deref(), Some("schäma"));
        assert_eq!(options.tls, Tls::verify_identity().ca("/ca.pem"));
        assert!(!format!("{options:?}").contains("p/w"));
        assert!(!options.count_changed_rows);
        assert!(DatabaseOptions::from_url("mysql://a@b/c?count-changed-rows=true").unwrap().count_changed_rows);
        let local = DatabaseOptions::from_url("mysql://root@localhost/x?socket=/run/db.sock").unwrap();
        assert_eq!((local.servers, local.tls), (vec![Address::Socket("/run/db.sock".into())], Tls::off()));
    }

    #[test]
    fn url_sets_tls() {
        let files = "tls-ca=/ca.pem&tls-cert=/cert.pem&tls-key=/key.pem";
        let all = |tls: Tls| tls.ca("/ca.pem").client_certificate("/cert.pem", "/key.pem");
        for (url, tls) in [
            ("mysql://a@db.example/c".to_owned(), Tls::verify_identity()),
            ("mysql://a@localhost/c".to_owned(), Tls::off()),
            ("mysql://a@db.example/c?tls=off".to_owned(), Tls::off()),
            ("mysql://a@localhost/c?tls=verify-identity".to_owned(), Tls::verify_identity()),
            ("mysql://a@10.0.0.7/c?tls=verify-ca&tls-ca=/ca.pem".to_owned(), Tls::verify_ca("/ca.pem")),
            (format!("mysql://a@db.example/c?{files}"), all(Tls::verify_identity())),
            (format!("mysql://a@localhost/c?{files}"), all(Tls::verify_identity())),
            (format!("mysql://a@localhost/c?{files}&tls=verify-ca"), all(Tls::verify_ca("/ca.pem"))),
        ] {
            assert_eq!(DatabaseOptions::from_url(&url).unwrap().tls, tls, "{url}");
        }
    }

    #[test]
    fn url_can_list_several_servers() {
        let url = "mysql://a:p%40@db1,db2.example:3307,[::1]:3308/shop?server-order=random&prefer-replicas=true";
        let options = DatabaseOptions::from_url(url).unwrap();
        assert_eq!(options.servers, [tcp("db1", 3306), tcp("db2.example", 3307), tcp("::1", 3308)]);
        assert_eq!((options.user.as_str(), options.password.expose_secret()), ("a", "p@"));
        assert_eq!((options.server_order, options.prefer_replicas), (ServerOrder::Random, true));
        assert_eq!(options.tls, Tls::verify_identity(), "not all servers are on this machine");
        assert_eq!(options.to_string(), "a@db1:3306,db2.example:3307,[::1]:3308/shop");
        let local = DatabaseOptions::from_url("mysql://a@127.0.0.1:1,localhost:2/x").unwrap();
        assert_eq!((local.servers.len(), local.tls), (2, Tls::off()));
    }

    #[test]
    fn bad_urls_and_unsafe_options_are_refused_with_a_reason() {
        for (url, reason) in [
            ("nonsense", "begin with mysql://"),
            ("postgres://a@b/c", "its scheme is neither mysql nor mariadb"),
            ("mysql://a:12/secret@b/c", "'/' as %2F"),
            ("mysql://a:12?secret@b/c", "'?' as %3F"),
            ("mysql://a:12#secret@b/c", "'#' as %23"),
            ("mysql://a:x/secret@b/c", "'/' as %2F"),
            ("mysql://a:x?secret@b/c", "'?' as %3F"),
            ("mysql://a:x#secret@b/c", "'#' as %23"),
            ("mysql://a:secret%zz@b/c", "'%' as %25"),
            ("mysql://a:@b/c", "its password is empty"),
            ("mysql://a@b/c?secret", "has an unknown parameter"),
            ("mysql://a@b/c?tls=required", "tls can be verify-identity, verify-ca or off"),
            ("mysql://a@b/c?prefer_socket=true", "known parameters are socket, tls"),
            ("mysql://%ff@b/c", "user"),
            ("mysql://a@b,/c", "has an invalid host"),
            ("mysql://a@b,,d/c", "has an invalid host"),
            ("mysql://a@b,d:x/c", "port"),
            ("mysql://a@b,c/d?socket=/run/db.sock", "several hosts and a socket"),
            ("mysql://a@b/c?count-changed-rows=1", "count-changed-rows can be true or false"),
            ("mysql://a@b,c/d?server-order=best", "server-order can be listed or random"),
            ("mysql://a@b,c/d?max-replica-lag-ms=2s", "max-replica-lag-ms must be a whole number"),
        ] {
            let error = DatabaseOptions::from_url(url).unwrap_err().to_string();
            assert!(error.contains(reason), "{url}: {error}");
            assert!(!error.contains("secret"), "{error}");
        }
        let alone = DatabaseOptions::from_url("mysql://a@b/c?prefer-replicas=true").unwrap();
        assert!(alone.validate().unwrap_err().to_string().contains("several servers"));
        let primary = DatabaseOptions::from_url("mysql://a@localhost,localhost/c?max-replica-lag-ms=5000").unwrap();
        assert!(primary.clone().validate().unwrap_err().to_string().contains("needs prefer_replicas"));
        assert!(primary.clone().prefer_replicas(true).validate().is_ok());
        let short = primary.prefer_replicas(true).max_replica_lag(Duration::from_millis(999));
        assert!(short.validate().unwrap_err().to_string().contains("at least 1 s"));
        let mixed = DatabaseOptions::tcp("127.0.0.1", 3306).server("db.example", 3306);
        assert!(mixed.validate().unwrap_err().to_string().contains("insecure"));
        let remote = DatabaseOptions::from_url("mysql://a@db.example/c?tls=off").unwrap();
        assert!(remote.validate().unwrap_err().to_string().contains("insecure"));
        assert!(remote.insecure(true).validate().is_ok());
    }
}
