//! Refused events: kept with the reason, counted, reported in one line per interval.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use event_log::{Invalid, LoggerError, StartError};
use event_spool::Spool;
use serde_json::{Value, json};

use crate::lines::{FILE_SYSTEM, shown};
use crate::{blank, builder, logged, logger, quarantined, service, service_of};

#[test]
fn event_with_unknown_field_is_quarantined() {
    let service = service();
    let text = r#"{ "message": "hello", "event": {"PROVIDER": "x"} }"#;
    logger(&service).log_json(text);
    assert_eq!(logged(&service), []);
    let reason = "the event breaks rules of its log: unknown-field: `event.PROVIDER` is not a field; did you mean \
                  `provider`?";
    let entries = quarantined(&service);
    assert_eq!((entries.len(), entries[0].0.as_str()), (1, reason));
    let mut kept: Value = serde_json::from_str(&entries[0].1).unwrap();
    assert_eq!((kept["event"]["PROVIDER"].take(), kept["message"].take()), (json!("x"), json!("hello")));
    assert_eq!((&kept["event"]["provider"], &kept["kibana"]["version"]), (&json!("provider"), &json!("9.4.0")));
    assert!(kept["@timestamp"].is_string() && kept["ecs"]["version"].is_string(), "{kept}");
}

#[test]
fn every_reason_is_in_the_line() {
    let service = service();
    let mut event = blank();
    event.event.outcome = Some("sucess".into());
    event.kibana_mut().saved_objects.push(serde_json::from_value(json!({"rel": "secondary"})).unwrap());
    logger(&service).log_event(&event);
    let entries = quarantined(&service);
    let [(reason, document)] = entries.as_slice() else { panic!("{entries:?}") };
    assert!(reason.contains("`event.outcome` is `sucess`"), "{reason}");
    assert!(reason.contains("`kibana.saved_objects[0].rel` is `secondary`"), "{reason}");
    let document: Value = serde_json::from_str(document).unwrap();
    assert_eq!(document["event"]["outcome"], json!("sucess"));
}

#[test]
fn text_that_is_not_json_is_quarantined() {
    let service = service();
    let logger = logger(&service);
    for text in ["{\"message\":", "", "{} {}", "\u{0}"] {
        logger.log_json(text);
    }
    let entries = quarantined(&service);
    assert_eq!(entries[0].1, "{\"message\":");
    assert_eq!(service.metrics().invalid, [("syntax", 4)]);
}

#[test]
fn text_with_a_field_twice_is_refused() {
    let service = service();
    logger(&service).log_json(r#"{"message":"a","message":"b","tags":["x"]}"#);
    assert_eq!(service.metrics().invalid, [("duplicate-field", 1)]);
    assert_eq!(
        quarantined(&service)[0].1,
        r#"{"message":"a","message":"b","tags":["x"]}"#,
        "neither of them is left out"
    );
}

#[test]
fn check_says_why_not_and_logs_nothing() {
    let service = service();
    let logger = logger(&service);
    logger.check_event(&blank()).unwrap();
    logger.check_json("{}").unwrap();
    let Err(Invalid::Violations(violations)) = logger.check_json(r#"{"mesage":"x"}"#) else { panic!() };
    assert_eq!(violations.to_string(), "unknown-field: `mesage` is not a field; did you mean `message`?");
    let said = logger.check_json(r#"{"event":{"outcome":"sucess"}}"#).unwrap_err().to_string();
    assert!(
        said.starts_with("the event breaks rules of its log: not-allowed: `event.outcome` is a string of 6"),
        "{said}"
    );
    let mut event = blank();
    event.event.provider = "nobody".to_owned();
    assert_eq!(logger.check_event(&event).unwrap_err().code(), "unregistered");
    assert_eq!(service.metrics().accepted + service.metrics().quarantined, 0);
    assert_eq!(service.metrics().invalid, []);
}

#[test]
fn full_spool_refuses_and_counts() {
    let full = Spool::builder().segment_bytes(8192).max_bytes(3 * 8192);
    let service = service_of(builder().spool(full));
    let logger = logger(&service);
    for _ in 0..1_000 {
        logger.log_event(&blank());
    }
    let metrics = service.metrics();
    assert!(metrics.accepted > 10, "{metrics:?}");
    assert_eq!(metrics.lost, [("spool-full", 1_000 - metrics.accepted)]);
    assert_eq!(logged(&service).len() as u64, metrics.accepted);
}

#[test]
fn bounded_quarantine_counts_dropped_entries() {
    let small = Spool::builder().segment_bytes(8192).max_bytes(3 * 8192).when_full(event_spool::FullPolicy::DropOldest);
    let service = service_of(builder().quarantine(small));
    let logger = logger(&service);
    for number in 0..1_000 {
        logger.log_json(&format!(r#"{{"number":{number}}}"#));
    }
    // Read once, because the spool may free space in the background at any time.
    let stats = service.quarantine().spool().stats();
    let kept = stats.next_sequence.get() - stats.oldest_sequence.get();
    assert_eq!((stats.appended, kept + stats.dropped_records), (1_000, 1_000));
    let metrics = service.metrics();
    assert_eq!(metrics.quarantined, 1_000);
    assert!(metrics.quarantine_dropped > 0);
    assert!(quarantined(&service).last().unwrap().1.ends_with(r#""number":999}"#));
}

#[test]
fn invalid_defaults_and_fixed_fields_are_refused() {
    let service = service();
    let LoggerError::Defaults(violations) = service.logger_json(&json!({"mesage": "x"})).unwrap_err() else { panic!() };
    assert_eq!(violations.total(), 1);
    let directory = tempfile::tempdir().unwrap();
    let started = builder().fixed_json(&json!({"tags": "x"})).start(directory.path());
    assert!(matches!(started, Err(StartError::Fixed(_))));
}

#[test]
fn second_service_in_a_directory_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let _first = builder().start(directory.path()).unwrap();
    let error = builder().start(directory.path()).unwrap_err();
    assert!(error.to_string().contains("cannot be opened: the spool in"), "{error}");
}

/// Collects the messages of `tracing`, with what else the events carry.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<String>>>);

impl<S: tracing::Subscriber> tracing_subscriber::Layer<S> for Lines {
    fn on_event(&self, event: &tracing::Event<'_>, _: tracing_subscriber::layer::Context<'_, S>) {
        self.0.lock().unwrap().push(shown(event));
    }
}

pub(crate) fn lines_of(service: impl FnOnce()) -> Vec<String> {
    use tracing_subscriber::layer::SubscriberExt;

    let lines = Lines::default();
    tracing::subscriber::with_default(tracing_subscriber::registry().with(lines.clone()), service);
    let lines = lines.0.lock().unwrap();
    lines.iter().filter(|line| !line.contains(FILE_SYSTEM)).cloned().collect()
}

#[test]
fn each_reason_is_reported_once_per_interval() {
    let lines = lines_of(|| {
        let service = service();
        let logger = logger(&service);
        for _ in 0..100 {
            logger.log_json("{\"message\":\"a secret\\nin two lines\",\"mesage\":1}");
            logger.log_json(r#"{"event":{"provider":"nobody"}}"#);
        }
        assert_eq!(service.metrics().invalid, [("unknown-field", 100), ("unregistered", 100)]);
    });
    assert_eq!(lines.len(), 2, "{lines:#?}");
    assert!(lines[0].contains("`mesage` is not a field"), "{lines:#?}");
    assert!(lines[1].contains("`event.provider` is a string of 6 bytes"), "{lines:#?}");
    assert!(lines.iter().all(|line| !line.contains('\n') && !line.contains("secret")), "{lines:#?}");
}

#[test]
fn report_counts_since_the_last_report() {
    let lines = lines_of(|| {
        let service = service_of(builder().report_interval(Duration::ZERO));
        let logger = logger(&service);
        logger.log_json("?");
        logger.log_json("?");
    });
    assert_eq!(lines.len(), 2);
    assert!(lines.iter().all(|line| line.contains("count=1")), "{lines:#?}");
}
