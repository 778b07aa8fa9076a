//! Troubles by themselves, and those of a shipper whose own machine fails, or whose engine is silent.

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
use crate::ship::errand::Errand;
use crate::ship::journal::{JournalStore, Slot};
use crate::ship::ports::{EntryKey, PortError, Ports, Sink, Source, SourceRecord};
use crate::ship::settings::Settings;
use crate::ship::shipper::{Shipper, Step};

const STORED: &str = r#"{"errors":false,"items":[{"create":{"_index":"log-000001","status":201}}]}"#;
const REFUSED: &str = r#"{"errors":true,"items":[{"create":{"_index":"log-000001","status":400,
    "error":{"type":"strict_dynamic_mapping_exception","reason":"not allowed"}}}]}"#;
const ALIAS: &str = r#"{"log-000001":{"aliases":{"log":{"is_write_index":true}}}}"#;

fn stats(troubles: &Troubles, seconds: u64) -> Stats {
    let mut stats = Stats::default();
    troubles.fill(&mut stats, Duration::from_secs(seconds));
    stats
}

#[test]
fn trouble_lasts_until_its_own_activity_goes_well() {
    let mut troubles = Troubles::default();
    assert_eq!(stats(&troubles, 1).condition, Condition::Well);
    let at = Duration::from_secs;
    troubles.begin(Activity::Sending, Condition::Overloaded, "429", at(1), "log");
    troubles.begin(Activity::Sending, Condition::Unreachable, "refused", at(3), "log");
    troubles.begin(Activity::Acknowledging, Condition::Local, "disk full", at(4), "log");
    let seen = stats(&troubles, 5);
    let wanted =
        [Trouble::new(Condition::Local, "disk full", at(1)), Trouble::new(Condition::Unreachable, "refused", at(4))];
    assert_eq!(seen.troubles, wanted, "the disk is a person's business, and goes first");
    assert_eq!((seen.condition, seen.last_error.as_deref()), (Condition::Local, Some("disk full")));
    troubles.end(Activity::Acknowledging);
    assert_eq!(stats(&troubles, 5).condition, Condition::Unreachable);
    troubles.end(Activity::Sending);
    troubles.say(Condition::Refused, "a stray", at(6), "log");
    let seen = stats(&troubles, 7);
    assert!(seen.troubles.is_empty() && seen.condition == Condition::Well);
    assert_eq!((seen.last_error.as_deref(), seen.last_error_at), (Some("a stray"), Some(at(6))));
}

/// A part of this machine that works while that is true.
#[derive(Clone)]
struct Broken(Arc<AtomicBool>);

impl Broken {
    fn check(&self) -> Result<(), PortError> {
        if self.0.load(Ordering::SeqCst) { Ok(()) } else { Err("No space left on device (os error 28)".into()) }
    }
}

struct BrokenSource(Broken, Broken, Box<dyn Source>);

impl Source for BrokenSource {
    fn next(&mut self) -> Result<Option<SourceRecord<'_>>, PortError> {
        self.0.check()?;
        self.2.next()
    }

    fn acknowledge(&mut self, up_to: u64) -> Result<(), PortError> {
        self.1.check()?;
        self.2.acknowledge(up_to)
    }

    fn acknowledged(&self) -> u64 {
        self.2.acknowledged()
    }

    fn sync(&mut self) -> Result<(), PortError> {
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

struct BrokenSink(Broken);

impl Sink for BrokenSink {
    fn put(&mut self, _: &Entry<'_>) -> Result<(), PortError> {
        self.0.check()
    }

    fn sync(&mut self) -> Result<(), PortError> {
        Ok(())
    }

    fn entries_behind(&mut self, _: u64) -> Result<HashSet<EntryKey>, PortError> {
        Ok(HashSet::new())
    }
}

struct BrokenJournal(Broken);

impl JournalStore for BrokenJournal {
    fn load(&mut self, _: Slot) -> Result<Vec<u8>, PortError> {
        Ok(Vec::new())
    }

    fn write(&mut self, _: Slot, _: u64, _: &[u8]) -> Result<(), PortError> {
        self.0.check()
    }

    fn sync(&mut self, _: Slot) -> Result<(), PortError> {
        Ok(())
    }
}

/// A shipper of one event, with ports that `change` has changed.
fn shipper(change: impl FnOnce(Ports) -> Ports) -> (Shipper, EventLogService<KibanaEventLog>, TempDir) {
    let directory = tempfile::tempdir().unwrap();
    let service: EventLogService<KibanaEventLog> = EventLogService::builder().start(directory.path()).unwrap();
    let logger = service.provider_logger::<ActionsAction>(&KibanaEventLog::blank()).unwrap();
    logger.log_event(ActionsAction::Execute, &KibanaEventLog::blank());
    let ports = Ports::open(service.spool(), service.quarantine().clone(), &directory.path().join("shipping")).unwrap();
    let shipper = Shipper::new(Settings::new("log").max_age(Duration::ZERO), change(ports)).unwrap();
    (shipper, service, directory)
}

fn at(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// Answers everything that the shipper asks at this moment.
fn answer(shipper: &mut Shipper, seconds: u64, bulk: &str) {
    while let Step::Send(errand) = shipper.poll(at(seconds)) {
        complete(shipper, seconds, *errand, bulk);
    }
}

fn complete(shipper: &mut Shipper, seconds: u64, errand: Errand, bulk: &str) {
    let body = if errand.request().path.contains("_bulk") { bulk } else { ALIAS };
    shipper.complete(at(seconds), errand, Ok(Response::json(200, body)));
}

#[track_caller]
fn check_local(bulk: &str, break_one: impl FnOnce(Ports, Broken) -> Ports) {
    let broken = Broken(Arc::new(AtomicBool::new(true)));
    let (mut shipper, ..) = shipper(|ports| break_one(ports, broken.clone()));
    broken.0.store(false, Ordering::SeqCst);
    answer(&mut shipper, 1, bulk);
    answer(&mut shipper, 2, bulk);
    let stats = shipper.stats();
    assert_eq!(stats.condition, Condition::Local);
    assert_eq!(stats.troubles, [Trouble::new(Condition::Local, "No space left on device (os error 28)", at(1))]);
    broken.0.store(true, Ordering::SeqCst);
    answer(&mut shipper, 60, bulk);
    let stats = shipper.stats();
    assert_eq!((stats.condition, stats.lag_records), (Condition::Well, 0), "{stats:?}");
}

#[test]
fn failures_of_the_machine_itself_are_troubles() {
    let well = || Broken(Arc::new(AtomicBool::new(true)));
    check_local(STORED, |ports, broken| Ports {
        source: Box::new(BrokenSource(broken, well(), ports.source)),
        ..ports
    });
    check_local(STORED, |ports, broken| Ports {
        source: Box::new(BrokenSource(well(), broken, ports.source)),
        ..ports
    });
    check_local(STORED, |ports, broken| Ports { journal: Box::new(BrokenJournal(broken)), ..ports });
    check_local(REFUSED, |ports, broken| Ports { quarantine: Box::new(BrokenSink(broken)), ..ports });
}

#[test]
fn request_without_a_reply_is_a_trouble_before_it_times_out() {
    let (mut shipper, ..) = shipper(|ports| ports);
    let errand = |step| if let Step::Send(errand) = step { *errand } else { panic!("it sends nothing") };
    let question = errand(shipper.poll(at(1)));
    assert!(matches!(shipper.poll(at(30)), Step::Wait { .. }));
    assert_eq!(shipper.stats().condition, Condition::Well);
    assert!(matches!(shipper.poll(at(31)), Step::Wait { .. }));
    let stats = shipper.stats();
    assert_eq!(stats.condition, Condition::Unreachable);
    assert_eq!(stats.last_error.as_deref(), Some("a request has had no reply for 30 s, and is waited for"));
    complete(&mut shipper, 32, question, STORED);
    assert_eq!(shipper.stats().condition, Condition::Well);
    let bulk = errand(shipper.poll(at(32)));
    shipper.poll(at(62));
    assert_eq!(shipper.stats().condition, Condition::Unreachable);
    complete(&mut shipper, 63, bulk, STORED);
    assert_eq!((shipper.stats().condition, shipper.stats().delivered), (Condition::Well, 1));
}
