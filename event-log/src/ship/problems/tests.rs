//! The problem log by itself, and that of a shipper whose own machine fails or whose engine does not reply.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use ecs_schema::Shape as _;
use ecs_schema::generated::kibana_event_log::{ActionsAction, KibanaEventLog};
use event_store::Response;
use tempfile::TempDir;

use super::*;
use crate::EventLogService;
use crate::quarantine::Entry;
use crate::ship::journal::{JournalStore, Slot};
use crate::ship::pending_request::PendingRequest;
use crate::ship::settings::Settings;
use crate::ship::shipper::{Shipper, ShipperAction};
use crate::ship::storage::{EntryKey, QuarantineSink, RecordSource, ShipperStorage, SourceRecord, StorageError};

const STORED: &str = r#"{"errors":false,"items":[{"create":{"_index":"log-000001","status":201}}]}"#;
const REFUSED: &str = r#"{"errors":true,"items":[{"create":{"_index":"log-000001","status":400,
    "error":{"type":"strict_dynamic_mapping_exception","reason":"not allowed"}}}]}"#;
const ALIAS: &str = r#"{"log-000001":{"aliases":{"log":{"is_write_index":true}}}}"#;

fn stats(problems: &ProblemLog, seconds: u64) -> Stats {
    let mut stats = Stats::default();
    problems.add_to(&mut stats, Duration::from_secs(seconds));
    stats
}

#[test]
fn problem_lasts_until_its_own_activity_succeeds() {
    let mut problems = ProblemLog::default();
    assert_eq!(stats(&problems, 1).condition, Condition::Well);
    let at = Duration::from_secs;
    problems.record(Activity::Sending, Condition::Overloaded, "429", at(1), "log");
    problems.record(Activity::Sending, Condition::Unreachable, "refused", at(3), "log");
    problems.record(Activity::Acknowledging, Condition::Local, "disk full", at(4), "log");
    let seen = stats(&problems, 5);
    let wanted = [
        DeliveryProblem::new(Condition::Local, "disk full", at(1)),
        DeliveryProblem::new(Condition::Unreachable, "refused", at(4)),
    ];
    assert_eq!(seen.problems, wanted, "the disk needs a person, and comes first");
    assert_eq!((seen.condition, seen.last_error.as_deref()), (Condition::Local, Some("disk full")));
    problems.resolve(Activity::Acknowledging);
    assert_eq!(stats(&problems, 5).condition, Condition::Unreachable);
    problems.resolve(Activity::Sending);
    problems.log(Condition::Refused, "a stray", at(6), "log");
    let seen = stats(&problems, 7);
    assert!(seen.problems.is_empty() && seen.condition == Condition::Well);
    assert_eq!((seen.last_error.as_deref(), seen.last_error_at), (Some("a stray"), Some(at(6))));
}

/// A part of this machine that works while that is true.
#[derive(Clone)]
struct Broken(Arc<AtomicBool>);

impl Broken {
    fn check(&self) -> Result<(), StorageError> {
        if self.0.load(Ordering::SeqCst) { Ok(()) } else { Err("No space left on device (os error 28)".into()) }
    }
}

struct BrokenSource(Broken, Broken, Box<dyn RecordSource>);

impl RecordSource for BrokenSource {
    fn next(&mut self) -> Result<Option<SourceRecord<'_>>, StorageError> {
        self.0.check()?;
        self.2.next()
    }

    fn acknowledge(&mut self, up_to: u64) -> Result<(), StorageError> {
        self.1.check()?;
        self.2.acknowledge(up_to)
    }

    fn acknowledged(&self) -> u64 {
        self.2.acknowledged()
    }

    fn sync(&mut self) -> Result<(), StorageError> {
        self.2.sync()
    }

    fn newest(&self) -> u64 {
        self.2.newest()
    }

    fn position(&self) -> u64 {
        self.2.position()
    }

    fn records_after(&self, sequence: u64) -> u64 {
        self.2.records_after(sequence)
    }
}

struct BrokenQuarantine(Broken);

impl QuarantineSink for BrokenQuarantine {
    fn put(&mut self, _: &Entry<'_>) -> Result<(), StorageError> {
        self.0.check()
    }

    fn sync(&mut self) -> Result<(), StorageError> {
        Ok(())
    }

    fn entries_after(&mut self, _: u64) -> Result<HashSet<EntryKey>, StorageError> {
        Ok(HashSet::new())
    }
}

struct BrokenJournal(Broken);

impl JournalStore for BrokenJournal {
    fn load(&mut self, _: Slot) -> Result<Vec<u8>, StorageError> {
        Ok(Vec::new())
    }

    fn write(&mut self, _: Slot, _: u64, _: &[u8]) -> Result<(), StorageError> {
        self.0.check()
    }

    fn sync(&mut self, _: Slot) -> Result<(), StorageError> {
        Ok(())
    }
}

/// A shipper of one event, with ports that `change` has changed.
fn shipper(
    change: impl FnOnce(ShipperStorage) -> ShipperStorage,
) -> (Shipper, EventLogService<KibanaEventLog>, TempDir) {
    let directory = tempfile::tempdir().unwrap();
    let service: EventLogService<KibanaEventLog> = EventLogService::builder().start(directory.path()).unwrap();
    let logger = service.provider_logger::<ActionsAction>(&KibanaEventLog::blank()).unwrap();
    logger.log_event(ActionsAction::Execute, &KibanaEventLog::blank());
    let storage =
        ShipperStorage::open(service.spool(), service.quarantine().clone(), &directory.path().join("shipping"))
            .unwrap();
    let shipper = Shipper::new(Settings::new("log").max_age(Duration::ZERO), change(storage)).unwrap();
    (shipper, service, directory)
}

fn at(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// Answers everything that the shipper asks at this moment.
fn answer(shipper: &mut Shipper, seconds: u64, bulk: &str) {
    while let ShipperAction::Send(request) = shipper.poll(at(seconds)) {
        complete(shipper, seconds, *request, bulk);
    }
}

fn complete(shipper: &mut Shipper, seconds: u64, request: PendingRequest, bulk: &str) {
    let body = if request.request().path.contains("_bulk") { bulk } else { ALIAS };
    shipper.complete(at(seconds), request, Ok(Response::json(200, body)));
}

#[track_caller]
fn check_local(bulk: &str, break_one: impl FnOnce(ShipperStorage, Broken) -> ShipperStorage) {
    let broken = Broken(Arc::new(AtomicBool::new(true)));
    let (mut shipper, ..) = shipper(|storage| break_one(storage, broken.clone()));
    broken.0.store(false, Ordering::SeqCst);
    answer(&mut shipper, 1, bulk);
    answer(&mut shipper, 2, bulk);
    let stats = shipper.stats();
    assert_eq!(stats.condition, Condition::Local);
    assert_eq!(
        stats.problems,
        [DeliveryProblem::new(Condition::Local, "No space left on device (os error 28)", at(1))]
    );
    broken.0.store(true, Ordering::SeqCst);
    answer(&mut shipper, 60, bulk);
    let stats = shipper.stats();
    assert_eq!((stats.condition, stats.lag_records), (Condition::Well, 0), "{stats:?}");
}

#[test]
fn failures_of_the_local_machine_are_problems() {
    let well = || Broken(Arc::new(AtomicBool::new(true)));
    check_local(STORED, |storage, broken| ShipperStorage {
        source: Box::new(BrokenSource(broken, well(), storage.source)),
        ..storage
    });
    check_local(STORED, |storage, broken| ShipperStorage {
        source: Box::new(BrokenSource(well(), broken, storage.source)),
        ..storage
    });
    check_local(STORED, |storage, broken| ShipperStorage { journal: Box::new(BrokenJournal(broken)), ..storage });
    check_local(REFUSED, |storage, broken| ShipperStorage {
        quarantine: Box::new(BrokenQuarantine(broken)),
        ..storage
    });
}

#[test]
fn slow_request_is_a_problem_before_it_times_out() {
    let (mut shipper, ..) = shipper(|storage| storage);
    let request = |step| if let ShipperAction::Send(request) = step { *request } else { panic!("it sends nothing") };
    let question = request(shipper.poll(at(1)));
    assert!(matches!(shipper.poll(at(30)), ShipperAction::Wait { .. }));
    assert_eq!(shipper.stats().condition, Condition::Well);
    assert!(matches!(shipper.poll(at(31)), ShipperAction::Wait { .. }));
    let stats = shipper.stats();
    assert_eq!(stats.condition, Condition::Unreachable);
    assert_eq!(stats.last_error.as_deref(), Some("a request has had no reply for 30 s, and is still waited for"));
    complete(&mut shipper, 32, question, STORED);
    assert_eq!(shipper.stats().condition, Condition::Well);
    let bulk = request(shipper.poll(at(32)));
    shipper.poll(at(62));
    assert_eq!(shipper.stats().condition, Condition::Unreachable);
    complete(&mut shipper, 63, bulk, STORED);
    assert_eq!((shipper.stats().condition, shipper.stats().delivered), (Condition::Well, 1));
}
