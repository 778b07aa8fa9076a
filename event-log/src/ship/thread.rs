//! A shipper on plain threads: one that decides, and one for each request under way, because a [`Transport`] blocks.

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

use super::errand::Errand;
use super::installing::{InstallationState, Installing};
use super::ports::{PortError, Ports};
use super::settings::Settings;
use super::shipper::{Shipper, Step};
use super::stats::{Condition, Stats};
use crate::delivery::DeliveryMetrics;

/// A running shipper; it stops at once when this is dropped, and what is under way is sent again after the next start.
pub struct ShipperThread {
    messages: Sender<Message>,
    /// With the moment that they are of.
    stats: Arc<Mutex<(Stats, Instant)>>,
    decider: Mutex<Option<JoinHandle<()>>>,
    installation: Option<InstallationState>,
    has_panicked: Arc<AtomicBool>,
}

enum Message {
    Done(Box<Errand>, Result<Response, TransportError>),
    /// The log is installed.
    Release,
    /// Say when what is in the spool now is finished.
    Flush(Sender<()>),
    #[cfg(test)]
    Panic,
    /// End, at this moment at the latest, or as soon as what is in the spool now is finished.
    Stop(Instant),
}

impl ShipperThread {
    /// Starts shipping.
    ///
    /// # Errors
    /// When journal or quarantine cannot be read, or the system has no threads.
    pub fn start(settings: Settings, ports: Ports, transport: impl Transport + 'static) -> Result<Self, PortError> {
        Self::launch(settings, ports, Box::new(transport), None)
    }

    /// Starts to install in the background, as often as it takes, and to ship as soon as the log is installed.
    ///
    /// # Errors
    /// As [`start`](Self::start).
    pub fn start_installing(
        settings: Settings,
        ports: Ports,
        transport: impl Transport + 'static,
        installer: Installer,
    ) -> Result<Self, PortError> {
        Self::launch(settings, ports, Box::new(transport), Some(installer))
    }

    fn launch(
        settings: Settings,
        ports: Ports,
        transport: Box<dyn Transport>,
        installer: Option<Installer>,
    ) -> Result<Self, PortError> {
        let settings = match settings.chosen_seed() {
            0 => settings.seed(RandomState::new().hash_one(0)),
            _ => settings,
        };
        // One more, for the question where the alias leads.
        let senders = settings.most_in_flight() + 1;
        let seed = settings.chosen_seed();
        let mut shipper = Shipper::new(settings, ports)?;
        let stats = Arc::new(Mutex::new((shipper.stats(), Instant::now())));
        let (messages, inbox) = channel();
        let transport: Arc<dyn Transport> = Arc::new(Careful(transport));
        let errands = start_senders(senders, &transport, &messages)?;
        let installing = match installer {
            Some(installer) => {
                shipper.hold();
                let messages = messages.clone();
                // Without a receiver shipping has ended.
                let ready = move || _ = messages.send(Message::Release);
                Some(Installing::start(installer, transport, seed, ready)?)
            }
            None => None,
        };
        let installation = installing.as_ref().map(|installing| installing.state().clone());
        let has_panicked = Arc::new(AtomicBool::new(false));
        let decider = Decider {
            ending: Ending(Arc::clone(&has_panicked)),
            shipper,
            began: Instant::now(),
            inbox,
            errands,
            stats: Arc::clone(&stats),
            flushes: Vec::new(),
            stop: None,
            installing,
            noticed: None,
        };
        let decider = thread::Builder::new().name("event-log-ship".to_owned()).spawn(move || decider.run())?;
        Ok(Self { messages, stats, decider: Mutex::new(Some(decider)), installation, has_panicked })
    }

    /// How delivery is going.
    pub fn metrics(&self) -> DeliveryMetrics {
        let (mut stats, taken) = self.stats.lock().unwrap_or_else(PoisonError::into_inner).clone();
        for trouble in &mut stats.troubles {
            trouble.lasts += taken.elapsed();
        }
        let installation = self.installation.as_ref().map(InstallationState::metrics);
        let mut metrics = DeliveryMetrics::from(stats);
        let install_error = || installation.as_ref().and_then(|installation| installation.last_error.clone());
        metrics.last_error = metrics.last_error.or_else(install_error);
        let has_panicked = self.has_panicked.load(Ordering::Relaxed);
        DeliveryMetrics { has_panicked, installation, ..metrics }
    }

    /// Sends what is in the spool now without waiting for batches to fill; whether all of it was finished in time. Blocks.
    pub fn flush(&self, deadline: Instant) -> bool {
        let (done, is_done) = channel();
        let left = deadline.saturating_duration_since(Instant::now());
        self.messages.send(Message::Flush(done)).is_ok() && is_done.recv_timeout(left).is_ok()
    }

    /// Flushes until the deadline, and ends. Requests that are under way then are given up on: their records are sent again
    /// after the next start, to the same index. Blocks.
    pub fn stop(&self, deadline: Instant) {
        // Without a receiver it has ended.
        let _ = self.messages.send(Message::Stop(deadline));
        let decider = self.decider.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(decider) = decider {
            // A panic has been printed where it happened; nothing is lost by it, the records are still in the spool.
            let _ = decider.join();
        }
    }
}

impl Drop for ShipperThread {
    fn drop(&mut self) {
        self.stop(Instant::now());
    }
}

/// Starts the threads that send, and returns where they take their errands from. They end when that is dropped.
fn start_senders(
    count: u32,
    transport: &Arc<dyn Transport>,
    messages: &Sender<Message>,
) -> io::Result<Sender<Box<Errand>>> {
    let (errands, queue) = channel::<Box<Errand>>();
    let queue = Arc::new(Mutex::new(queue));
    for number in 1..=count {
        let (queue, transport, messages) = (Arc::clone(&queue), Arc::clone(transport), messages.clone());
        thread::Builder::new().name(format!("event-log-send-{number}")).spawn(move || {
            loop {
                let errand = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
                let Ok(errand) = errand else { return };
                let outcome = transport.send(&errand.request());
                if messages.send(Message::Done(errand, outcome)).is_err() {
                    return;
                }
            }
        })?;
    }
    Ok(errands)
}

/// A transport whose panic ends no thread.
struct Careful(Box<dyn Transport>);

impl Transport for Careful {
    fn send(&self, request: &Request<'_>) -> Result<Response, TransportError> {
        // Nothing of the request is changed by a transport, so it is whole after a panic.
        catch_unwind(AssertUnwindSafe(|| self.0.send(request)))
            .unwrap_or_else(|_| Err(TransportError::broken("transport", "the transport panicked")))
    }
}

/// Notes that the thread which owns it ends by a panic.
struct Ending(Arc<AtomicBool>);

impl Drop for Ending {
    fn drop(&mut self) {
        if thread::panicking() {
            self.0.store(true, Ordering::Relaxed);
        }
    }
}

struct Decider {
    #[expect(dead_code, reason = "it is there to be dropped")]
    ending: Ending,
    shipper: Shipper,
    began: Instant,
    inbox: Receiver<Message>,
    errands: Sender<Box<Errand>>,
    stats: Arc<Mutex<(Stats, Instant)>>,
    flushes: Vec<(u64, Sender<()>)>,
    stop: Option<(u64, Instant)>,
    installing: Option<Installing>,
    /// When the alias was last found to be missing.
    noticed: Option<Duration>,
}

impl Decider {
    fn run(mut self) {
        loop {
            let until = loop {
                match self.shipper.poll(self.began.elapsed()) {
                    // The senders end after this thread.
                    Step::Send(errand) => _ = self.errands.send(errand),
                    Step::Wait { until } => break until,
                }
            };
            let stats = self.shipper.stats();
            self.notice_missing(&stats);
            *self.stats.lock().unwrap_or_else(PoisonError::into_inner) = (stats, Instant::now());
            let through = self.shipper.finished_through();
            for (_, done) in self.flushes.extract_if(.., |(target, _)| *target <= through) {
                // Whoever asked may have gone at the deadline.
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

    /// Installs once more what somebody has removed.
    fn notice_missing(&mut self, stats: &Stats) {
        let Some(installing) = &self.installing else { return };
        if stats.condition == Condition::NotInstalled && stats.last_error_at != self.noticed {
            self.noticed = stats.last_error_at;
            installing.restart();
        }
    }

    fn handle(&mut self, message: Message) {
        match message {
            Message::Release => self.shipper.release(),
            Message::Done(errand, outcome) => self.shipper.complete(self.began.elapsed(), *errand, outcome),
            #[cfg(test)]
            Message::Panic => panic!("a test wants it"),
            Message::Flush(done) => self.flushes.push((self.shipper.hurry(), done)),
            Message::Stop(deadline) => self.stop = Some((self.shipper.hurry(), deadline)),
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
        let ports = Ports::open(&spool, quarantine, &directory.path().join("shipping")).unwrap();
        let shipping = ShipperThread::start(Settings::new("log"), ports, Unreachable).unwrap();
        assert!(!shipping.metrics().has_panicked);
        shipping.messages.send(Message::Panic).unwrap();
        let ended = shipping.decider.lock().unwrap().take().unwrap().join();
        assert!(ended.is_err());
        let mut reasons = Vec::new();
        shipping.metrics().add_reasons(&mut reasons);
        assert!(reasons[0].starts_with("delivery has ended by a defect of this library"), "{reasons:?}");
        assert!(!shipping.flush(Instant::now()), "and nothing waits for it");
    }
}
