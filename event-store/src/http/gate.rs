//! Tells failures before the first byte of a request from those after it. `ureq` has one error type for both, and the same
//! cause can be either: TLS fails in the handshake, and it fails in the middle of a reply. What makes a connection is
//! wrapped here, TLS handshake included, and marks its failures.
//!
//! `ureq` says of these two traits that they do not follow its version numbers; this is the one place that names them.

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use ureq::Error;
use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{ConnectionDetails, Connector, DefaultConnector, NextTimeout, Transport};

/// An error on the way to a connection.
#[derive(Debug)]
struct NotSent(Error);

impl fmt::Display for NotSent {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(out)
    }
}

impl std::error::Error for NotSent {}

/// Marks what fails while a connection is made.
#[derive(Debug, Default)]
pub(super) struct MarkingConnector(DefaultConnector);

impl Connector<()> for MarkingConnector {
    type Out = Box<dyn Transport>;

    fn connect(&self, details: &ConnectionDetails<'_>, chained: Option<()>) -> Result<Option<Self::Out>, Error> {
        self.0.connect(details, chained).map_err(mark)
    }
}

/// How long the addresses of a name are kept: short beside the time in which a name is moved to another host.
const KEEP: Duration = Duration::from_secs(10);

/// Looks names up, and marks what fails. `ureq` does that on a thread of its own for every request, connected or not and
/// even for an address; here an address is read as it is, and a name's are kept for a while.
#[derive(Debug, Default)]
pub(super) struct MarkingResolver {
    inner: DefaultResolver,
    kept: Mutex<Vec<Kept>>,
}

#[derive(Debug)]
struct Kept {
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
        if let Some(kept) = self.lock().iter().find(|kept| kept.name == name && kept.until > now) {
            return Ok(kept.addresses.clone());
        }
        let addresses = self.inner.resolve(uri, config, timeout).map_err(mark)?;
        let mut all = self.lock();
        all.retain(|kept| kept.until > now && kept.name != name);
        all.push(Kept { name, addresses: addresses.clone(), until: now + KEEP });
        Ok(addresses)
    }
}

impl MarkingResolver {
    fn lock(&self) -> MutexGuard<'_, Vec<Kept>> {
        // What is kept is whole at any time.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn mark(error: Error) -> Error {
    Error::Other(Box::new(NotSent(error)))
}

/// An error with the answer to whether something was sent.
pub(super) enum Sorted {
    /// Certainly nothing.
    NotSent(Error),
    /// Perhaps all of it.
    Sent(Error),
}

/// Takes the mark off.
pub(super) fn sort(error: Error) -> Sorted {
    match error {
        Error::Other(inner) => match inner.downcast::<NotSent>() {
            Ok(marked) => Sorted::NotSent(marked.0),
            Err(inner) => Sorted::Sent(Error::Other(inner)),
        },
        // A request that cannot be written down.
        error @ (Error::Http(_) | Error::BadUri(_) | Error::TlsRequired) => Sorted::NotSent(error),
        error => Sorted::Sent(error),
    }
}
