//! The quarantine as people use it: list, show, resubmit.

use std::path::Path;
use std::sync::Barrier;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use ecs_schema::generated::kibana_event_log::KibanaEventLog;
use ecs_schema::{Log as _, validate_json_str};
use event_log::EventId;
use event_log::quarantine::{Entry, EntryKind, Quarantine, QuarantineError, Resubmit};
use event_spool::Spool;
use serde_json::{Value, json};

use crate::{blank, logged, logger, service};

fn open(directory: &Path) -> Quarantine {
    Quarantine::open(directory).unwrap()
}

fn listed(quarantine: &Quarantine) -> Vec<(u64, String)> {
    let mut rows = Vec::new();
    quarantine.entries(&mut |number, entry| rows.push((number, entry.reason.to_owned()))).unwrap();
    rows
}

fn row(number: u64, reason: &str) -> (u64, String) {
    (number, reason.to_owned())
}

#[test]
fn entries_are_listed_after_a_restart() {
    let directory = tempfile::tempdir().unwrap();
    let quarantine = open(directory.path());
    let id = Some(EventId::new());
    let rejected =
        Entry { status: Some(400), id, sequence: Some(9), ..Entry::new(EntryKind::Rejected, "strict", b"{}") };
    assert_eq!(quarantine.put(&Entry::new(EntryKind::Invalid, "unknown field", b"{\"a\":1}")).unwrap(), 1);
    assert_eq!(quarantine.put(&rejected).unwrap(), 2);
    drop(quarantine);
    let quarantine = open(directory.path());
    assert_eq!(listed(&quarantine), [row(1, "unknown field"), row(2, "strict")]);
    let shown = quarantine.show(2, &mut |entry| (entry.kind, entry.status, entry.id, entry.sequence)).unwrap();
    assert_eq!(shown, Some((EntryKind::Rejected, Some(400), id, Some(9))));
    assert_eq!(quarantine.show(3, &mut |_| ()).unwrap(), None);
}

#[test]
fn only_resubmitted_entries_leave_the_quarantine() {
    let directory = tempfile::tempdir().unwrap();
    let quarantine = open(directory.path());
    for reason in ["first", "second", "third"] {
        quarantine.put(&Entry::new(EntryKind::Invalid, reason, reason.as_bytes())).unwrap();
    }
    assert_eq!(quarantine.added(), 3);
    let taken = quarantine.retry(2, &mut |entry| Ok(entry.document.to_vec())).unwrap();
    assert_eq!(taken, Some(b"second".to_vec()));
    let refused = quarantine.retry::<()>(1, &mut |_| Err("still invalid".into())).unwrap_err();
    assert!(matches!(refused, QuarantineError::Refused { number: 1, .. }));
    assert_eq!(listed(&quarantine), [row(1, "first"), row(3, "third")]);
    assert_eq!(quarantine.retry(2, &mut |_| Ok(())).unwrap(), None, "it is not there a second time");
    assert_eq!(quarantine.added(), 3, "resubmitting adds none");
    drop(quarantine);
    let quarantine = open(directory.path());
    assert_eq!(listed(&quarantine), [row(1, "first"), row(3, "third")]);
    quarantine.retry(1, &mut |_| Ok(())).unwrap();
    assert_eq!(listed(&quarantine), [row(3, "third")]);
    quarantine.retry(3, &mut |_| Ok(())).unwrap();
    assert_eq!(quarantine.count().unwrap(), 0);
}

/// Events that were refused for an action, a newer schema, or a value, in each form in which an event can be logged.
#[test]
fn refused_event_passes_once_the_cause_is_fixed() {
    let service = service();
    let logger = service.logger_json(&json!({"event": {"provider": "later"}, "tags": ["default"]})).unwrap();
    let own: EventId = "0190163d-8694-739b-aea5-966c26f8ad91".parse().unwrap();
    let mut typed = blank();
    typed.event.action = "action".to_owned();
    typed.message = Some("hello".to_owned());
    let event = json!({"event": {"action": "action"}, "message": "hello"});
    let ids = [
        logger.log_event(&typed),
        logger.log_value(&event),
        logger.log_json(&event.to_string()),
        logger.log_json(&json!({"event": {"action": "action", "id": own.to_string()}, "message": "hello"}).to_string()),
    ];
    assert_eq!((ids[3], service.metrics().invalid), (own, vec![("unregistered", 4)]));

    service.register_provider_actions("later", ["action"]).unwrap();
    let unchanged = &mut |_: u64, entry: &Entry<'_>| {
        validate_json_str(KibanaEventLog::RULES, std::str::from_utf8(entry.document).unwrap()).unwrap();
        Resubmit::Unchanged
    };
    assert_eq!(service.quarantine().resubmit(service.spool(), unchanged).unwrap().len(), 4);
    let metrics = service.metrics();
    assert_eq!((metrics.quarantined, metrics.resubmitted, metrics.accepted), (4, 4, 4), "4 were issued");
    let events = logged(&service);
    assert_eq!(events.iter().map(|(id, _)| *id).collect::<Vec<_>>(), ids);
    for (id, event) in &events {
        assert_eq!(event["event"]["id"], json!(id.to_string()));
        assert_eq!((&event["message"], &event["tags"]), (&json!("hello"), &json!(["default"])));
        assert_eq!(event["kibana"]["server_uuid"], json!("server-1"));
        let logged_at = event["@timestamp"].as_str().unwrap();
        assert!(logged_at > "2026" && event["ecs"]["version"].is_string(), "{event}");
    }
}

#[test]
fn entry_logged_again_keeps_id_and_document() {
    let service = service();
    let logger = service.logger_json(&json!({"event": {"provider": "later", "action": "action"}})).unwrap();
    let id = logger.log_json(r#"{"message":"hello"}"#);
    service.register_provider_actions("later", ["action"]).unwrap();
    let mut kept = String::new();
    let again = &mut |entry: &Entry<'_>| {
        kept = std::str::from_utf8(entry.document)?.to_owned();
        Ok(logger.log_json_durable(&kept)?)
    };
    assert_eq!(service.quarantine().retry(1, again).unwrap(), Some(id));
    let kept: Value = serde_json::from_str(&kept).unwrap();
    assert_eq!(logged(&service), [(id, kept)]);
}

#[test]
fn entry_of_an_earlier_release_is_still_read() {
    let service = service();
    let before = br#"{"message":"what the caller gave"}"#;
    service
        .quarantine()
        .put(&Entry { id: Some(EventId::new()), ..Entry::new(EntryKind::Invalid, "why", before) })
        .unwrap();
    let logger = logger(&service);
    let again = &mut |entry: &Entry<'_>| Ok(logger.log_json_durable(std::str::from_utf8(entry.document)?)?);
    assert!(service.quarantine().retry(1, again).unwrap().is_some());
    assert_eq!(logged(&service).len(), 1);
}

#[test]
fn closure_may_call_every_method() {
    let directory = tempfile::tempdir().unwrap();
    let quarantine = open(&directory.path().join("quarantine"));
    let events = Spool::builder().open(directory.path().join("events")).unwrap();
    for reason in ["first", "second", "third"] {
        quarantine.put(&Entry { id: Some(EventId::new()), ..Entry::new(EntryKind::Rejected, reason, b"{}") }).unwrap();
    }
    let busy = |outcome: Result<Option<()>, QuarantineError>, number: u64| {
        assert!(matches!(outcome, Err(QuarantineError::Busy { number: busy }) if busy == number), "{outcome:?}");
    };
    let mut seen = 0;
    quarantine.entries(&mut |_, _| seen += quarantine.count().unwrap()).unwrap();
    assert_eq!(seen, 9);
    let resubmitted = quarantine.retry(2, &mut |_| {
        busy(quarantine.retry(2, &mut |_| Ok(())), 2);
        assert_eq!(quarantine.count().unwrap(), 3, "it is there until it is resubmitted");
        quarantine.retry(1, &mut |_| Ok(())).unwrap().unwrap();
        quarantine.put(&Entry::new(EntryKind::Invalid, "fourth", b"{}")).unwrap();
        assert_eq!(quarantine.show(3, &mut |entry| entry.reason.to_owned()).unwrap().unwrap(), "third");
        Ok("done")
    });
    assert_eq!(resubmitted.unwrap(), Some("done"));
    let resubmitted = quarantine.resubmit(&events, &mut |number, entry| {
        busy(quarantine.retry(number, &mut |_| Ok(())), number);
        let inner = quarantine.resubmit(&events, &mut |inner, _| {
            assert!(inner > number);
            Resubmit::Skip
        });
        assert_eq!((inner.unwrap(), quarantine.count().unwrap()), (Vec::new(), 2));
        if entry.kind == EntryKind::Rejected { Resubmit::Unchanged } else { Resubmit::Skip }
    });
    assert_eq!(resubmitted.unwrap(), [3]);
    assert_eq!(listed(&quarantine).len(), 1);
}

#[test]
fn concurrent_callers_resubmit_each_entry_once() {
    const ENTRIES: u64 = 50;
    let directory = tempfile::tempdir().unwrap();
    let quarantine = open(&directory.path().join("quarantine"));
    let events = Spool::builder().open(directory.path().join("events")).unwrap();
    for _ in 0..ENTRIES {
        quarantine
            .put(&Entry { id: Some(EventId::new()), ..Entry::new(EntryKind::Rejected, "strict", b"{}") })
            .unwrap();
    }
    let resubmitted = AtomicU64::new(0);
    let all_are_there = Barrier::new(4);
    thread::scope(|scope| {
        for caller in 0..4 {
            let (quarantine, events, resubmitted, all_are_there) = (&quarantine, &events, &resubmitted, &all_are_there);
            scope.spawn(move || {
                all_are_there.wait();
                if caller == 0 {
                    quarantine.resubmit(events, &mut |_, _| Resubmit::Unchanged).unwrap();
                    return;
                }
                for number in 1..=ENTRIES {
                    let outcome = quarantine.retry(number, &mut |_| {
                        resubmitted.fetch_add(1, Ordering::Relaxed);
                        thread::yield_now();
                        Ok(())
                    });
                    assert!(matches!(outcome, Ok(_) | Err(QuarantineError::Busy { .. })), "{outcome:?}");
                }
            });
        }
    });
    assert_eq!(resubmitted.into_inner() + events.records_after(None), ENTRIES);
    assert_eq!(quarantine.count().unwrap(), 0);
}
