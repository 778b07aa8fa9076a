//! A shipper on the caller's runtime, whichever that is: one future, that sends through what the caller brings and sleeps
//! on the caller's timer.

use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use event_store::{Response, TransportError};

use super::errand::Errand;
use super::shipper::{Shipper, Step};
use super::stats::Stats;

/// Sends requests without blocking.
pub trait AsyncTransport {
    /// Sends [`Errand::request`], and gives the errand back with what came of it.
    fn send(&self, errand: Box<Errand>)
    -> impl Future<Output = (Box<Errand>, Result<Response, TransportError>)> + Send;
}

/// The caller's clock.
pub trait Timer {
    /// The time since any moment; does not go backwards.
    fn now(&self) -> Duration;

    /// Comes back when that time has come.
    fn sleep_until(&self, moment: Duration) -> impl Future<Output = ()> + Send;
}

/// Talks to a shipper that is being driven. Clones talk to the same one.
#[derive(Clone, Debug, Default)]
pub struct Control(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    stats: Stats,
    wants_flush: bool,
    flush_through: Option<u64>,
    stop: Option<Duration>,
    driver: Option<Waker>,
    flushers: Vec<Waker>,
    has_ended: bool,
}

impl Control {
    /// A control for one call of [`drive`].
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Counts and state, as of a moment ago.
    #[must_use]
    pub fn stats(&self) -> Stats {
        self.state().stats.clone()
    }

    /// Sends what is in the spool now without waiting for batches to fill, and comes back when it is finished, or when the
    /// driver has ended: whether it is finished. For a deadline, race it against the runtime's timer.
    pub async fn flush(&self) -> bool {
        {
            let mut state = self.state();
            state.wants_flush = true;
            state.flush_through = None;
            state.wake_driver();
        }
        std::future::poll_fn(|context| {
            let mut state = self.state();
            let is_done = state.flush_through.is_some_and(|through| state.stats.finished_through >= through);
            if is_done || state.has_ended {
                return Poll::Ready(is_done);
            }
            state.flushers.push(context.waker().clone());
            Poll::Pending
        })
        .await
    }

    /// Flushes until the timer shows this moment at the latest, and ends. Requests that are under way then are dropped:
    /// their records are sent again after the next start, to the same index.
    pub fn stop(&self, deadline: Duration) {
        let mut state = self.state();
        state.stop = Some(deadline);
        state.wants_flush = true;
        state.flush_through = None;
        state.wake_driver();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn wake_driver(&mut self) {
        if let Some(driver) = self.driver.take() {
            driver.wake();
        }
    }

    fn wake_flushers(&mut self) {
        for flusher in self.flushers.drain(..) {
            flusher.wake();
        }
    }
}

/// Ends the waiting of flushers however the driver ends, also when its future is dropped.
struct Ending<'a>(&'a Control);

impl Drop for Ending<'_> {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.has_ended = true;
        state.wake_flushers();
    }
}

/// Ships until it is stopped through `control`; returns the last counts.
///
/// Reading the spool and writing the journal of intents take place where the future is polled. The first is a copy out of
/// mapped memory, the second a write and a sync in some thousand records; on a runtime that must not wait for a disk, spawn
/// this where blocking is allowed.
pub async fn drive<T: AsyncTransport, C: Timer>(
    mut shipper: Shipper,
    transport: &T,
    timer: &C,
    control: &Control,
) -> Stats {
    let _ending = Ending(control);
    let mut sending = Vec::new();
    loop {
        let (until, is_over) = decide(&mut shipper, timer, control, |errand| {
            sending.push(Box::pin(transport.send(errand)));
        });
        if is_over {
            return control.stats();
        }
        let mut pause = pin!(timer.sleep_until(until));
        let done = std::future::poll_fn(|context| poll_any(context, &mut sending, pause.as_mut(), control)).await;
        if let Some((errand, outcome)) = done {
            shipper.complete(timer.now(), *errand, outcome);
        }
    }
}

/// Lets the shipper do what it wants to. Returns until when it waits, and whether all is over.
fn decide<C: Timer>(
    shipper: &mut Shipper,
    timer: &C,
    control: &Control,
    mut send: impl FnMut(Box<Errand>),
) -> (Duration, bool) {
    if std::mem::take(&mut control.state().wants_flush) {
        let through = shipper.hurry();
        control.state().flush_through = Some(through);
    }
    let until = loop {
        match shipper.poll(timer.now()) {
            Step::Send(errand) => send(errand),
            Step::Wait { until } => break until,
        }
    };
    let mut state = control.state();
    state.stats = shipper.stats();
    state.wake_flushers();
    let Some(deadline) = state.stop else { return (until, false) };
    let is_flushed = state.flush_through.is_some_and(|through| state.stats.finished_through >= through);
    (until.min(deadline), is_flushed || timer.now() >= deadline)
}

type Done = (Box<Errand>, Result<Response, TransportError>);

/// Ready when a request has ended, the pause is over, or somebody has called through the control.
fn poll_any<F: Future<Output = Done>>(
    context: &mut Context<'_>,
    sending: &mut Vec<Pin<Box<F>>>,
    pause: Pin<&mut impl Future<Output = ()>>,
    control: &Control,
) -> Poll<Option<Done>> {
    for place in 0..sending.len() {
        if let Poll::Ready(done) = sending[place].as_mut().poll(context) {
            drop(sending.swap_remove(place));
            return Poll::Ready(Some(done));
        }
    }
    {
        let mut state = control.state();
        if state.wants_flush {
            return Poll::Ready(None);
        }
        state.driver = Some(context.waker().clone());
    }
    pause.poll(context).map(|()| None)
}
