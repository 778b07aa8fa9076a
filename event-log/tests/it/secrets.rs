//! Values of events never appear in the program's log, its metrics or its health: neither those of invalid events nor those that
//! an engine quotes in a refusal.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, Weak};
use std::time::{Duration, Instant};

use ecs_schema::generated::kibana_event_log::KibanaEventLog;
use event_log::quarantine::EntryKind;
use event_log::ship::Settings;
use event_log::{EventLogService, Shipping};
use event_store::{Request, Response, Transport, TransportError};
use serde_json::{Value, json};

use crate::lines::{collect, lines_with};
use crate::{blank, builder};

const SECRET: &str = "hunter2";
const LIMIT: Duration = Duration::from_mins(2);

/// An engine that quotes the documents in every reply: a different one each time, until it accepts the documents that it has not
/// rejected.
struct Quoting {
    answers: AtomicUsize,
    watched: Arc<Watched>,
}

/// What the service showed before each request.
#[derive(Default)]
struct Watched {
    service: OnceLock<Weak<Service>>,
    seen: Mutex<Vec<String>>,
}

type Service = EventLogService<KibanaEventLog>;

impl Transport for Quoting {
    fn send(&self, request: &Request<'_>) -> Result<Response, TransportError> {
        if request.path.contains("_mget") {
            let asked: Value = serde_json::from_slice(request.body.unwrap_or_default()).unwrap();
            let ids = asked["ids"].as_array().unwrap();
            let docs: Vec<Value> = ids.iter().map(|id| json!({"_id": id, "found": false})).collect();
            return Ok(Response::json(200, json!({"docs": docs}).to_string()));
        }
        if !request.path.contains("_bulk") {
            return Ok(Response::json(200, r#"{"log-000001":{"aliases":{"log":{"is_write_index":true}}}}"#));
        }
        if let Some(service) = self.watched.service.get().and_then(Weak::upgrade) {
            self.watched.seen.lock().unwrap().extend(texts(&service));
        }
        let quoted = String::from_utf8_lossy(request.body.unwrap_or_default()).into_owned();
        let documents = quoted.lines().count() / 2;
        let refusal = |status, error_type: &str, reason: &str| {
            let error = json!({"error": {"type": error_type, "reason": format!("{reason}{quoted}")}, "status": status});
            Ok(Response::json(status, error.to_string()))
        };
        let items = |status, error_type: &str, reason: &str| {
            let error = json!({"type": error_type, "reason": format!("{reason}'{SECRET}' {quoted}")});
            let items = vec![json!({"create": {"status": status, "error": error}}); documents];
            Ok(Response::json(200, json!({"errors": true, "items": items}).to_string()))
        };
        match self.answers.fetch_add(1, Ordering::SeqCst) {
            0 => refusal(400, "illegal_argument_exception", "Malformed content, found extra data: "),
            1 => refusal(500, "null_pointer_exception", "Cannot invoke: "),
            2 => refusal(403, "blocked_by_firewall", "pattern found: "),
            3 => Ok(Response::json(200, quoted)),
            4 => Ok(Response::json(400, quoted)),
            5 => Ok(Response::json(502, format!("<html>{quoted}</html>"))),
            6 => items(500, "null_pointer_exception", "because "),
            7 => items(429, "es_rejected_execution_exception", "queue is full "),
            8 => items(400, "document_parsing_exception", "failed to parse field [x]. Preview of field's value: "),
            _ => items(201, "", ""),
        }
    }
}

/// Everything that a service shows.
fn texts(service: &Service) -> Vec<String> {
    let metrics = service.metrics();
    vec![metrics.to_prometheus(), format!("{metrics:?}"), format!("{:?}", metrics.health())]
}

#[track_caller]
fn check(texts: &[String]) {
    for text in texts {
        assert!(!text.contains(SECRET), "{text}");
    }
}

#[test]
fn invalid_events_are_logged_without_values() {
    collect();
    let directory = tempfile::tempdir().unwrap();
    let service = builder().report_interval(Duration::ZERO).start(directory.path()).unwrap();
    service.register_provider_actions("provider", ["action"]).unwrap();
    let logger = service.logger_json(&json!({"event": {"provider": "provider", "action": "action"}})).unwrap();
    let long = SECRET.repeat(10_000);
    let events = [
        json!({"event": {"start": SECRET}}),
        json!({"event": {"outcome": SECRET}}),
        json!({"event": {"duration": SECRET}}),
        json!({"event": {"provider": SECRET}}),
        json!({"event": {"action": SECRET}}),
        json!({"user": {"name": long}}),
        json!({"tags": SECRET}),
        json!({"password=hunter2": 1}),
        json!({"event": [SECRET]}),
        json!({"message": long}),
        json!(SECRET),
    ];
    let mut texts_of_errors = Vec::new();
    let mut note = |error: &dyn std::error::Error| {
        let mut error = Some(error);
        while let Some(shown) = error {
            texts_of_errors.extend([shown.to_string(), format!("{shown:?}")]);
            error = shown.source();
        }
    };
    for event in &events {
        let text = event.to_string();
        logger.log_value(event);
        logger.log_json(&text);
        logger.log_json(&text[..text.len() - 1]);
        if let Err(invalid) = logger.check_json(&text) {
            note(&invalid);
        }
        let Err(error) = logger.log_json_durable(&text) else { panic!("{event} is valid") };
        note(&error);
        if let Ok(typed) = serde_json::from_value(event.clone()) {
            logger.log_event(&typed);
        }
    }
    let mut typed = blank();
    typed.event.outcome = Some(SECRET.into());
    typed.tags = vec![long];
    logger.log_event(&typed);
    check(&texts_of_errors);
    check(&texts(&service));
    check(&lines_with(""));
    assert!(lines_with("invalid event kept").len() > 30, "there are lines to check");
    let mut reasons = String::new();
    service.quarantine().entries(&mut |_, entry| reasons += entry.reason).unwrap();
    assert!(reasons.contains(SECRET), "the quarantine says everything");
}

#[test]
fn quoted_values_stay_in_the_quarantine() {
    collect();
    let directory = tempfile::tempdir().unwrap();
    let settings =
        Settings::new("log").max_age(Duration::ZERO).retry(Duration::from_millis(1), Duration::from_millis(2));
    let watched = Arc::<Watched>::default();
    let engine = Quoting { answers: AtomicUsize::new(0), watched: Arc::clone(&watched) };
    let service = Arc::new(builder().ship(Shipping::new(engine, settings)).start(directory.path()).unwrap());
    watched.service.set(Arc::downgrade(&service)).unwrap();
    service.register_provider_actions("provider", ["action"]).unwrap();
    let logger = service.logger_json(&json!({"event": {"provider": "provider", "action": "action"}})).unwrap();
    logger.log_value(&json!({"message": SECRET}));
    assert!(service.flush(Instant::now() + LIMIT));
    let seen = watched.seen.lock().unwrap();
    for failure in
        ["Malformed content", "Cannot invoke", "pattern found", "not JSON from byte", "refused: 400;", "refused: 502;"]
    {
        assert!(seen.iter().any(|text| text.contains(failure)), "{failure}");
    }
    check(&seen);
    check(&texts(&service));
    check(&lines_with(""));
    assert!(!lines_with("trouble=").is_empty() && !lines_with("rejected documents permanently").is_empty());
    let last_error = service.metrics().delivery.unwrap().last_error.unwrap();
    check(&[last_error]);
    let mut kept = Vec::new();
    service.quarantine().entries(&mut |_, entry| kept.push((entry.kind, entry.reason.to_owned()))).unwrap();
    let [(EntryKind::Rejected, reason)] = kept.as_slice() else { panic!("{kept:?}") };
    assert!(reason.contains("Preview of field's value: 'hunter2'"), "{reason}");
}
