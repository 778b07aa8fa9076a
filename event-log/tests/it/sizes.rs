//! Large events: which are accepted, what happens to the others, and that the log line agrees.

use std::time::{Duration, Instant};

use ecs_schema::generated::kibana_event_log::KibanaEventLog;
use event_log::quarantine::{EntryKind, Quarantine, Resubmit};
use event_log::ship::Settings;
use event_log::{DEFAULT_MAX_EVENT_BYTES, EventLogService, EventLogger, EventRecord, ServiceBuilder, Shipping};
use event_spool::{FullPolicy, Spool};
use event_store::HttpTransport;
use fake_engine::{FakeEngine, Recording};
use serde_json::json;

use crate::builder;
use crate::quarantined::lines_of;

const ALIAS: &str = ".kibana-event-log";
const LIMIT: Duration = Duration::from_mins(5);
const LARGE: usize = 16 << 20;

fn logger(service: &EventLogService<KibanaEventLog>) -> EventLogger<KibanaEventLog> {
    let _ = service.register_provider_actions("provider", ["action"]);
    let defaults = json!({"@timestamp": "2026-01-01T00:00:00Z", "event": {"provider": "provider", "action": "action"}});
    service.logger_json(&defaults).unwrap()
}

/// An event whose JSON has this many bytes when it is logged.
fn event_of(bytes: usize) -> String {
    let event = |length: usize| json!({"message": "x".repeat(length)}).to_string();
    let directory = tempfile::tempdir().unwrap();
    let service = builder().start(directory.path()).unwrap();
    logger(&service).log_json(&event(1));
    let mut scan = service.spool().scan(None).unwrap();
    let document = EventRecord::parse(scan.next().unwrap().unwrap().bytes).unwrap().document.len();
    event(bytes - document + 1)
}

/// Without the small spools of other tests.
fn plain() -> ServiceBuilder<KibanaEventLog> {
    EventLogService::builder().fixed_json(&json!({"kibana": {"server_uuid": "server-1", "version": "9.4.0"}}))
}

fn shipping(engine: &FakeEngine) -> Shipping {
    let transport = HttpTransport::builder().host(engine.url()).build().unwrap();
    Shipping::new(transport, Settings::new(ALIAS).max_age(Duration::from_millis(5)))
}

fn engine(mode: &str) -> FakeEngine {
    let engine = FakeEngine::builder().alias(ALIAS).recording(Recording::Documents);
    engine.mode(mode.parse().unwrap()).start().unwrap()
}

/// Kinds, sizes and reasons of the quarantine's entries.
fn kept(quarantine: &Quarantine) -> Vec<(EntryKind, usize, String)> {
    let mut kept = Vec::new();
    quarantine.entries(&mut |_, entry| kept.push((entry.kind, entry.document.len(), entry.reason.to_owned()))).unwrap();
    kept
}

#[test]
fn event_over_the_limit_passes_once_it_is_raised() {
    let directory = tempfile::tempdir().unwrap();
    let mut sizes = Vec::new();
    let lines = lines_of(|| {
        let service = plain().start(directory.path()).unwrap();
        let logger = logger(&service);
        for bytes in [DEFAULT_MAX_EVENT_BYTES, DEFAULT_MAX_EVENT_BYTES + 1] {
            let event = event_of(bytes);
            assert_eq!(logger.check_json(&event).is_ok(), bytes == DEFAULT_MAX_EVENT_BYTES);
            logger.log_json(&event);
        }
        let metrics = service.metrics();
        assert_eq!((metrics.accepted, metrics.quarantined), (1, 1));
        assert_eq!((metrics.invalid, metrics.lost), (vec![("too-large", 1)], vec![]));
        sizes = kept(service.quarantine());
    });
    assert_eq!(sizes.len(), 1);
    assert_eq!((sizes[0].0, sizes[0].1), (EntryKind::Invalid, DEFAULT_MAX_EVENT_BYTES + 1));
    assert_eq!(lines.len(), 1, "{lines:?}");
    let said = "kept in quarantine: the event has 1048577 bytes of JSON, more than the 1048576 of `max_event_bytes`";
    assert!(lines[0].contains(said), "{lines:?}");

    let engine = engine("ok");
    let service = plain().max_event_bytes(2 << 20).ship(shipping(&engine)).start(directory.path()).unwrap();
    let resubmitted = service.quarantine().resubmit(service.spool(), &mut |_, _| Resubmit::Unchanged).unwrap();
    assert_eq!(resubmitted.len(), 1);
    let report = service.stop(Instant::now() + LIMIT);
    assert_eq!((report.delivered, report.spooled, report.is_delivered), (2, 0, true), "{report:?}");
}

#[test]
fn event_of_16_mib_is_delivered_or_kept_whole() {
    for (mode, delivered) in [("ok", 1), ("413:1000000", 0)] {
        let (directory, engine) = (tempfile::tempdir().unwrap(), engine(mode));
        let service = plain().max_event_bytes(LARGE).ship(shipping(&engine)).start(directory.path()).unwrap();
        logger(&service).log_json(&event_of(LARGE));
        let report = service.stop(Instant::now() + LIMIT);
        assert_eq!((report.delivered, report.quarantined, report.lost), (delivered, 1 - delivered, 0), "{report:?}");
        let kept: Vec<_> = kept(service.quarantine()).into_iter().map(|(kind, bytes, _)| (kind, bytes)).collect();
        assert_eq!(kept, if delivered == 1 { vec![] } else { vec![(EntryKind::TooLarge, LARGE)] });
    }
}

#[test]
fn event_too_large_for_quarantine_is_truncated() {
    let directory = tempfile::tempdir().unwrap();
    let lines = lines_of(|| {
        let service = builder().start(directory.path()).unwrap();
        logger(&service).log_json(&event_of(200_000).replace('x', "é"));
        let metrics = service.metrics();
        assert_eq!((metrics.invalid, metrics.quarantined, metrics.lost), (vec![("truncated", 1)], 1, vec![]));
        let kept = kept(service.quarantine());
        let [(EntryKind::Truncated, bytes, reason)] = kept.as_slice() else { panic!("{kept:?}") };
        assert!((25_000..32_000).contains(bytes), "{bytes}");
        assert!(reason.starts_with(&format!("only the first {bytes} of ")), "{reason}");
        assert!(reason.contains("invalid: the event has"), "{reason}");
        let text = service.quarantine().show(1, &mut |entry| String::from_utf8(entry.document.to_vec()).unwrap());
        assert!(text.unwrap().unwrap().starts_with(r#"{"@timestamp":"2026-01-01T00:00:00Z","#));
        // It is not resubmitted as if it were whole.
        let resubmitted = service.quarantine().resubmit(service.spool(), &mut |_, _| Resubmit::Unchanged);
        assert_eq!((resubmitted.unwrap(), service.quarantine().count().unwrap()), (vec![], 1));
    });
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert!(
        lines[0].contains("of an invalid event are kept in the quarantine, which accepts no more: the event has"),
        "{lines:?}"
    );
}

#[test]
fn entry_too_large_for_the_spool_blocks_no_other() {
    let directory = tempfile::tempdir().unwrap();
    let service = builder().quarantine(Quarantine::spool_builder()).start(directory.path()).unwrap();
    let logger = logger(&service);
    logger.log_json(&event_of(200_000));
    logger.log_json(r#"{"event":{"provider":"nobody"}}"#);
    let resubmitted = service.quarantine().resubmit(service.spool(), &mut |_, _| Resubmit::Unchanged).unwrap();
    assert_eq!((resubmitted, service.quarantine().count().unwrap()), (vec![2], 1));
}

#[test]
fn event_refused_by_the_quarantine_is_lost() {
    let full = Spool::builder().segment_bytes(8192).max_bytes(3 * 8192).when_full(FullPolicy::Refuse);
    let directory = tempfile::tempdir().unwrap();
    let lines = lines_of(|| {
        let service = builder().quarantine(full).report_interval(Duration::ZERO).start(directory.path()).unwrap();
        let logger = logger(&service);
        for _ in 0..100 {
            logger.log_json(r#"{"mesage":"x"}"#);
        }
        let metrics = service.metrics();
        assert_eq!(metrics.invalid, [("unknown-field", 100)]);
        assert_eq!(metrics.lost, [("quarantine", 100 - metrics.quarantined)]);
    });
    assert_eq!(lines.len(), 100, "one line each: {lines:?}");
    let lost = lines.iter().filter(|line| line.contains("event lost: the event breaks rules"));
    assert_eq!(lost.count() + lines.iter().filter(|line| line.contains("kept in quarantine")).count(), 100);
}

#[test]
fn files_too_small_for_the_limit_are_refused() {
    let directory = tempfile::tempdir().unwrap();
    let start = |events: u64, quarantine: u64| {
        let spool = Spool::builder().segment_bytes(events).max_bytes(3 * events);
        let quarantine = Quarantine::spool_builder().segment_bytes(quarantine).max_bytes(3 * quarantine);
        let service = plain().spool(spool).quarantine(quarantine).max_event_bytes(1 << 20).start(directory.path());
        service.map(drop).map_err(|error| error.to_string())
    };
    let said = |of: &str, needed: u64| {
        format!(
            "events of up to `1048576` bytes do not fit the files of the {of}: set its `segment_bytes` to `{needed}` or more"
        )
    };
    let (events, quarantine) = (2_105_344, 2_113_536);
    assert_eq!(start(events - 4096, quarantine), Err(said("spool", events)));
    assert_eq!(start(events, quarantine - 4096), Err(said("quarantine", quarantine)));
    start(events, quarantine).unwrap();
}
