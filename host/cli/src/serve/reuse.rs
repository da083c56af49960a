//! How many requests an instance handles, in turn and at the same time.

use wasmtime_wasi_http::handler::{ProxyPre, ShouldAccept};

use super::RequestLimits;
use super::load::Loaded;

/// The defaults of `wasmtime serve`.
const REQUESTS_P3: u32 = 128;
const REQUESTS_P2: u32 = 1;
const CONCURRENCY_P3: u32 = 16;

/// The requests of an instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Reuse {
    requests: u32,
    concurrency: u32,
}

impl Reuse {
    /// Returns the given numbers, or the defaults for this plugin. Explains numbers that the plugin
    /// does not support.
    pub(super) fn of(loaded: &Loaded, given: &RequestLimits) -> Result<Self, String> {
        let is_p2 = matches!(loaded.proxy, ProxyPre::P2(_));
        let serial = match loaded.is_blocking {
            _ if is_p2 => Some("it exports wasi:http/incoming-handler@0.2"),
            true => Some("it imports the blocking API of wasmysql:mysql"),
            false => None,
        };
        if let (Some(reason), Some(concurrency)) = (serial, given.concurrency.filter(|number| *number > 1)) {
            return Err(format!(
                "--concurrency {concurrency}: an instance of this plugin handles one request at a time, because {reason}"
            ));
        }
        let concurrency = if serial.is_some() { 1 } else { CONCURRENCY_P3 };
        let requests = if is_p2 { REQUESTS_P2 } else { REQUESTS_P3 };
        Ok(Self { requests: given.reuse.unwrap_or(requests), concurrency: given.concurrency.unwrap_or(concurrency) })
    }

    /// Returns whether an instance accepts a further request.
    pub(super) fn accepts(self, concurrent: usize, total: usize) -> ShouldAccept {
        let is_below = |count: usize, limit: u32| u32::try_from(count).is_ok_and(|count| count < limit);
        match (is_below(total, self.requests), is_below(concurrent, self.concurrency)) {
            (false, _) => ShouldAccept::Never,
            (true, false) => ShouldAccept::No,
            (true, true) => ShouldAccept::Yes,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instance_accepts_requests_up_to_its_limits() {
        let reuse = Reuse { requests: 3, concurrency: 2 };
        assert!(matches!(reuse.accepts(0, 0), ShouldAccept::Yes));
        assert!(matches!(reuse.accepts(1, 2), ShouldAccept::Yes));
        assert!(matches!(reuse.accepts(2, 2), ShouldAccept::No));
        assert!(matches!(reuse.accepts(0, 3), ShouldAccept::Never));
    }
}
