//! The bodies of requests and responses.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use http_body_util::BodyExt;
use hyper::body::{Body, Bytes, Frame, Incoming, SizeHint};
use tokio::time::timeout;
use wasmtime_wasi_http::{Error, WasiBody};

use super::exchange::{Exchange, INCOMPLETE};

/// The time in which a client can send the rest of a body that is too large.
const LINGER: Duration = Duration::from_secs(2);

/// The body of a request, with a maximum size.
pub(super) struct LimitedBody {
    /// `None` after the limit.
    body: Option<Incoming>,
    limit: u64,
    received: u64,
    is_exceeded: Arc<AtomicBool>,
}

impl LimitedBody {
    /// Sets `is_exceeded` if the body is larger than `limit` bytes.
    pub(super) fn new(body: Incoming, limit: u64, is_exceeded: Arc<AtomicBool>) -> Self {
        Self { body: Some(body), limit, received: 0, is_exceeded }
    }
}

impl Body for LimitedBody {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        let Some(body) = &mut self.body else { return Poll::Ready(None) };
        let Some(frame) = ready!(Pin::new(body).poll_frame(context)) else { return Poll::Ready(None) };
        let frame = frame?;
        self.received += frame.data_ref().map_or(0, |data| data.len() as u64);
        if self.received > self.limit {
            self.is_exceeded.store(true, Ordering::Relaxed);
            if let Some(body) = self.body.take() {
                discard(body);
            }
            return Poll::Ready(Some(Err(Error::HttpRequestBodySize(Some(self.limit)))));
        }
        Poll::Ready(Some(Ok(frame)))
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.body.as_ref().map(Body::size_hint).unwrap_or_default()
    }
}

/// Reads and discards the rest of a body. Without this, the connection would be closed while the
/// client still sends, and the client could not read the answer.
pub(super) fn discard(mut body: Incoming) {
    tokio::spawn(timeout(LINGER, async move { while let Some(Ok(_)) = body.frame().await {} }));
}

/// The body of a response. The request ends with it.
pub(super) struct ReplyBody {
    body: WasiBody,
    exchange: Exchange,
}

impl ReplyBody {
    /// Returns the body of a response that the exchange reports when it ends.
    pub(super) fn new(body: WasiBody, mut exchange: Exchange) -> Self {
        exchange.set_expected(body.size_hint().exact());
        Self { body, exchange }
    }
}

impl Body for ReplyBody {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
        match &frame {
            Some(Ok(frame)) => {
                let sent = frame.data_ref().map_or(0, |data| data.len() as u64);
                self.exchange.sent(sent);
            }
            Some(Err(_)) => self.exchange.fail(INCOMPLETE),
            None if self.exchange.ticket.is_cut() => {
                self.exchange.fail(INCOMPLETE);
                return Poll::Ready(Some(Err(Error::HttpResponseIncomplete)));
            }
            None => self.exchange.complete(),
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
