//! The route of a request: the pattern that the plugin found for its path, such as
//! `/planes/{tailnum}`.

use hyper::HeaderMap;
use hyper::header::HeaderName;

/// The header of a response in which the plugin names the route. Clients do not receive it.
pub(super) const HEADER: HeaderName = HeaderName::from_static("wasmysql-route");

/// The maximum length of a route.
const LENGTH: usize = 128;

/// Removes the route from the headers of a response. Returns it if it can be part of a log line.
pub(super) fn take(headers: &mut HeaderMap) -> Option<String> {
    let value = headers.remove(HEADER)?;
    let route = value.to_str().ok()?;
    let is_valid = (1..=LENGTH).contains(&route.len()) && route.bytes().all(|byte| byte.is_ascii_graphic());
    is_valid.then(|| route.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn route_is_short_and_printable() {
        let long = "a".repeat(LENGTH + 1);
        let cases = [
            ("/planes/{tailnum}", Some("/planes/{tailnum}")),
            (&long[1..], Some(&long[1..])),
            (&long, None),
            ("", None),
            ("/a b", None),
            ("/a\tb", None),
        ];
        for (value, expected) in cases {
            let mut headers = HeaderMap::new();
            headers.insert(HEADER, value.parse().unwrap());
            assert_eq!(take(&mut headers).as_deref(), expected, "{value}");
            assert!(headers.is_empty());
        }
        assert_eq!(take(&mut HeaderMap::new()), None);
    }
}
