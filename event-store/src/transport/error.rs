//! Why there is no reply, told apart by the one thing that matters to who sent the request: may it have arrived?

use std::error::Error;
use std::fmt;

use crate::arrival::may_have_acted;
use crate::error::Because;

/// There is no complete reply.
///
/// `Display` is one line with the host and the causes, and without credentials, paths and bodies.
pub struct TransportError {
    kind: Kind,
    host: String,
    source: Option<Box<dyn Error + Send + Sync>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    NotSent,
    Broken,
    TimedOut,
    TooLarge,
    Redirected { status: u16 },
}

impl TransportError {
    /// The request certainly did not arrive: no connection, an unknown host, a failed TLS handshake.
    pub fn not_sent(host: impl Into<String>, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { kind: Kind::NotSent, host: host.into(), source: Some(source.into()) }
    }

    /// The connection broke after it had been made: the engine may have the request.
    pub fn broken(host: impl Into<String>, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { kind: Kind::Broken, host: host.into(), source: Some(source.into()) }
    }

    /// The reply did not come in time: the engine may have the request, or get it yet.
    pub fn timed_out(host: impl Into<String>) -> Self {
        Self { kind: Kind::TimedOut, host: host.into(), source: None }
    }

    /// The reply is larger than is read: the engine has the request.
    pub fn too_large(host: impl Into<String>, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { kind: Kind::TooLarge, host: host.into(), source: Some(source.into()) }
    }

    /// The host answered with a redirect, which is not to be followed; see [`is_redirect`](Self::is_redirect).
    pub fn redirected(host: impl Into<String>, status: u16) -> Self {
        Self { kind: Kind::Redirected { status }, host: host.into(), source: None }
    }

    /// Whether the engine may have acted on the request. If not, it certainly has not.
    #[must_use]
    pub const fn is_ambiguous(&self) -> bool {
        match self.kind {
            Kind::NotSent => false,
            Kind::Broken | Kind::TimedOut | Kind::TooLarge => true,
            Kind::Redirected { status } => may_have_acted(status),
        }
    }

    /// Whether the time for the request was over, once the connection was made.
    #[must_use]
    pub const fn is_timeout(&self) -> bool {
        matches!(self.kind, Kind::TimedOut)
    }

    /// Whether the host sent the request elsewhere. Redirects are not followed: they would take credentials and documents
    /// to where nobody configured them to go.
    #[must_use]
    pub const fn is_redirect(&self) -> bool {
        matches!(self.kind, Kind::Redirected { .. })
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let host = &self.host;
        match self.kind {
            Kind::NotSent => write!(out, "no connection to `{host}`"),
            Kind::Broken => write!(out, "the connection to `{host}` broke before its reply was complete"),
            Kind::TimedOut => write!(out, "`{host}` did not reply in time"),
            Kind::TooLarge => write!(out, "the reply of `{host}` is larger than allowed"),
            Kind::Redirected { status } => {
                write!(out, "`{host}` answered with a redirect ({status}), which is not followed; configure its target")
            }
        }?;
        Because(self.source.as_deref().map(|cause| cause as &(dyn Error + 'static))).fmt(out)
    }
}

impl Error for TransportError {}
