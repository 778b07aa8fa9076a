//! Distinguishes failures before the first byte of a request from those after it. `ureq` has one error type for both, and the
//! same cause can be either: TLS can fail in the handshake, and in the middle of a reply. Establishing a connection, TLS
//! handshake included, is wrapped here, and its failures are marked.
//!
//! `ureq` exempts these two traits from its version guarantees; this is the only module that uses them.

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use ureq::Error;
use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{ConnectionDetails, Connector, DefaultConnector, NextTimeout, Transport};

/// An error while a connection was being established.
#[derive(Debug)]
struct NotSent(Error);

impl fmt::Display for NotSent {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(out)
    }
}

impl std::error::Error for NotSent {}

/// Marks failures to connect.
#[derive(Debug, Default)]
pub(super) struct MarkingConnector(DefaultConnector);

impl Connector<()> for MarkingConnector {
    type Out = Box<dyn Transport>;

    fn connect(&self, details: &ConnectionDetails<'_>, chained: Option<()>) -> Result<Option<Self::Out>, Error> {
        self.0.connect(details, chained).map_err(mark)
    }
}

/// How long the addresses of a name are cached: short compared to the time in which a name moves to another host.
const ADDRESS_TTL: Duration = Duration::from_secs(10);

/// Resolves names, and marks failures. `ureq` does this on a separate thread for every request, even when connected and even
/// for an address; here an address is parsed directly, and the addresses of a name are cached.
#[derive(Debug, Default)]
pub(super) struct MarkingResolver {
    inner: DefaultResolver,
    cached: Mutex<Vec<CachedAddresses>>,
}

#[derive(Debug)]
struct CachedAddresses {
    name: String,
    addresses: ResolvedSocketAddrs,
    until: Instant,
}

impl Resolver for MarkingResolver {
    fn resolve(&self, uri: &Uri, config: &Config, timeout: NextTimeout) -> Result<ResolvedSocketAddrs, Error> {
        let name = uri.scheme().zip(uri.authority()).and_then(|(s, a)| DefaultResolver::host_and_port(s, a));
        let name = name.unwrap_or_default();
        if let Ok(address) = name.parse() {
            let mut addresses = self.empty();
            addresses.push(address);
            return Ok(addresses);
        }
        let now = Instant::now();
        if let Some(cached) = self.lock().iter().find(|cached| cached.name == name && cached.until > now) {
            return Ok(cached.addresses.clone());
        }
        let addresses = self.inner.resolve(uri, config, timeout).map_err(mark)?;
        let mut all = self.lock();
        all.retain(|cached| cached.until > now && cached.name != name);
        all.push(CachedAddresses { name, addresses: addresses.clone(), until: now + ADDRESS_TTL });
        Ok(addresses)
    }
}

impl MarkingResolver {
    fn lock(&self) -> MutexGuard<'_, Vec<CachedAddresses>> {
        // The cache is consistent at any time.
        self.cached.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn mark(error: Error) -> Error {
    Error::Other(Box::new(NotSent(error)))
}

/// Whether a request failed before or after anything of it was sent.
pub(super) enum SendPhase {
    /// Certainly nothing.
    NotSent(Error),
    /// Perhaps all of it.
    Sent(Error),
}

impl SendPhase {
    /// Removes the mark.
    pub(super) fn of(error: Error) -> Self {
        match error {
            Error::Other(inner) => match inner.downcast::<NotSent>() {
                Ok(marked) => Self::NotSent(marked.0),
                Err(inner) => Self::Sent(Error::Other(inner)),
            },
            // A request that cannot be encoded.
            error @ (Error::Http(_) | Error::BadUri(_) | Error::TlsRequired) => Self::NotSent(error),
            error => Self::Sent(error),
        }
    }
}
