//! An installation that is tried until it succeeds, by whoever has a thread to spare: it waits for nothing itself.

use std::time::{Duration, Instant};

use super::error::InstallError;
use super::installer::Installer;
use super::report::InstallReport;
use crate::backoff::Backoff;
use crate::transport::Transport;

/// Between tries: a second at first, so that an engine that starts together with its writers is ready soon; five minutes at
/// most, which is also how soon a repair by a person is noticed.
pub const INSTALL_BACKOFF: Backoff = Backoff::new(Duration::from_secs(1), Duration::from_mins(5));

/// Tries to install until it succeeds, one step at a time.
///
/// # Examples
/// ```no_run
/// # use std::time::Instant;
/// # use event_store::{Bundle, HttpTransport, Installation, Installer, Progress};
/// # fn random() -> u32 { 4 }
/// # fn wait(_: std::time::Duration) {}
/// # let engine = HttpTransport::builder().host("http://127.0.0.1:9200").build()?;
/// let mut installation = Installation::new(Installer::new(Bundle::load("generated/kibana-event-log/opensearch")?));
/// loop {
///     match installation.step(&engine, Instant::now(), random()) {
///         Progress::Installed(report) => break println!("{report}"),
///         Progress::Failed { error, retry_in } => {
///             eprintln!("{error}");
///             wait(retry_in);
///         }
///         Progress::Waiting { retry_in } => wait(retry_in),
///         Progress::Done => break,
///     }
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Installation {
    installer: Installer,
    failures: u32,
    due: Option<Instant>,
    is_done: bool,
}

/// What a step of an [`Installation`] came to.
#[derive(Debug)]
pub enum Progress {
    /// It is done, just now.
    Installed(InstallReport),
    /// It was tried and will be tried again.
    Failed {
        /// Why.
        error: InstallError,
        /// When.
        retry_in: Duration,
    },
    /// It is not yet time for the next try.
    Waiting {
        /// When it will be.
        retry_in: Duration,
    },
    /// It was done before.
    Done,
}

impl Installation {
    /// One that is due at once.
    #[must_use]
    pub const fn new(installer: Installer) -> Self {
        Self { installer, failures: 0, due: None, is_done: false }
    }

    /// Whether it has succeeded.
    #[must_use]
    pub const fn is_done(&self) -> bool {
        self.is_done
    }

    /// Makes it due again, because something that it had made is gone: an alias that cannot be resolved any more.
    pub const fn restart(&mut self) {
        self.is_done = false;
        self.due = None;
    }

    /// Tries to install if that is due. `random` is any number, and spreads the tries of many programs. An error that a
    /// person has to repair is tried again as well, at the longest interval.
    pub fn step(&mut self, transport: &dyn Transport, now: Instant, random: u32) -> Progress {
        if self.is_done {
            return Progress::Done;
        }
        if let Some(due) = self.due.filter(|due| *due > now) {
            return Progress::Waiting { retry_in: due - now };
        }
        match self.installer.install(transport) {
            Ok(report) => {
                (self.is_done, self.failures, self.due) = (true, 0, None);
                Progress::Installed(report)
            }
            Err(error) => {
                self.failures = self.failures.saturating_add(1);
                let retry_in = if error.is_retryable() {
                    INSTALL_BACKOFF.delay(self.failures, random)
                } else {
                    INSTALL_BACKOFF.most()
                };
                self.due = Some(now + retry_in);
                Progress::Failed { error, retry_in }
            }
        }
    }
}
