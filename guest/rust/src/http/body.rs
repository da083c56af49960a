//! The body of a request or a response.

use std::cell::RefCell;
use std::error::Error as StdError;
use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::StatusCode;
use http_body::{Frame, SizeHint};
use serde::de::DeserializeOwned;
use wasip3::http_compat::IncomingRequestBody;

use super::error::{Error, one_line};

/// The error of a body that ends too early.
type BoxError = Box<dyn StdError + Send + Sync>;

/// The body of a request or a response: bytes in memory, or bytes that arrive over time.
///
/// Texts and bytes convert to a body. The default is an empty body. The type implements
/// [`http_body::Body`] for crates that work with bodies.
#[derive(Default)]
pub struct Body(Kind);

#[derive(Default)]
enum Kind {
    #[default]
    Empty,
    Bytes(Bytes),
    Incoming(Box<IncomingRequestBody>),
    Written(Written),
}

/// A body that a future writes.
struct Written {
    slot: Slot,
    writer: Option<Writing>,
}

/// The future of a writer.
type Writing = Pin<Box<dyn Future<Output = Result<(), Error>>>>;

/// The bytes between a writer and the reader of its body.
type Slot = Rc<RefCell<Option<Bytes>>>;

/// Sends the parts of a body that [`Body::write`] creates.
#[derive(Debug)]
pub struct BodySender(Slot);

impl Body {
    /// Returns an empty body.
    #[must_use]
    pub fn empty() -> Self {
        Self::default()
    }

    /// Returns a body that a function writes while it is sent. At most one part is in memory.
    ///
    /// If the function fails, the response ends early, so that the client detects the failure, and
    /// the error is printed to stderr.
    ///
    /// ```
    /// use wasmysql::Engine;
    /// use wasmysql::http::{Body, Response, Result};
    ///
    /// # async fn example() -> Result<Response> {
    /// let engine = Engine::connect("main").await?;
    /// let body = Body::write(async move |mut sender| {
    ///     let mut conn = engine.acquire().await?;
    ///     let mut rows = conn.query("SELECT id, visitor FROM visits", ()).await?;
    ///     while let Some(row) = rows.next().await? {
    ///         sender.send(format!("{},{}\n", row.get::<u64>(0)?, row.get::<&str>(1)?)).await;
    ///     }
    ///     Ok(())
    /// });
    /// # Ok(Response::new(body)) }
    /// ```
    pub fn write<W: AsyncFnOnce(BodySender) -> Result<(), Error> + 'static>(writer: W) -> Self {
        let slot = Slot::default();
        let sender = BodySender(Rc::clone(&slot));
        let writer = Box::pin(async move { writer(sender).await });
        Self(Kind::Written(Written { slot, writer: Some(writer) }))
    }

    /// Returns the next part, or `None` at the end.
    ///
    /// # Errors
    ///
    /// If the body ends too early: the client is gone, or sent more than the host allows.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, Error> {
        loop {
            match poll_fn(|context| http_body::Body::poll_frame(Pin::new(&mut *self), context)).await {
                None => return Ok(None),
                Some(Err(error)) => {
                    return Err(Error::new(StatusCode::BAD_REQUEST, format!("incomplete body: {error}")));
                }
                Some(Ok(frame)) => {
                    if let Ok(data) = frame.into_data() {
                        return Ok(Some(data));
                    }
                }
            }
        }
    }

    /// Returns all bytes. `wasmysql serve --max-body` limits their number.
    ///
    /// # Errors
    ///
    /// As [`chunk`](Self::chunk).
    pub async fn bytes(mut self) -> Result<Bytes, Error> {
        let Some(first) = self.chunk().await? else { return Ok(Bytes::new()) };
        let Some(second) = self.chunk().await? else { return Ok(first) };
        let mut all = [first, second].concat();
        while let Some(chunk) = self.chunk().await? {
            all.extend_from_slice(&chunk);
        }
        Ok(all.into())
    }

    /// Returns the text.
    ///
    /// # Errors
    ///
    /// As [`chunk`](Self::chunk), and with the status 400 if the body is not UTF-8.
    pub async fn text(self) -> Result<String, Error> {
        String::from_utf8(self.bytes().await?.into())
            .map_err(|_| Error::new(StatusCode::BAD_REQUEST, "the body is not UTF-8"))
    }

    /// Returns the value of a JSON body.
    ///
    /// # Errors
    ///
    /// As [`chunk`](Self::chunk), and with the status 400 if the body is not JSON of this type. The
    /// client receives the position and the reason.
    pub async fn json<T: DeserializeOwned>(self) -> Result<T, Error> {
        serde_json::from_slice(&self.bytes().await?)
            .map_err(|error| Error::new(StatusCode::BAD_REQUEST, format!("invalid JSON: {error}")))
    }

    pub(super) fn incoming(body: IncomingRequestBody) -> Self {
        Self(Kind::Incoming(Box::new(body)))
    }

    /// Returns the bytes of a body in memory.
    #[cfg(test)]
    pub(super) fn known(&self) -> Option<&[u8]> {
        match &self.0 {
            Kind::Empty => Some(&[]),
            Kind::Bytes(bytes) => Some(bytes),
            Kind::Incoming(_) | Kind::Written(_) => None,
        }
    }
}

impl BodySender {
    /// Sends a part. Returns after the part before it was taken, so a slow client slows down the
    /// writer.
    pub async fn send(&mut self, bytes: impl Into<Bytes>) {
        let bytes = bytes.into();
        if bytes.is_empty() {
            return;
        }
        *self.0.borrow_mut() = Some(bytes);
        // The reader polls the writer again after it took the part, so no waker is needed.
        poll_fn(|_| if self.0.borrow().is_some() { Poll::Pending } else { Poll::Ready(()) }).await;
    }
}

impl http_body::Body for Body {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        match &mut self.0 {
            Kind::Empty => Poll::Ready(None),
            Kind::Bytes(bytes) => {
                let bytes = std::mem::take(bytes);
                self.0 = Kind::Empty;
                Poll::Ready((!bytes.is_empty()).then(|| Ok(Frame::data(bytes))))
            }
            Kind::Incoming(body) => {
                let frame = ready!(Pin::new(&mut **body).poll_frame(context));
                Poll::Ready(frame.map(|frame| frame.map_err(|error| format!("{error:?}").into())))
            }
            Kind::Written(written) => written.poll(context),
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.0 {
            Kind::Empty => true,
            Kind::Bytes(bytes) => bytes.is_empty(),
            Kind::Incoming(body) => body.is_end_stream(),
            Kind::Written(written) => written.writer.is_none(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.0 {
            Kind::Empty => SizeHint::with_exact(0),
            Kind::Bytes(bytes) => SizeHint::with_exact(bytes.len() as u64),
            Kind::Incoming(body) => body.size_hint(),
            Kind::Written(_) => SizeHint::default(),
        }
    }
}

impl Written {
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let Some(writer) = &mut self.writer else { return Poll::Ready(None) };
        let ended = writer.as_mut().poll(context);
        if let Poll::Ready(result) = ended {
            self.writer = None;
            if let Err(error) = result {
                eprintln!("Error: the body of a response could not be written: {}", one_line(&error.to_string()));
                return Poll::Ready(Some(Err("the body could not be written".into())));
            }
        }
        match (self.slot.borrow_mut().take(), &self.writer) {
            (Some(bytes), _) => Poll::Ready(Some(Ok(Frame::data(bytes)))),
            (None, None) => Poll::Ready(None),
            (None, Some(_)) => Poll::Pending,
        }
    }
}

impl From<Bytes> for Body {
    fn from(bytes: Bytes) -> Self {
        Self(Kind::Bytes(bytes))
    }
}

impl From<Vec<u8>> for Body {
    fn from(bytes: Vec<u8>) -> Self {
        Bytes::from(bytes).into()
    }
}

impl From<String> for Body {
    fn from(text: String) -> Self {
        Bytes::from(text).into()
    }
}

impl From<&'static str> for Body {
    fn from(text: &'static str) -> Self {
        Bytes::from_static(text.as_bytes()).into()
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match &self.0 {
            Kind::Empty => "empty",
            Kind::Bytes(bytes) => return write!(f, "Body({} bytes)", bytes.len()),
            Kind::Incoming(_) => "of a request",
            Kind::Written(_) => "written over time",
        };
        write!(f, "Body({kind})")
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;

    use super::*;

    /// Runs a future that never waits.
    fn run(future: impl Future<Output = ()>) {
        future.now_or_never().unwrap();
    }

    #[test]
    fn body_in_memory_is_read_as_bytes_text_and_json() {
        run(async {
            assert_eq!(Body::empty().bytes().await.unwrap(), "");
            assert_eq!(Body::from("text").text().await.unwrap(), "text");
            assert_eq!(Body::from("[1, 2]").json::<Vec<u8>>().await.unwrap(), [1, 2]);
            let error = Body::from("[1, x]").json::<Vec<u8>>().await.unwrap_err();
            assert_eq!(error.status(), StatusCode::BAD_REQUEST);
            assert!(error.to_string().contains("line 1 column 5"), "{error}");
            let error = Body::from(vec![0xff]).text().await.unwrap_err();
            assert_eq!(format!("{error:?}"), "400 Bad Request: the body is not UTF-8");
        });
    }

    #[test]
    fn written_body_arrives_in_parts() {
        let parts = |count: usize| {
            Body::write(async move |mut sender| {
                for part in 0..count {
                    sender.send(part.to_string()).await;
                }
                Ok(())
            })
        };
        run(async {
            let mut body = parts(2);
            assert_eq!(body.chunk().await.unwrap(), Some("0".into()));
            assert_eq!(body.chunk().await.unwrap(), Some("1".into()));
            assert_eq!(body.chunk().await.unwrap(), None);
            assert_eq!(parts(4).text().await.unwrap(), "0123");
            assert_eq!(parts(0).text().await.unwrap(), "");
        });
    }

    #[test]
    fn failed_writer_ends_the_body_with_an_error() {
        run(async {
            let mut body = Body::write(async |mut sender| {
                sender.send("begin").await;
                Err(Error::new(StatusCode::BAD_GATEWAY, "no end"))
            });
            assert_eq!(body.chunk().await.unwrap(), Some("begin".into()));
            assert!(body.chunk().await.is_err());
        });
    }
}
