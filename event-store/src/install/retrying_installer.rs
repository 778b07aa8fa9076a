//! An installation that is retried until it succeeds. It does not wait: the caller polls it.

use std::time::{Duration, Instant};

use super::error::InstallError;
use super::installer::Installer;
use super::report::InstallReport;
use crate::backoff::Backoff;
use crate::transport::Transport;

/// Delay between attempts: a second at first, for an engine that starts together with its writers; five minutes at most, which is
/// also how soon a repair by a person is noticed.
pub const INSTALL_BACKOFF: Backoff = Backoff::new(Duration::from_secs(1), Duration::from_mins(5));

/// Retries an installation until it succeeds, one attempt per poll.
///
/// # Examples
/// ```no_run
/// # use std::time::Instant;
/// # use event_store::{Bundle, HttpTransport, InstallProgress, Installer, RetryingInstaller};
/// # fn random() -> u32 { 4 }
/// # fn wait(_: std::time::Duration) {}
/// # let engine = HttpTransport::builder().host("http://127.0.0.1:9200").build()?;
/// let mut installer = RetryingInstaller::new(Installer::new(Bundle::load("generated/kibana-event-log/opensearch")?));
/// loop {
///     match installer.poll(&engine, Instant::now(), random()) {
///         InstallProgress::Installed(report) => break println!("{report}"),
///         InstallProgress::Failed { error, retry_in } => {
///             eprintln!("{error}");
///             wait(retry_in);
///         }
///         InstallProgress::Waiting { retry_in } => wait(retry_in),
///         InstallProgress::Done => break,
///     }
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct RetryingInstaller {
    installer: Installer,
    failures: u32,
    due: Option<Instant>,
    is_done: bool,
}

/// The result of [`RetryingInstaller::poll`].
#[derive(Debug)]
pub enum InstallProgress {
    /// This attempt succeeded.
    Installed(InstallReport),
    /// This attempt failed, and there will be another one.
    Failed {
        /// Why it failed.
        error: InstallError,
        /// Time until the next attempt.
        retry_in: Duration,
    },
    /// The next attempt is not due yet.
    Waiting {
        /// Time until then.
        retry_in: Duration,
    },
    /// An earlier attempt succeeded.
    Done,
}

impl RetryingInstaller {
    /// The first attempt is due at once.
    #[must_use]
    pub const fn new(installer: Installer) -> Self {
        Self { installer, failures: 0, due: None, is_done: false }
    }

    /// Whether it has succeeded.
    #[must_use]
    pub const fn is_done(&self) -> bool {
        self.is_done
    }

    /// Makes an attempt due again because something that was installed is gone, such as an alias that cannot be resolved.
    pub const fn restart(&mut self) {
        self.is_done = false;
        self.due = None;
    }

    /// Makes an attempt if one is due. `random` is any number; it spreads the attempts of many programs. An error that a person
    /// has to fix is retried as well, at the longest interval.
    pub fn poll(&mut self, transport: &dyn Transport, now: Instant, random: u32) -> InstallProgress {
        if self.is_done {
            return InstallProgress::Done;
        }
        if let Some(due) = self.due.filter(|due| *due > now) {
            return InstallProgress::Waiting { retry_in: due - now };
        }
        match self.installer.install(transport) {
            Ok(report) => {
                (self.is_done, self.failures, self.due) = (true, 0, None);
                InstallProgress::Installed(report)
            }
            Err(error) => {
                self.failures = self.failures.saturating_add(1);
                let retry_in = if error.is_retryable() {
                    INSTALL_BACKOFF.delay(self.failures, random)
                } else {
                    INSTALL_BACKOFF.cap()
                };
                self.due = Some(now + retry_in);
                InstallProgress::Failed { error, retry_in }
            }
        }
    }
}
