//! A service, a spool, a shipper on threads, and HTTP to an engine with every fault that can be injected: each logged event
//! arrives once, and the quarantine has exactly the events that the engine rejects.
//!
//! `EVENT_LOG_CAMPAIGN_EVENTS=200000` is the long form.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use ecs_schema::Shape as _;
use ecs_schema::generated::kibana_event_log::{ActionsAction, KibanaEventLog};
use event_log::ship::Settings;
use event_log::{DeliveryMetrics, EventLogService, Shipping};
use event_store::HttpTransport;
use fake_engine::{Builder, FakeEngine, Mode, Recording};

const ALIAS: &str = ".kibana-event-log";
const DEFAULT_EVENTS: u64 = 2_000;
/// Far more than any mode needs; a test that reaches it hangs.
const LIMIT: Duration = Duration::from_mins(10);
const TIMEOUT: Duration = Duration::from_millis(250);

/// Only some requests have a fault: events that are refused or lost every time would never arrive.
const MODES: [&str; 21] = [
    "ok",
    "slow:20",
    "429@1/3",
    "429:1@1/9",
    "503@1/3",
    "flapping",
    "items-400:5",
    "items-unexplained:5",
    "items-429:10",
    "applied-then-reset@1/4",
    "reset-before-apply@1/4",
    "hang@1/9",
    "half-open@1/9",
    "truncated@1/4",
    "malformed@1/4",
    "html:502@1/4",
    "html:200@1/4",
    "wrong-count@1/4",
    "redirect@1/4",
    "401@1/4",
    "413:5000",
];

fn events() -> u64 {
    std::env::var("EVENT_LOG_CAMPAIGN_EVENTS").map_or(DEFAULT_EVENTS, |text| text.parse().expect("a number of events"))
}

fn engine(mode: &str) -> FakeEngine {
    start(FakeEngine::builder().alias(ALIAS), mode)
}

fn start(engine: Builder, mode: &str) -> FakeEngine {
    engine.mode(mode.parse().unwrap()).recording(Recording::Sequences).start().unwrap()
}

/// A service that ships to `url`.
fn service(directory: &Path, url: &str) -> EventLogService<KibanaEventLog> {
    let transport = HttpTransport::builder().host(url).request_timeout(TIMEOUT).build().unwrap();
    let documents = u32::try_from((events() / 40).clamp(50, 4_096)).unwrap();
    let settings = Settings::new(ALIAS)
        .max_documents(documents.try_into().unwrap())
        .max_age(Duration::from_millis(20))
        .retry(Duration::from_millis(4), Duration::from_millis(100));
    EventLogService::builder().ship(Shipping::new(transport, settings)).start(directory).unwrap()
}

fn delivery(service: &EventLogService<KibanaEventLog>) -> DeliveryMetrics {
    service.metrics().delivery.expect("the service ships")
}

fn log(service: &EventLogService<KibanaEventLog>, numbers: std::ops::RangeInclusive<u64>) {
    let logger = service.provider_logger::<ActionsAction>(&KibanaEventLog::blank()).unwrap();
    let mut event = KibanaEventLog::blank();
    event.message = Some("the connector was executed".to_owned());
    for number in numbers {
        event.event.sequence = Some(i64::try_from(number).unwrap());
        logger.log_event(ActionsAction::Execute, &event);
    }
}

/// The numbers in quarantine, each of which occurs once.
fn quarantined(service: &EventLogService<KibanaEventLog>) -> BTreeSet<u64> {
    let mut numbers = BTreeSet::new();
    service
        .quarantine()
        .entries(&mut |_, entry| {
            let document: serde_json::Value = serde_json::from_slice(entry.document).unwrap();
            assert_eq!(entry.status, Some(400));
            assert!(numbers.insert(document["event"]["sequence"].as_u64().unwrap()), "twice in quarantine");
        })
        .unwrap();
    numbers
}

#[track_caller]
fn check_books(name: &str, issued: u64, engine: &FakeEngine, service: &EventLogService<KibanaEventLog>) {
    let refused = quarantined(service);
    let stats = engine.stats();
    let mut stored = engine.sequences();
    stored.sort_unstable();
    let all: BTreeSet<u64> = stored.iter().copied().chain(refused.iter().copied()).collect();
    assert_eq!(stats.duplicates_across_indices, 0, "{name}: stored in two indices");
    assert_eq!(stored.len() as u64 + refused.len() as u64, issued, "{name}: issued = delivered + quarantined");
    assert_eq!(all.len() as u64, issued, "{name}: each once");
    assert_eq!(refused.is_empty(), stats.rejected == 0, "{name}: exactly the refused are in quarantine");
}

fn figures(name: &str, began: Instant, engine: &FakeEngine, shipped: &DeliveryMetrics) {
    let (engine, seconds) = (engine.stats(), began.elapsed().as_secs_f64());
    println!(
        "figures: {name:<24} {:>8} delivered {:>6} quarantined {:>6} doubled {:>7} refused as doubles {:>7} sent again \
         {:>6} requests {:>6} struck {seconds:>7.2} s",
        engine.unique,
        shipped.rejected,
        engine.documents - engine.unique,
        engine.duplicates_refused,
        shipped.retried,
        engine.requests,
        engine.struck,
    );
}

/// Logs while it ships, and waits until everything is delivered.
fn run(name: &str, engine: &FakeEngine, meanwhile: impl Fn(&FakeEngine) + Sync) {
    let (directory, began) = (tempfile::tempdir().unwrap(), Instant::now());
    let service = service(directory.path(), &engine.url());
    let is_over = AtomicBool::new(false);
    let report = thread::scope(|scope| {
        scope.spawn(|| {
            while !is_over.load(Ordering::Relaxed) {
                meanwhile(engine);
                thread::sleep(Duration::from_millis(10));
            }
        });
        log(&service, 1..=events());
        let report = service.stop(Instant::now() + LIMIT);
        is_over.store(true, Ordering::Relaxed);
        report
    });
    assert!(report.is_delivered, "{name}: {report:?} {:?}", delivery(&service));
    check_books(name, events(), engine, &service);
    figures(name, began, engine, &delivery(&service));
}

#[test]
fn each_event_arrives_once_in_every_failure_mode() {
    for mode in MODES {
        run(mode, &engine(mode), |_| ());
    }
}

#[test]
fn data_stream_gets_each_event_once_in_any_mode() {
    for mode in MODES {
        let engine = start(FakeEngine::builder().data_stream(ALIAS), mode);
        run(&format!("{mode}, data stream"), &engine, |_| ());
    }
}

#[test]
fn rollover_after_ambiguous_attempt_doubles_none() {
    for mode in ["applied-then-reset@1/3", "hang@1/6", "html:502@1/3"] {
        let roll_over = |engine: &FakeEngine| assert!(engine.rollover(ALIAS).is_some());
        run(&format!("{mode} + rollovers"), &engine(mode), roll_over);
        let engine = start(FakeEngine::builder().data_stream(ALIAS), mode);
        run(&format!("{mode} + rollovers, data stream"), &engine, roll_over);
    }
}

#[test]
fn outage_is_outlasted_and_nothing_is_lost() {
    for mode in ["503", "down+all", "429", "401", "hang"] {
        let (directory, engine, began) = (tempfile::tempdir().unwrap(), engine(mode), Instant::now());
        let service = service(directory.path(), &engine.url());
        log(&service, 1..=events());
        while engine.stats().struck < 3 {
            thread::sleep(Duration::from_millis(1));
        }
        assert!(mode == "hang" || engine.stats().documents == 0, "{mode}");
        engine.set_mode(Mode::default());
        let report = service.stop(Instant::now() + LIMIT);
        assert!(report.is_delivered, "{mode}: {report:?} {:?}", delivery(&service));
        check_books(mode, events(), &engine, &service);
        figures(&format!("{mode}, then ok"), began, &engine, &delivery(&service));
    }
}

#[test]
fn unknown_refusals_of_all_events_are_outlasted() {
    let (directory, engine) = (tempfile::tempdir().unwrap(), engine("items-unexplained:100"));
    let service = service(directory.path(), &engine.url());
    log(&service, 1..=events());
    // A document alone is refused, besides whole batches.
    while engine.stats().requests < 40 {
        thread::sleep(Duration::from_millis(1));
    }
    engine.set_mode(Mode::default());
    let report = service.stop(Instant::now() + LIMIT);
    assert!(report.is_delivered && report.quarantined == 0, "{report:?} {:?}", delivery(&service));
    assert_eq!(engine.sequences().len() as u64, events());
}

#[test]
fn untrusted_engine_gets_no_event() {
    let (directory, began) = (tempfile::tempdir().unwrap(), Instant::now());
    let untrusted = FakeEngine::builder().alias(ALIAS).tls().start().unwrap();
    {
        let service = service(directory.path(), &untrusted.url());
        log(&service, 1..=events());
        while delivery(&service).last_error.is_none() {
            thread::sleep(Duration::from_millis(1));
        }
        let report = service.stop(Instant::now());
        assert!(!report.is_delivered && report.spooled == events(), "{report:?}");
        assert_eq!(untrusted.stats().requests, 0);
    }
    let engine = engine("ok");
    let service = service(directory.path(), &engine.url());
    let report = service.stop(Instant::now() + LIMIT);
    assert!(report.is_delivered, "{report:?}");
    check_books("tls", events(), &engine, &service);
    figures("TLS failure, then ok", began, &engine, &delivery(&service));
}
