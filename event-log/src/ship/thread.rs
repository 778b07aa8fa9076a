//! A shipper on plain threads: one runs the state machine, and one sends each request in flight, because a [`Transport`] blocks.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher as _;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use event_store::{Installer, Request, Response, Transport, TransportError};

use super::install_thread::{InstallStatus, InstallThread};
use super::pending_request::PendingRequest;
use super::settings::Settings;
use super::shipper::{Shipper, ShipperAction};
use super::stats::{Condition, Stats};
use super::storage::{ShipperStorage, StorageError};
use crate::delivery::DeliveryMetrics;

/// A running shipper. It stops at once when this is dropped; requests in flight are sent again after the next start.
pub struct ShipperThread {
    messages: Sender<LoopMessage>,
    /// With the time at which they were taken.
    stats: Arc<Mutex<(Stats, Instant)>>,
    handle: Mutex<Option<JoinHandle<()>>>,
    installation: Option<InstallStatus>,
    has_panicked: Arc<AtomicBool>,
}

enum LoopMessage {
    Done(Box<PendingRequest>, Result<Response, TransportError>),
    /// The log is installed.
    Release,
    /// Reply when everything in the spool at this moment is finished.
    Flush(Sender<()>),
    #[cfg(test)]
    Panic,
    /// End as soon as everything in the spool at this moment is finished, and at this deadline at the latest.
    Stop(Instant),
}

impl ShipperThread {
    /// Starts shipping.
    ///
    /// # Errors
    /// When journal or quarantine cannot be read, or the system has no threads.
    pub fn start(
        settings: Settings,
        storage: ShipperStorage,
        transport: impl Transport + 'static,
    ) -> Result<Self, StorageError> {
        Self::launch(settings, storage, Box::new(transport), None)
    }

    /// Installs the log in the background, retrying until it succeeds, and starts shipping as soon as it is installed.
    ///
    /// # Errors
    /// As [`start`](Self::start).
    pub fn start_installing(
        settings: Settings,
        storage: ShipperStorage,
        transport: impl Transport + 'static,
        installer: Installer,
    ) -> Result<Self, StorageError> {
        Self::launch(settings, storage, Box::new(transport), Some(installer))
    }

    fn launch(
        settings: Settings,
        storage: ShipperStorage,
        transport: Box<dyn Transport>,
        installer: Option<Installer>,
    ) -> Result<Self, StorageError> {
        let settings = match settings.chosen_seed() {
            0 => settings.seed(RandomState::new().hash_one(0)),
            _ => settings,
        };
        // One more, for the request that resolves the target.
        let senders = settings.in_flight_limit() + 1;
        let seed = settings.chosen_seed();
        let mut shipper = Shipper::new(settings, storage)?;
        let stats = Arc::new(Mutex::new((shipper.stats(), Instant::now())));
        let (messages, inbox) = channel();
        let transport: Arc<dyn Transport> = Arc::new(CatchPanic(transport));
        let requests = start_senders(senders, &transport, &messages)?;
        let install_thread = match installer {
            Some(installer) => {
                shipper.hold();
                let messages = messages.clone();
                // Without a receiver shipping has ended.
                let ready = move || _ = messages.send(LoopMessage::Release);
                Some(InstallThread::start(installer, transport, seed, ready)?)
            }
            None => None,
        };
        let installation = install_thread.as_ref().map(|install_thread| install_thread.status().clone());
        let has_panicked = Arc::new(AtomicBool::new(false));
        let shipper_loop = ShipperLoop {
            panic_flag: PanicFlag(Arc::clone(&has_panicked)),
            shipper,
            began: Instant::now(),
            inbox,
            requests,
            stats: Arc::clone(&stats),
            flushes: Vec::new(),
            stop: None,
            install_thread,
            reinstalled_at: None,
        };
        let handle = thread::Builder::new().name("event-log-ship".to_owned()).spawn(move || shipper_loop.run())?;
        Ok(Self { messages, stats, handle: Mutex::new(Some(handle)), installation, has_panicked })
    }

    /// How delivery is going.
    pub fn metrics(&self) -> DeliveryMetrics {
        let (mut stats, taken) = self.stats.lock().unwrap_or_else(PoisonError::into_inner).clone();
        for problem in &mut stats.problems {
            problem.duration += taken.elapsed();
        }
        let installation = self.installation.as_ref().map(InstallStatus::metrics);
        let mut metrics = DeliveryMetrics::from(stats);
        let install_error = || installation.as_ref().and_then(|installation| installation.last_error.clone());
        metrics.last_error = metrics.last_error.or_else(install_error);
        let has_panicked = self.has_panicked.load(Ordering::Relaxed);
        DeliveryMetrics { has_panicked, installation, ..metrics }
    }

    /// Sends what is in the spool now without waiting for batches to fill, and returns whether all of it was finished in time.
    /// Blocks.
    pub fn flush(&self, deadline: Instant) -> bool {
        let (done, is_done) = channel();
        let left = deadline.saturating_duration_since(Instant::now());
        self.messages.send(LoopMessage::Flush(done)).is_ok() && is_done.recv_timeout(left).is_ok()
    }

    /// Flushes until the deadline, and ends. Requests still in flight then are abandoned: their records are sent again after the
    /// next start, to the same index. Blocks.
    pub fn stop(&self, deadline: Instant) {
        // Without a receiver it has ended.
        let _ = self.messages.send(LoopMessage::Stop(deadline));
        let handle = self.handle.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(handle) = handle {
            // A panic has been printed where it happened, and loses nothing: the records are still in the spool.
            let _ = handle.join();
        }
    }
}

impl Drop for ShipperThread {
    fn drop(&mut self) {
        self.stop(Instant::now());
    }
}

/// Starts the threads that send, and returns their queue. They end when it is dropped.
fn start_senders(
    count: u32,
    transport: &Arc<dyn Transport>,
    messages: &Sender<LoopMessage>,
) -> io::Result<Sender<Box<PendingRequest>>> {
    let (requests, queue) = channel::<Box<PendingRequest>>();
    let queue = Arc::new(Mutex::new(queue));
    for number in 1..=count {
        let (queue, transport, messages) = (Arc::clone(&queue), Arc::clone(transport), messages.clone());
        thread::Builder::new().name(format!("event-log-send-{number}")).spawn(move || {
            loop {
                let request = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
                let Ok(request) = request else { return };
                let outcome = transport.send(&request.request());
                if messages.send(LoopMessage::Done(request, outcome)).is_err() {
                    return;
                }
            }
        })?;
    }
    Ok(requests)
}

/// A transport that turns a panic into an error, so that it does not end the sending thread.
struct CatchPanic(Box<dyn Transport>);

impl Transport for CatchPanic {
    fn send(&self, request: &Request<'_>) -> Result<Response, TransportError> {
        // Nothing of the request is changed by a transport, so it is whole after a panic.
        catch_unwind(AssertUnwindSafe(|| self.0.send(request)))
            .unwrap_or_else(|_| Err(TransportError::broken("transport", "the transport panicked")))
    }
}

/// Set when the thread that owns it ends by a panic.
struct PanicFlag(Arc<AtomicBool>);

impl Drop for PanicFlag {
    fn drop(&mut self) {
        if thread::panicking() {
            self.0.store(true, Ordering::Relaxed);
        }
    }
}

struct ShipperLoop {
    #[expect(dead_code, reason = "it takes effect when it is dropped")]
    panic_flag: PanicFlag,
    shipper: Shipper,
    began: Instant,
    inbox: Receiver<LoopMessage>,
    requests: Sender<Box<PendingRequest>>,
    stats: Arc<Mutex<(Stats, Instant)>>,
    flushes: Vec<(u64, Sender<()>)>,
    stop: Option<(u64, Instant)>,
    install_thread: Option<InstallThread>,
    /// The last time that the target was missing and the log was installed again.
    reinstalled_at: Option<Duration>,
}

impl ShipperLoop {
    fn run(mut self) {
        loop {
            let until = loop {
                match self.shipper.poll(self.began.elapsed()) {
                    // The senders end after this thread.
                    ShipperAction::Send(request) => _ = self.requests.send(request),
                    ShipperAction::Wait { until } => break until,
                }
            };
            let stats = self.shipper.stats();
            self.reinstall_if_missing(&stats);
            *self.stats.lock().unwrap_or_else(PoisonError::into_inner) = (stats, Instant::now());
            let through = self.shipper.finished_through();
            for (_, done) in self.flushes.extract_if(.., |(target, _)| *target <= through) {
                // The caller may have given up at its deadline.
                let _ = done.send(());
            }
            let left = match self.stop {
                Some((target, deadline)) if target <= through || deadline <= Instant::now() => return,
                Some((_, deadline)) => deadline.saturating_duration_since(Instant::now()),
                None => Duration::MAX,
            };
            let pause = until.saturating_sub(self.began.elapsed()).min(left);
            match self.inbox.recv_timeout(pause) {
                Ok(message) => self.handle(message),
                Err(RecvTimeoutError::Timeout) => (),
                Err(RecvTimeoutError::Disconnected) => return,
            }
            while let Ok(message) = self.inbox.try_recv() {
                self.handle(message);
            }
        }
    }

    /// Installs the log again if its alias or data stream was removed.
    fn reinstall_if_missing(&mut self, stats: &Stats) {
        let Some(install_thread) = &self.install_thread else { return };
        if stats.condition == Condition::NotInstalled && stats.last_error_at != self.reinstalled_at {
            self.reinstalled_at = stats.last_error_at;
            install_thread.restart();
        }
    }

    fn handle(&mut self, message: LoopMessage) {
        match message {
            LoopMessage::Release => self.shipper.release(),
            LoopMessage::Done(request, outcome) => self.shipper.complete(self.began.elapsed(), *request, outcome),
            #[cfg(test)]
            LoopMessage::Panic => panic!("a test wants it"),
            LoopMessage::Flush(done) => self.flushes.push((self.shipper.request_flush(), done)),
            LoopMessage::Stop(deadline) => self.stop = Some((self.shipper.request_flush(), deadline)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quarantine::Quarantine;

    struct Unreachable;

    impl Transport for Unreachable {
        fn send(&self, _: &Request<'_>) -> Result<Response, TransportError> {
            Err(TransportError::broken("nowhere", "refused"))
        }
    }

    #[test]
    fn panic_of_the_shipping_thread_is_in_the_health() {
        let directory = tempfile::tempdir().unwrap();
        let spool = event_spool::Spool::builder().open(directory.path().join("events")).unwrap();
        let quarantine = Quarantine::open(directory.path().join("quarantine")).unwrap();
        let storage = ShipperStorage::open(&spool, quarantine, &directory.path().join("shipping")).unwrap();
        let shipping = ShipperThread::start(Settings::new("log"), storage, Unreachable).unwrap();
        assert!(!shipping.metrics().has_panicked);
        shipping.messages.send(LoopMessage::Panic).unwrap();
        let ended = shipping.handle.lock().unwrap().take().unwrap().join();
        assert!(ended.is_err());
        let mut reasons = Vec::new();
        shipping.metrics().add_reasons(&mut reasons);
        assert!(reasons[0].starts_with("delivery has ended because of a defect in this library"), "{reasons:?}");
        assert!(!shipping.flush(Instant::now()), "and nothing waits for it");
    }
}
