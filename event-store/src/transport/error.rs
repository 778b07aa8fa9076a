//! Why there is no reply, classified by what matters to the sender: may the request have arrived?

use std::error::Error;
use std::fmt;

use crate::ambiguity::may_have_acted;
use crate::error::CauseSuffix;

/// There is no complete reply.
///
/// `Display` is one line with the host and the causes, and without credentials, paths and bodies.
pub struct TransportError {
    kind: TransportErrorKind,
    host: String,
    source: Option<Box<dyn Error + Send + Sync>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum TransportErrorKind {
    NotSent,
    Broken,
    TimedOut,
    TooLarge,
    Redirected { status: u16 },
}

impl TransportError {
    /// The request certainly did not arrive: no connection, an unknown host, or a failed TLS handshake.
    pub fn not_sent(host: impl Into<String>, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { kind: TransportErrorKind::NotSent, host: host.into(), source: Some(source.into()) }
    }

    /// The connection broke after it was established: the engine may have the request.
    pub fn broken(host: impl Into<String>, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { kind: TransportErrorKind::Broken, host: host.into(), source: Some(source.into()) }
    }

    /// The reply did not come in time: the engine may have the request, or get it yet.
    pub fn timed_out(host: impl Into<String>) -> Self {
        Self { kind: TransportErrorKind::TimedOut, host: host.into(), source: None }
    }

    /// The reply exceeds the limit: the engine has the request.
    pub fn too_large(host: impl Into<String>, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { kind: TransportErrorKind::TooLarge, host: host.into(), source: Some(source.into()) }
    }

    /// The host answered with a redirect, which is not to be followed; see [`is_redirect`](Self::is_redirect).
    pub fn redirected(host: impl Into<String>, status: u16) -> Self {
        Self { kind: TransportErrorKind::Redirected { status }, host: host.into(), source: None }
    }

    /// Whether the engine may have acted on the request. If not, it certainly has not.
    #[must_use]
    pub const fn is_ambiguous(&self) -> bool {
        match self.kind {
            TransportErrorKind::NotSent => false,
            TransportErrorKind::Broken | TransportErrorKind::TimedOut | TransportErrorKind::TooLarge => true,
            TransportErrorKind::Redirected { status } => may_have_acted(status),
        }
    }

    /// Whether the request timed out after the connection was established.
    #[must_use]
    pub const fn is_timeout(&self) -> bool {
        matches!(self.kind, TransportErrorKind::TimedOut)
    }

    /// Whether the host redirected the request. Redirects are not followed: they would send credentials and documents to a host
    /// that nobody configured.
    #[must_use]
    pub const fn is_redirect(&self) -> bool {
        matches!(self.kind, TransportErrorKind::Redirected { .. })
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let host = &self.host;
        match self.kind {
            TransportErrorKind::NotSent => write!(out, "no connection to `{host}`"),
            TransportErrorKind::Broken => write!(out, "the connection to `{host}` broke before its reply was complete"),
            TransportErrorKind::TimedOut => write!(out, "`{host}` did not reply in time"),
            TransportErrorKind::TooLarge => write!(out, "the reply of `{host}` is larger than allowed"),
            TransportErrorKind::Redirected { status } => {
                write!(out, "`{host}` answered with a redirect ({status}), which is not followed; configure its target")
            }
        }?;
        CauseSuffix(self.source.as_deref().map(|cause| cause as &(dyn Error + 'static))).fmt(out)
    }
}

impl Error for TransportError {}
