//! A database as a URL.

use std::path::PathBuf;

use super::address::{Address, ServerOrder};
use super::options::{DatabaseOptions, Tls};
use crate::config::ConfigError;

impl DatabaseOptions {
    /// Reads `mysql://user:password@host:port/schema`, with the query parameters `socket` (path of a unix socket, instead of host
    /// and port), `tls` (`required` or `off`), `tls-ca` (path of a PEM file), `insecure` (`true`: allow `tls=off` to another
    /// machine), `collation` (as [`collation`](DatabaseOptions::collation)) and `count-changed-rows` (`true` or `false`, as
    /// [`count_changed_rows`](DatabaseOptions::count_changed_rows)). Without `tls` it is `off` on loopback and unix sockets, and
    /// `required` elsewhere.
    ///
    /// A database with several servers has them separated by commas, `mysql://user@db1,db2:3307/schema`; the parameters `server-order` (`listed`
    /// or `random`) and `prefer-replicas` (`true` or `false`) are as [`server_order`](DatabaseOptions::server_order) and
    /// [`prefer_replicas`](DatabaseOptions::prefer_replicas).
    ///
    /// # Errors
    ///
    /// [`ConfigError::Url`] where it is not such a URL, or has a parameter that is not among these. Nothing of the text is in it: whatever is
    /// misplaced may be a password.
    pub fn from_url(text: &str) -> Result<DatabaseOptions, ConfigError> {
        let bad = |problem: String| ConfigError::Url { problem };
        let parse = |text: &str| {
            url::Url::parse(text).map_err(|error| match error {
                url::ParseError::RelativeUrlWithoutBase => bad("it does not begin with mysql://".to_owned()),
                error => bad(error.to_string()),
            })
        };
        // A list of hosts is nothing that URLs have.
        let (text, others) = first_host(text);
        let url = parse(&text)?;
        if url.scheme() != "mysql" && url.scheme() != "mariadb" {
            return Err(bad("its scheme is neither mysql nor mariadb".to_owned()));
        }
        // Where a '/', '?' or '#' of a password ends what is before the host.
        let after_host = &url[url::Position::BeforePath..];
        if after_host.contains('@') || url.fragment().is_some() {
            return Err(bad(
                "it has an '@' or a '#' after its host; in a user or a password, '@' is written %40, '/' %2F, '?' %3F and '#' %23"
                    .to_owned(),
            ));
        }
        if url.password().is_none() && text.split('@').next().is_some_and(|account| account.ends_with(':')) {
            return Err(bad("its password is empty; for an account that has none, leave out the ':'".to_owned()));
        }
        let decode = |part: &str, what: &str| {
            percent_decoded(part).ok_or_else(|| bad(format!("its {what} is not percent-encoded UTF-8")))
        };
        let (host, port) = host_and_port(&url);
        let mut options = DatabaseOptions::tcp(host, port);
        for other in others.iter().flat_map(|others| others.split(',')) {
            let other = parse(&format!("mysql://{other}"))?;
            if !other.has_host() || other.path() != "" {
                return Err(bad("its list of hosts has one that is none".to_owned()));
            }
            let (host, port) = host_and_port(&other);
            options = options.server(host, port);
        }
        options.user = decode(url.username(), "user")?;
        options.password = decode(url.password().unwrap_or_default(), "password")?.into();
        let schema = decode(url.path().trim_start_matches('/'), "schema")?;
        options.schema = Some(schema).filter(|schema| !schema.is_empty());
        let mut tls = None;
        let mut ca = None;
        for (key, value) in url.query_pairs() {
            match (&*key, &*value) {
                ("socket", _) if options.has_several_servers() => {
                    return Err(bad("it has several hosts, and a socket, which is in the place of a host".to_owned()));
                }
                ("socket", path) => options.servers = vec![Address::Socket(path.into())],
                ("server-order", "listed") => options.server_order = ServerOrder::Listed,
                ("server-order", "random") => options.server_order = ServerOrder::Random,
                ("prefer-replicas", "true" | "false") => options.prefer_replicas = value == "true",
                ("count-changed-rows", "true" | "false") => options.count_changed_rows = value == "true",
                ("tls", "required" | "off") => tls = Some(value.into_owned()),
                ("tls-ca", path) => ca = Some(PathBuf::from(path)),
                ("insecure", "true" | "false") => options.insecure = value == "true",
                ("collation", collation) => options = options.collation(collation),
                ("tls", _) => return Err(bad("its parameter tls can be required or off".to_owned())),
                ("server-order", _) => {
                    return Err(bad("its parameter server-order can be listed or random".to_owned()));
                }
                ("insecure" | "prefer-replicas" | "count-changed-rows", _) => {
                    return Err(bad(format!("its parameter {key} can be true or false")));
                }
                _ => {
                    return Err(bad(
                        "it has a parameter that is unknown; known are socket, tls, tls-ca, insecure, collation, \
                         count-changed-rows, server-order and prefer-replicas"
                            .to_owned(),
                    ));
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
}

/// The URL with the first of its hosts only, and the others, if there are any.
fn first_host(text: &str) -> (String, Option<&str>) {
    let begin = text.find("://").map_or(0, |at| at + 3);
    let end = text[begin..].find(['/', '?', '#']).map_or(text.len(), |at| begin + at);
    let hosts = text[begin..end].rfind('@').map_or(begin, |at| begin + at + 1);
    match text[hosts..end].split_once(',') {
        Some((first, others)) => (format!("{}{first}{}", &text[..hosts], &text[end..]), Some(others)),
        None => (text.to_owned(), None),
    }
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
    fn a_url_says_everything_and_debug_hides_the_password() {
        let options =
            DatabaseOptions::from_url("mysql://us%40er:p%2Fw@db.example:3307/sch%C3%A4ma?tls-ca=/ca.pem").unwrap();
        assert_eq!(options.servers, [tcp("db.example", 3307)]);
        assert_eq!((options.user.as_str(), options.password.expose_secret()), ("us@er", "p/w"));
        assert_eq!(options.schema.as_deref(), Some("schäma"));
        assert_eq!(options.tls, Tls::Required { ca: Some("/ca.pem".into()) });
        assert!(!format!("{options:?}").contains("p/w"));
        assert!(!options.count_changed_rows);
        assert!(DatabaseOptions::from_url("mysql://a@b/c?count-changed-rows=true").unwrap().count_changed_rows);
        let local = DatabaseOptions::from_url("mysql://root@localhost/x?socket=/run/db.sock").unwrap();
        assert_eq!((local.servers, local.tls), (vec![Address::Socket("/run/db.sock".into())], Tls::Off));
    }

    #[test]
    fn a_url_can_list_several_servers() {
        let url = "mysql://a:p%40@db1,db2.example:3307,[::1]:3308/shop?server-order=random&prefer-replicas=true";
        let options = DatabaseOptions::from_url(url).unwrap();
        assert_eq!(options.servers, [tcp("db1", 3306), tcp("db2.example", 3307), tcp("::1", 3308)]);
        assert_eq!((options.user.as_str(), options.password.expose_secret()), ("a", "p@"));
        assert_eq!((options.server_order, options.prefer_replicas), (ServerOrder::Random, true));
        assert_eq!(options.tls, Tls::Required { ca: None }, "not all of them are on this machine");
        assert_eq!(options.to_string(), "a@db1:3306,db2.example:3307,[::1]:3308/shop");
        let local = DatabaseOptions::from_url("mysql://a@127.0.0.1:1,localhost:2/x").unwrap();
        assert_eq!((local.servers.len(), local.tls), (2, Tls::Off));
    }

    #[test]
    fn bad_urls_and_unsafe_settings_are_refused_with_a_reason() {
        for (url, reason) in [
            ("nonsense", "begin with mysql://"),
            ("postgres://a@b/c", "its scheme is neither mysql nor mariadb"),
            ("mysql://a:12/secret@b/c", "'/' %2F"),
            ("mysql://a:12?secret@b/c", "'?' %3F"),
            ("mysql://a:12#secret@b/c", "'#' %23"),
            ("mysql://a:@b/c", "its password is empty"),
            ("mysql://a@b/c?secret", "has a parameter that is unknown"),
            ("mysql://a@b/c?tls=maybe", "tls can be required or off"),
            ("mysql://a@b/c?prefer_socket=true", "known are socket, tls"),
            ("mysql://%ff@b/c", "user"),
            ("mysql://a@b,/c", "has one that is none"),
            ("mysql://a@b,,d/c", "has one that is none"),
            ("mysql://a@b,d:x/c", "port"),
            ("mysql://a@b,c/d?socket=/run/db.sock", "several hosts, and a socket"),
            ("mysql://a@b/c?count-changed-rows=1", "count-changed-rows can be true or false"),
            ("mysql://a@b,c/d?server-order=best", "server-order can be listed or random"),
        ] {
            let error = DatabaseOptions::from_url(url).unwrap_err().to_string();
            assert!(error.contains(reason), "{url}: {error}");
            assert!(!error.contains("secret"), "{error}");
        }
        let alone = DatabaseOptions::from_url("mysql://a@b/c?prefer-replicas=true").unwrap();
        assert!(alone.validate().unwrap_err().to_string().contains("several servers"));
        let mixed = DatabaseOptions::tcp("127.0.0.1", 3306).server("db.example", 3306);
        assert!(mixed.validate().unwrap_err().to_string().contains("insecure"));
        let remote = DatabaseOptions::from_url("mysql://a@db.example/c?tls=off").unwrap();
        assert!(remote.validate().unwrap_err().to_string().contains("insecure"));
        assert!(remote.insecure(true).validate().is_ok());
    }
}
