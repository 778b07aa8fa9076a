//! A shipper as a future on tokio, with its clock paused: tokio moves it on when nobody has anything to do.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use event_log::ship::{AsyncTransport, Control, Errand, Settings, Shipper, Timer, drive};
use event_log::{EventId, EventRecord};
use event_store::{Response, TransportError};
use tokio::time::Instant;

use crate::simulation::engine::{ALIAS, Engine};
use crate::simulation::local::Disk;

/// An engine that breaks off every third request after it has acted on it.
#[derive(Clone)]
struct Faulty {
    engine: Arc<Mutex<Engine>>,
    requests: Arc<Mutex<u32>>,
    is_down: Arc<Mutex<bool>>,
}

impl Faulty {
    fn new() -> Self {
        let engine = Arc::new(Mutex::new(Engine::new(usize::MAX)));
        Self { engine, requests: Arc::default(), is_down: Arc::default() }
    }

    fn answer(&self, errand: &Errand) -> Result<Response, TransportError> {
        let mut requests = self.requests.lock().unwrap();
        *requests += 1;
        if *self.is_down.lock().unwrap() {
            return Err(TransportError::not_sent("engine", "connection refused"));
        }
        let answer = self.engine.lock().unwrap().answer(&errand.request(), &mut |_| None);
        if requests.is_multiple_of(3) { Err(TransportError::broken("engine", "reset")) } else { Ok(answer) }
    }
}

impl AsyncTransport for Faulty {
    async fn send(&self, errand: Box<Errand>) -> (Box<Errand>, Result<Response, TransportError>) {
        tokio::time::sleep(Duration::from_millis(20)).await;
        let outcome = self.answer(&errand);
        (errand, outcome)
    }
}

struct Clock(Instant);

impl Timer for Clock {
    fn now(&self) -> Duration {
        self.0.elapsed()
    }

    async fn sleep_until(&self, moment: Duration) {
        tokio::time::sleep_until(self.0 + moment).await;
    }
}

fn log(disk: &Disk, numbers: std::ops::RangeInclusive<u64>) {
    for number in numbers {
        let mut record = EventRecord::head(EventId::new()).to_vec();
        record.extend(format!("{{\"n\":{number}}}").bytes());
        disk.state().records.insert(number, record);
    }
}

fn run(test: impl AsyncFnOnce()) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    runtime.block_on(test());
}

/// Spawned, so that it has to be `Send`.
fn start(disk: &Disk, engine: &Faulty, control: &Control) -> tokio::task::JoinHandle<u64> {
    let settings = Settings::new(ALIAS).max_documents(10.try_into().unwrap()).seed(1);
    let shipper = Shipper::new(settings, disk.ports()).unwrap();
    let (engine, control) = (engine.clone(), control.clone());
    tokio::spawn(async move { drive(shipper, &engine, &Clock(Instant::now()), &control).await.delivered })
}

#[test]
fn flush_comes_back_when_all_is_stored() {
    run(async || {
        let (disk, engine, control) = (Disk::new(1), Faulty::new(), Control::new());
        log(&disk, 1..=95);
        let driver = start(&disk, &engine, &control);
        assert!(control.flush().await);
        assert_eq!(engine.engine.lock().unwrap().stored.len(), 95);
        log(&disk, 96..=100);
        control.stop(Duration::from_hours(1));
        assert_eq!(driver.await.unwrap(), 100);
        let engine = engine.engine.lock().unwrap();
        assert_eq!((engine.stored.len(), engine.doubled.len()), (100, 0));
        assert_eq!(disk.state().acknowledged, 100);
    });
}

#[test]
fn stop_ends_at_its_deadline_and_the_next_start_delivers() {
    run(async || {
        let (disk, engine, control) = (Disk::new(1), Faulty::new(), Control::new());
        *engine.is_down.lock().unwrap() = true;
        log(&disk, 1..=30);
        let driver = start(&disk, &engine, &control);
        let flush = tokio::spawn({
            let control = control.clone();
            async move { control.flush().await }
        });
        control.stop(Duration::from_secs(10));
        assert_eq!(driver.await.unwrap(), 0);
        assert!(!flush.await.unwrap(), "it has ended before");
        *engine.is_down.lock().unwrap() = false;
        let control = Control::new();
        let driver = start(&disk, &engine, &control);
        assert!(control.flush().await);
        control.stop(Duration::ZERO);
        assert_eq!(driver.await.unwrap(), 30);
    });
}

#[test]
fn flush_ends_with_a_driver_that_is_dropped() {
    run(async || {
        let (disk, engine, control) = (Disk::new(1), Faulty::new(), Control::new());
        *engine.is_down.lock().unwrap() = true;
        log(&disk, 1..=3);
        let driver = start(&disk, &engine, &control);
        tokio::task::yield_now().await;
        driver.abort();
        assert!(!control.flush().await);
    });
}
