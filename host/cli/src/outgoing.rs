//! HTTP requests that plugins send. Plugins can't reach the network, so all are denied.

use wasmtime_wasi_http::{Error, RequestOptions, Result, WasiBody, WasiHttpHooks};

/// The result of reading or writing a body.
type Transfer = Box<dyn Future<Output = Result<(), Error>> + Send>;
/// The response, and the transfer of its body.
type Response = (hyper::Response<WasiBody>, Transfer);

/// Denies all HTTP requests of a plugin.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NoOutgoingRequests;

impl WasiHttpHooks for NoOutgoingRequests {
    fn send_request(
        &mut self,
        _request: hyper::Request<WasiBody>,
        _options: Option<RequestOptions>,
        _sent: Transfer,
    ) -> Box<dyn Future<Output = Result<Response>> + Send> {
        Box::new(async { Err(Error::HttpRequestDenied) })
    }
}
