//! [`Transport`] over HTTP/1.1, with `ureq` and `rustls`. Owns connections, hosts and credentials; knows nothing of bulk.

mod builder;
mod hosts;
mod retry_after;
mod send_phase;
mod tls;
mod url;

use std::fmt;
use std::io::{self, Write as _};
use std::sync::Mutex;
use std::time::{Instant, SystemTime};

use flate2::Compression;
use flate2::write::GzEncoder;
use ureq::http::header::{AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, DATE, HeaderMap, HeaderName, RETRY_AFTER};
use ureq::http::{self, HeaderValue};
use ureq::{Agent, AsSendBody, Body};

pub use builder::{
    BuildError, DEFAULT_CONNECT_TIMEOUT, DEFAULT_MAX_REPLY_BYTES, DEFAULT_REQUEST_TIMEOUT, HttpTransportBuilder,
};

use self::hosts::Hosts;
use self::send_phase::SendPhase;
use crate::transport::{Method, Request, Response, Transport, TransportError};

/// Smaller bodies are sent uncompressed: gzip's header and first block cost what compression would save.
const MIN_GZIP_BYTES: usize = 1024;

/// Whether bodies of requests are compressed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Gzip {
    /// Uncompressed: right where the network is not the bottleneck, because it costs no time.
    #[default]
    Off,
    /// With the fastest level.
    Fast,
}

/// The real transport: HTTP to one or several equivalent hosts.
///
/// * **Several hosts** take turns. A host to which no connection can be made, that breaks the connection, does not reply in
///   time, or answers 502, 503 or 504, is suspended for a second, then two, up to a minute while it keeps failing, unless all
///   are suspended. A request that certainly did not arrive goes to the next host at once; any other failure is returned.
/// * **Redirects** are errors, and **proxies** of the environment are not used.
/// * **Certificates** of the public authorities are trusted, or those of a file instead; a client certificate is presented to
///   hosts that ask for one.
/// * Connections are kept and reused; replies are read up to a limit.
///
/// # Examples
/// ```
/// use event_store::{HttpTransport, Secret};
///
/// let transport = HttpTransport::builder()
///     .host("https://node-1.example:9200")
///     .host("https://node-2.example:9200")
///     .basic_auth("writer", "correct horse")
///     .build()?;
/// assert!(!format!("{transport:?}").contains("horse"));
/// # Ok::<(), event_store::BuildError>(())
/// ```
pub struct HttpTransport {
    agent: Agent,
    hosts: Hosts,
    authorization: Option<HeaderValue>,
    gzip: Gzip,
    max_reply_bytes: u64,
    /// A buffer for a compressed body, kept for the next one.
    compressed: Mutex<Vec<u8>>,
}

impl HttpTransport {
    /// Starts with no host, no credentials and the documented defaults.
    #[must_use]
    pub fn builder() -> HttpTransportBuilder {
        HttpTransportBuilder::default()
    }

    fn send_body(&self, request: &Request<'_>, body: Option<&[u8]>, is_gzip: bool) -> Result<Response, TransportError> {
        let mut failed = None;
        for host in self.hosts.order(Instant::now()) {
            let shown = self.hosts.shown(host);
            let result = self.ask(host, request, body, is_gzip).and_then(|mut reply| {
                let (parts, body) = (reply.headers().clone(), reply.body_mut());
                self.read(&parts, body).map(|response| Response { status: reply.status().as_u16(), ..response })
            });
            match result.map_err(|error| to_transport_error(error, shown)) {
                Ok(response) if matches!(response.status, 300..=399) => {
                    return Err(TransportError::redirected(shown, response.status));
                }
                Ok(response) => {
                    let is_well = !matches!(response.status, 502..=504);
                    self.hosts.report(host, is_well, Instant::now());
                    return Ok(response);
                }
                Err(error) => {
                    self.hosts.report(host, false, Instant::now());
                    if error.is_ambiguous() {
                        return Err(error);
                    }
                    failed = Some(error);
                }
            }
        }
        Err(failed.expect("the builder requires a host, and each is tried"))
    }

    fn ask(
        &self,
        host: usize,
        request: &Request<'_>,
        body: Option<&[u8]>,
        is_gzip: bool,
    ) -> Result<http::Response<Body>, ureq::Error> {
        let url = [self.hosts.base(host), request.path].concat();
        let mut head = http::Request::builder().method(request.method.as_str()).uri(url);
        if let Some(authorization) = &self.authorization {
            head = head.header(AUTHORIZATION, authorization);
        }
        if is_gzip {
            head = head.header(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
        match body {
            Some(body) => {
                head = head.header(CONTENT_TYPE, HeaderValue::from_static(request.content_type));
                self.run(head.body(body)?, request)
            }
            // Both need an explicit empty body.
            None if matches!(request.method, Method::Put | Method::Post) => self.run(head.body(&[][..])?, request),
            None => self.run(head.body(())?, request),
        }
    }

    fn run<B: AsSendBody>(
        &self,
        head: http::Request<B>,
        request: &Request<'_>,
    ) -> Result<http::Response<Body>, ureq::Error> {
        match request.timeout {
            Some(timeout) => self.agent.run(self.agent.configure_request(head).timeout_global(Some(timeout)).build()),
            None => self.agent.run(head),
        }
    }

    fn read(&self, headers: &HeaderMap, body: &mut Body) -> Result<Response, ureq::Error> {
        let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
        let retry_after = text(RETRY_AFTER).and_then(|wish| retry_after::parse(wish, text(DATE), SystemTime::now()));
        let content_type = text(CONTENT_TYPE).map(str::to_owned);
        let body = body.with_config().limit(self.max_reply_bytes).read_to_vec()?;
        Ok(Response { status: 0, retry_after, content_type, body })
    }
}

impl Transport for HttpTransport {
    fn send(&self, request: &Request<'_>) -> Result<Response, TransportError> {
        match (self.gzip, request.body) {
            (Gzip::Fast, Some(body)) if body.len() >= MIN_GZIP_BYTES => {
                let buffer = self.compressed.lock().map(|mut kept| std::mem::take(&mut *kept)).unwrap_or_default();
                let compressed = compress(body, buffer).map_err(|error| TransportError::not_sent("-", error))?;
                let result = self.send_body(request, Some(&compressed), true);
                if let Ok(mut kept) = self.compressed.lock() {
                    *kept = compressed;
                }
                result
            }
            (_, body) => self.send_body(request, body, false),
        }
    }
}

impl fmt::Debug for HttpTransport {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hosts: Vec<&str> = (0..self.hosts.len()).map(|host| self.hosts.shown(host)).collect();
        out.debug_struct("HttpTransport").field("hosts", &hosts).field("gzip", &self.gzip).finish_non_exhaustive()
    }
}

fn compress(body: &[u8], mut buffer: Vec<u8>) -> io::Result<Vec<u8>> {
    buffer.clear();
    let mut encoder = GzEncoder::new(buffer, Compression::fast());
    encoder.write_all(body)?;
    encoder.finish()
}

fn to_transport_error(error: ureq::Error, host: &str) -> TransportError {
    let advised = |error: ureq::Error| -> Box<dyn std::error::Error + Send + Sync> {
        match tls::advice(&error, host) {
            Some(advice) => format!("{error}; {advice}").into(),
            None => error.into(),
        }
    };
    match SendPhase::of(error) {
        SendPhase::NotSent(error) => TransportError::not_sent(host, advised(error)),
        SendPhase::Sent(ureq::Error::Timeout(_)) => TransportError::timed_out(host),
        SendPhase::Sent(error @ ureq::Error::BodyExceedsLimit(_)) => TransportError::too_large(host, error),
        SendPhase::Sent(error) => TransportError::broken(host, advised(error)),
    }
}
