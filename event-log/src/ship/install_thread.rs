//! Installs a log's generated files on a background thread: before the first document is sent, retrying until it succeeds, and
//! again when what was installed is gone. Owns when and how often; what is installed is `event-store`'s business.

use std::io;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use event_store::{InstallError, InstallProgress, InstallReport, Installer, RetryingInstaller, Transport};

use super::random::Random;
use crate::delivery::InstallMetrics;

/// How often the same failure is logged.
const LOG_INTERVAL: Duration = Duration::from_mins(1);

/// The status of an installation that is in progress or done. Clones share it.
#[derive(Clone)]
pub(super) struct InstallStatus(Arc<Mutex<StatusInner>>);

struct StatusInner {
    metrics: InstallMetrics,
    /// When the current installation began.
    begun: Instant,
}

impl InstallStatus {
    fn begin() -> Self {
        Self(Arc::new(Mutex::new(StatusInner { metrics: InstallMetrics::default(), begun: Instant::now() })))
    }

    pub(super) fn metrics(&self) -> InstallMetrics {
        let state = self.lock();
        let pending_for = (!state.metrics.is_installed).then(|| state.begun.elapsed());
        InstallMetrics { pending_for, ..state.metrics.clone() }
    }

    fn lock(&self) -> MutexGuard<'_, StatusInner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The handle of the thread. Dropping it ends the thread once the request that it is waiting for is done.
pub(super) struct InstallThread {
    status: InstallStatus,
    again: Sender<()>,
}

impl InstallThread {
    /// Starts installing. `ready` is called whenever documents may be sent: after each installation, and when the engine has a
    /// newer version of the log, to which an older program keeps writing.
    pub(super) fn start(
        installer: Installer,
        transport: Arc<dyn Transport>,
        seed: u64,
        ready: impl FnMut() + Send + 'static,
    ) -> io::Result<Self> {
        let status = InstallStatus::begin();
        let (again, inbox) = channel();
        let install_loop = InstallLoop {
            log: installer.bundle().log().to_owned(),
            installer: RetryingInstaller::new(installer),
            transport,
            random: Random::new(seed),
            status: status.clone(),
            reported: None,
        };
        thread::Builder::new().name("event-log-install".to_owned()).spawn(move || install_loop.run(&inbox, ready))?;
        Ok(Self { status, again })
    }

    pub(super) fn status(&self) -> &InstallStatus {
        &self.status
    }

    /// Installs again because the alias is gone; does nothing while the first installation is still in progress.
    pub(super) fn restart(&self) {
        let mut state = self.status.lock();
        if std::mem::take(&mut state.metrics.is_installed) {
            state.begun = Instant::now();
            // The thread ends after this handle.
            let _ = self.again.send(());
        }
    }
}

struct InstallLoop {
    log: String,
    installer: RetryingInstaller,
    transport: Arc<dyn Transport>,
    random: Random,
    status: InstallStatus,
    /// What was logged last, and when.
    reported: Option<(String, Instant)>,
}

impl InstallLoop {
    fn run(mut self, inbox: &Receiver<()>, mut ready: impl FnMut()) {
        loop {
            let pause = match self.installer.poll(&*self.transport, Instant::now(), self.random.next()) {
                InstallProgress::Installed(report) => {
                    self.note_success(&report);
                    ready();
                    None
                }
                InstallProgress::Failed { error, retry_in } => {
                    self.note_failure(&error);
                    if matches!(error, InstallError::Downgrade { .. }) {
                        ready();
                    }
                    Some(retry_in)
                }
                InstallProgress::Waiting { retry_in } => Some(retry_in),
                InstallProgress::Done => None,
            };
            let wake = match pause {
                Some(pause) => inbox.recv_timeout(pause),
                None => inbox.recv().map_err(|_| RecvTimeoutError::Disconnected),
            };
            match wake {
                Ok(()) => self.installer.restart(),
                Err(RecvTimeoutError::Timeout) => (),
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    fn note_success(&mut self, report: &InstallReport) {
        if report.indices.iter().any(|index| index.is_unmanaged) {
            tracing::warn!("installation: {report}");
        } else {
            tracing::info!("installation: {report}");
        }
        self.reported = None;
        let state = &mut self.status.lock().metrics;
        *state = InstallMetrics { is_installed: true, failures: state.failures, ..Default::default() };
    }

    fn note_failure(&mut self, error: &InstallError) {
        let line = error.to_string();
        let needs_person = !error.is_retryable();
        let is_news = self.reported.as_ref().is_none_or(|(told, at)| *told != line || at.elapsed() >= LOG_INTERVAL);
        if is_news {
            tracing::warn!(log = %self.log, needs_person, "installation: {line}");
            self.reported = Some((line.clone(), Instant::now()));
        }
        let state = &mut self.status.lock().metrics;
        state.failures += 1;
        state.needs_person = needs_person;
        state.last_error = Some(line);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use event_store::{Bundle, Request, Response, TransportError};
    use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};

    use super::*;

    struct Nothing;

    impl Transport for Nothing {
        fn send(&self, _: &Request<'_>) -> Result<Response, TransportError> {
            Err(TransportError::not_sent("engine", "connection refused"))
        }
    }

    #[derive(Clone, Default)]
    struct Lines(Arc<AtomicU32>);

    impl<S: tracing::Subscriber> Layer<S> for Lines {
        fn on_event(&self, _: &tracing::Event<'_>, _: Context<'_, S>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn install_loop() -> InstallLoop {
        let files = concat!(env!("CARGO_MANIFEST_DIR"), "/../generated/kibana-event-log/opensearch");
        InstallLoop {
            log: "kibana-event-log".to_owned(),
            installer: RetryingInstaller::new(Installer::new(Bundle::load(files).unwrap())),
            transport: Arc::new(Nothing),
            random: Random::new(1),
            status: InstallStatus::begin(),
            reported: None,
        }
    }

    #[test]
    fn failures_are_counted_and_logged_per_interval() {
        let (mut install, lines) = (install_loop(), Lines::default());
        let overridden = InstallError::Overridden { index: "log-000001".to_owned() };
        let malformed = InstallError::Malformed { request: "GET /".to_owned(), source: None };
        tracing::subscriber::with_default(tracing_subscriber::registry().with(lines.clone()), || {
            for error in [&overridden, &overridden, &overridden, &malformed, &malformed] {
                install.note_failure(error);
            }
        });
        assert_eq!(lines.0.load(Ordering::Relaxed), 2, "each of the two is said once");
        let state = install.status.metrics();
        assert_eq!((state.failures, state.needs_person, state.is_installed), (5, false, false));
        assert_eq!(state.last_error.as_deref(), Some("the reply to `GET /` is not an engine's"));
    }
}
