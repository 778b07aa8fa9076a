//! A request to an engine and its reply, as values, and the trait that sends one. Knows neither sockets nor the meaning of a
//! request.

mod error;

use std::time::Duration;

pub use error::TransportError;

use crate::ambiguity::may_have_acted;

/// Sends one request to an engine and waits for its reply. Blocks; shared between threads.
pub trait Transport: Send + Sync {
    /// Sends a request. Every status is a reply; interpreting it is the caller's task.
    ///
    /// # Errors
    /// When there is no reply. Whether the engine may have acted on the request all the same is what
    /// [`TransportError::is_ambiguous`] says.
    fn send(&self, request: &Request<'_>) -> Result<Response, TransportError>;
}

impl<T: Transport + ?Sized> Transport for &T {
    fn send(&self, request: &Request<'_>) -> Result<Response, TransportError> {
        (**self).send(request)
    }
}

impl<T: Transport + ?Sized> Transport for Box<T> {
    fn send(&self, request: &Request<'_>) -> Result<Response, TransportError> {
        (**self).send(request)
    }
}

impl<T: Transport + ?Sized> Transport for std::sync::Arc<T> {
    fn send(&self, request: &Request<'_>) -> Result<Response, TransportError> {
        (**self).send(request)
    }
}

/// The method of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Reads.
    Get,
    /// Reads the status only.
    Head,
    /// Creates or replaces what the path names.
    Put,
    /// Everything else, including bulk requests.
    Post,
    /// Removes what the path names.
    Delete,
}

impl Method {
    /// As it is written in a request.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Head => "HEAD",
            Self::Put => "PUT",
            Self::Post => "POST",
            Self::Delete => "DELETE",
        }
    }
}

impl std::str::FromStr for Method {
    type Err = UnknownMethod;

    fn from_str(text: &str) -> Result<Self, UnknownMethod> {
        [Self::Get, Self::Head, Self::Put, Self::Post, Self::Delete]
            .into_iter()
            .find(|method| method.as_str() == text)
            .ok_or_else(|| UnknownMethod(text.to_owned()))
    }
}

/// The text is not a [`Method`].
#[derive(Clone, thiserror::Error, PartialEq, Eq)]
#[error("`{0}` is not a method of a request")]
pub struct UnknownMethod(String);

/// One request. It borrows everything; a transport does not copy the body.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Request<'a> {
    /// Method.
    pub method: Method,
    /// Path from the engine's root, with the query, names escaped.
    pub path: &'a str,
    /// Body, if there is one.
    pub body: Option<&'a [u8]>,
    /// `Content-Type` of the body; ignored without one.
    pub content_type: &'static str,
    /// How long the whole request may take; `None` leaves it to the transport. On expiry `send` returns an ambiguous error.
    pub timeout: Option<Duration>,
}

const JSON: &str = "application/json";
const NDJSON: &str = "application/x-ndjson";

impl<'a> Request<'a> {
    /// A request without a body.
    #[must_use]
    pub const fn new(method: Method, path: &'a str) -> Self {
        Self { method, path, body: None, content_type: JSON, timeout: None }
    }

    /// `GET`.
    #[must_use]
    pub const fn get(path: &'a str) -> Self {
        Self::new(Method::Get, path)
    }

    /// `POST` of the body of a bulk request.
    #[must_use]
    pub const fn bulk(path: &'a str, body: &'a [u8]) -> Self {
        Self { body: Some(body), content_type: NDJSON, ..Self::new(Method::Post, path) }
    }

    /// The same with a JSON body.
    #[must_use]
    pub const fn with_json(self, body: &'a [u8]) -> Self {
        Self { body: Some(body), content_type: JSON, ..self }
    }

    /// The same with its own timeout.
    #[must_use]
    pub const fn with_timeout(self, timeout: Duration) -> Self {
        Self { timeout: Some(timeout), ..self }
    }
}

/// A complete reply of any status.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Response {
    /// Status.
    pub status: u16,
    /// How long the engine, or a proxy before it, asks the client to wait: `Retry-After`, from now.
    pub retry_after: Option<Duration>,
    /// `Content-Type`, parameters included.
    pub content_type: Option<String>,
    /// The whole body.
    pub body: Vec<u8>,
}

impl Response {
    /// A reply with a JSON body.
    pub fn json(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self { status, retry_after: None, content_type: Some(JSON.to_owned()), body: body.into() }
    }

    /// Whether the status says that the request succeeded.
    #[must_use]
    pub const fn is_success(&self) -> bool {
        matches!(self.status, 200..=299)
    }

    /// Whether the engine may have acted on the request: after a success it has, after 400 to 499 except 408 it has not, and after
    /// everything else it is unknown.
    #[must_use]
    pub const fn is_ambiguous(&self) -> bool {
        may_have_acted(self.status)
    }

    /// Whether its `Content-Type` is JSON, plain or that of an engine's compatibility mode.
    #[must_use]
    pub fn is_json(&self) -> bool {
        let kind = self.content_type.as_deref().unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim();
        kind.eq_ignore_ascii_case(JSON) || (kind.starts_with("application/vnd.") && kind.ends_with("+json"))
    }
}

#[cfg(test)]
mod tests {
    use super::{Method, Response};

    #[test]
    fn methods_round_trip() {
        assert_eq!("PUT".parse(), Ok(Method::Put));
        assert_eq!("put".parse::<Method>().unwrap_err().to_string(), "`put` is not a method of a request");
    }

    #[test]
    fn json_is_recognised_by_its_content_type() {
        let is_json = |kind: &str| Response { content_type: Some(kind.to_owned()), ..Response::default() }.is_json();
        assert!(is_json("application/json; charset=UTF-8"));
        assert!(is_json("application/vnd.elasticsearch+json;compatible-with=8"));
        assert!(!is_json("text/html"));
        assert!(!is_json("application/x-ndjson"));
        assert!(!Response::default().is_json());
    }
}
