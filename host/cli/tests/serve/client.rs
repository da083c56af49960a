//! An HTTP client.

use std::net::SocketAddr;

use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1;
use hyper::header::HOST;
use hyper::{HeaderMap, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::task::JoinHandle;

/// A connection to the server.
pub(crate) struct Client {
    sender: http1::SendRequest<Full<Bytes>>,
    connection: JoinHandle<()>,
}

/// A response with its whole body.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Client {
    pub(crate) async fn connect(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).await.unwrap();
        let (sender, connection) = http1::handshake(TokioIo::new(stream)).await.unwrap();
        let connection = tokio::spawn(async move {
            let _ = connection.await;
        });
        Self { sender, connection }
    }

    /// Sends a request and returns the response with its body.
    pub(crate) async fn send(&mut self, request: Request<Full<Bytes>>) -> Reply {
        let response = self.respond(request).await;
        let (head, body) = response.into_parts();
        let text = String::from_utf8(body.collect().await.unwrap().to_bytes().to_vec()).unwrap();
        Reply { status: head.status, headers: head.headers, text }
    }

    /// Sends a request and returns the response with its body, to be read step by step.
    pub(crate) async fn open(&mut self, request: Request<Full<Bytes>>) -> Response<Incoming> {
        self.respond(request).await
    }

    /// Sends a request. Returns whether the connection is closed before the end of the response.
    /// The head of the response can be lost too.
    pub(crate) async fn is_cut(&mut self, request: Request<Full<Bytes>>) -> bool {
        self.sender.ready().await.unwrap();
        match self.sender.send_request(request).await {
            Ok(response) => response.into_body().collect().await.is_err(),
            Err(_) => true,
        }
    }

    async fn respond(&mut self, request: Request<Full<Bytes>>) -> Response<Incoming> {
        // The connection is ready some time after the end of the previous response.
        self.sender.ready().await.unwrap();
        self.sender.send_request(request).await.unwrap()
    }

    /// Returns whether the server has closed the connection.
    pub(crate) fn is_closed(&self) -> bool {
        self.sender.is_closed()
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        self.connection.abort();
    }
}

impl Reply {
    /// Returns the text of a successful response.
    #[track_caller]
    pub(crate) fn ok(self) -> String {
        assert_eq!(self.status, StatusCode::OK, "{self:?}");
        self.text
    }
}

/// Returns a GET request.
pub(crate) fn get(target: &str) -> Request<Full<Bytes>> {
    Request::get(target).header(HOST, "test.example").body(Full::default()).unwrap()
}

/// Returns a POST request with a body of this many bytes.
pub(crate) fn post(target: &str, bytes: usize) -> Request<Full<Bytes>> {
    Request::post(target).header(HOST, "test.example").body(Full::from(vec![b'x'; bytes])).unwrap()
}
