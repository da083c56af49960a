//! A database as a URL.

use std::path::PathBuf;

use super::options::{Address, DatabaseOptions, Tls};
use crate::config::ConfigError;

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
