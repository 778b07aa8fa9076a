//! Documents that are refused for an unknown reason, or in spite of others that are stored: whether the engine or the documents
//! are considered at fault, and when. Without other faults, so that the outcome is exact.

use std::time::Duration;

use super::engine::{Engine, STRANGE, TARGET};
use super::local::Disk;
use crate::id::EventId;
use crate::record::EventRecord;
use crate::ship::settings::Settings;
use crate::ship::shipper::{Shipper, ShipperAction};
use event_store::{Response, TargetKind};

/// How long a document is retried by default before it is considered at fault.
const PATIENCE: Duration = Duration::from_hours(1);
/// Slightly less.
const LESS: Duration = Duration::from_mins(55);
/// Longer than the longest delays before a retry.
const MARGIN: Duration = Duration::from_mins(5);
const BATCH: u32 = 50;

struct Scenario {
    now: Duration,
    disk: Disk,
    engine: Engine,
    shipper: Shipper,
    requests: u64,
    logged: u64,
    /// Of this many requests, all but one are answered with 503.
    one_of: u64,
}

impl Scenario {
    fn new() -> Self {
        let disk = Disk::new(7);
        let settings = Settings::new(TARGET).max_documents(BATCH.try_into().unwrap()).seed(7);
        let shipper = Shipper::new(settings, disk.storage()).unwrap();
        let engine = Engine::new(TargetKind::Alias, false, usize::MAX);
        Self { now: Duration::from_secs(1), disk, engine, shipper, requests: 0, logged: 0, one_of: 1 }
    }

    fn log(&mut self, name: &str, documents: u64) {
        for _ in 0..documents {
            self.logged += 1;
            let id = EventId::from_bytes(u128::from(self.logged).to_be_bytes());
            let mut record = EventRecord::head(id).to_vec();
            record.extend(format!("{{\"{name}\":{}}}", self.logged).bytes());
            self.disk.state().records.insert(self.logged, record);
        }
    }

    /// Advances the time.
    fn run(&mut self, time: Duration) {
        let end = self.now + time;
        while self.now < end {
            match self.shipper.poll(self.now) {
                ShipperAction::Send(request) => {
                    self.requests += 1;
                    let random = self.requests.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40;
                    let fails = !random.is_multiple_of(self.one_of);
                    let response = if fails && request.documents() > 0 {
                        Response::json(503, r#"{"error":{"type":"unavailable","reason":"because"},"status":503}"#)
                    } else {
                        self.engine.answer(&request.request(), &mut |_| None)
                    };
                    self.now += Duration::from_millis(1);
                    self.shipper.complete(self.now, *request, Ok(response));
                }
                ShipperAction::Wait { until } => self.now = until.min(end),
            }
        }
    }

    /// The same, while the program keeps logging.
    fn run_on(&mut self, minutes: u64) {
        for _ in 0..minutes {
            self.log("n", 1);
            self.run(Duration::from_mins(1));
        }
    }

    /// How many documents are stored, and how many are quarantined.
    fn counts(&self) -> (usize, usize) {
        (self.engine.stored.len(), self.disk.state().quarantine.len())
    }
}

#[test]
fn unknown_engine_state_is_waited_out() {
    let mut scenario = Scenario::new();
    scenario.engine.is_strange = true;
    scenario.log("n", 400);
    scenario.run(LESS);
    let stats = scenario.shipper.stats();
    assert_eq!(scenario.counts(), (0, 0));
    let reason = "documents wait: 400 some_new_exception: because; they are retried";
    assert!(stats.last_error.as_deref().is_some_and(|error| error.contains(reason)), "{stats:?}");
    assert!((16..3_000).contains(&scenario.engine.refused_alone.len()), "single documents are sent as probes");
    assert!(scenario.requests < 20_000, "{} requests", scenario.requests);
    scenario.engine.is_strange = false;
    scenario.run(MARGIN);
    assert_eq!((scenario.counts(), scenario.shipper.finished_through()), ((400, 0), 400));
}

#[test]
fn log_of_only_bad_documents_is_finished() {
    let mut scenario = Scenario::new();
    scenario.log("strange", 400);
    scenario.run(LESS);
    assert_eq!(scenario.counts(), (0, 0));
    scenario.run(2 * MARGIN);
    assert_eq!((scenario.counts(), scenario.shipper.finished_through()), ((0, 400), 400));
    assert_eq!(scenario.engine.refused_alone.len(), 400, "each was refused alone before it was quarantined");
    // Later documents do not wait as long, until something is stored.
    scenario.log("strange", 100);
    scenario.run(MARGIN);
    assert_eq!(scenario.counts(), (0, 500));
    scenario.log("n", 1);
    scenario.run(MARGIN);
    scenario.log("strange", 100);
    scenario.run(MARGIN);
    assert_eq!(scenario.counts(), (1, 500));
}

#[test]
fn few_bad_documents_alone_prove_nothing() {
    let mut scenario = Scenario::new();
    scenario.log("strange", 5);
    scenario.run(3 * PATIENCE);
    assert_eq!(scenario.counts(), (0, 0));
    scenario.log("n", 1);
    scenario.run(2 * MARGIN);
    assert_eq!((scenario.counts(), scenario.shipper.finished_through()), ((1, 5), 6), "others are stored");
}

#[test]
fn bad_documents_among_good_ones_go_soon() {
    let mut scenario = Scenario::new();
    for _ in 0..20 {
        scenario.log("n", 9);
        scenario.log("strange", 1);
    }
    scenario.run(MARGIN);
    assert_eq!((scenario.counts(), scenario.shipper.finished_through()), ((180, 20), 200));
    assert!(scenario.disk.state().quarantine.iter().all(|entry| entry.document.starts_with(STRANGE)));
}

#[test]
fn good_document_passes_batches_that_are_refused() {
    let mut scenario = Scenario::new();
    scenario.log("strange", 400);
    scenario.run(MARGIN);
    scenario.log("n", 1);
    scenario.run(3 * MARGIN);
    assert_eq!((scenario.counts(), scenario.shipper.finished_through()), ((1, 400), 401));
}

#[test]
fn engine_with_a_defect_is_waited_out() {
    let mut scenario = Scenario::new();
    scenario.log("sick", 400);
    scenario.run(3 * PATIENCE);
    assert_eq!(scenario.counts(), (0, 0));
    scenario.log("n", 1);
    scenario.run(3 * MARGIN);
    assert_eq!((scenario.counts(), scenario.shipper.finished_through()), ((1, 400), 401));
}

#[test]
fn passed_document_is_quarantined_after_an_hour() {
    for (name, status) in [("heavy", 429), ("poison", 500)] {
        let mut scenario = Scenario::new();
        scenario.log("n", 20);
        scenario.log(name, 1);
        scenario.log("n", 20);
        scenario.run_on(55);
        assert_eq!((scenario.counts(), scenario.shipper.finished_through()), ((95, 0), 20), "{name}");
        scenario.run_on(10);
        assert_eq!((scenario.counts(), scenario.shipper.finished_through()), ((105, 1), 106), "{name}");
        let stats = scenario.shipper.stats();
        let reason = format!("{status} ");
        assert!(stats.last_error.as_deref().is_some_and(|error| error.contains(&reason)), "{stats:?}");
    }
}

#[test]
fn load_without_progress_is_waited_out() {
    for name in ["heavy", "poison"] {
        let mut scenario = Scenario::new();
        scenario.log(name, 400);
        scenario.run(3 * PATIENCE);
        assert_eq!(scenario.counts(), (0, 0), "{name}");
        assert!(scenario.requests < 40_000, "{name}: {} requests", scenario.requests);
    }
}

/// Smaller requests would not help, and there would be more of them.
#[test]
fn random_failures_do_not_shrink_requests() {
    let mut scenario = Scenario::new();
    scenario.one_of = 3;
    scenario.log("n", 400 * u64::from(BATCH));
    scenario.run(12 * PATIENCE);
    assert_eq!((scenario.counts(), scenario.shipper.finished_through()), ((20_000, 0), 20_000));
    assert!(scenario.requests < 400 * 6, "{} requests", scenario.requests);
}
