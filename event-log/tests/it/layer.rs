//! Spans and events of `tracing` as log events.

use ecs_schema::Timestamp;
use event_log::TracingLayer;
use serde_json::{Value, json};
use tracing_subscriber::layer::SubscriberExt;

use crate::{Service, logged, only_event, quarantined, service};

fn with_layer(service: &Service, work: impl FnOnce()) {
    let logger = service.logger_json(&json!({"event": {"provider": "provider"}})).unwrap();
    tracing::subscriber::with_default(tracing_subscriber::registry().with(TracingLayer::new(logger)), work);
}

#[test]
fn tracing_event_with_action_is_logged() {
    let service = service();
    with_layer(&service, || {
        tracing::warn!(
            target: "a target",
            {
                event.action = "action",
                event.duration = 7_u64,
                kibana.alert.flapping = true,
                kibana.space_ids = "default",
                tags = "[\"a\",\"b\"]",
                user.name = %"ann",
            },
            "hello"
        );
    });
    let event = only_event(&service);
    assert_eq!(event["message"], json!("hello"));
    assert_eq!(event["log"], json!({"level": "warn", "logger": "a target"}));
    assert_eq!(event["event"]["duration"], json!(7));
    assert_eq!(event["kibana"]["alert"], json!({"flapping": true}));
    assert_eq!(event["kibana"]["space_ids"], json!(["default"]));
    assert_eq!(event["tags"], json!(["a", "b"]));
    assert_eq!(event["user"], json!({"name": "ann"}));
}

#[test]
fn spans_and_events_without_action_are_ignored() {
    let service = service();
    with_layer(&service, || {
        tracing::info_span!("span", user.name = "ann").in_scope(|| tracing::error!("hello"));
        drop(tracing::info_span!("never recorded", event.action = tracing::field::Empty));
    });
    assert_eq!(logged(&service), []);
    assert_eq!(quarantined(&service), []);
}

#[test]
fn span_has_times_and_outcome() {
    let service = service();
    with_layer(&service, || {
        let span = tracing::info_span!("work", event.action = "action", event.reason = tracing::field::Empty);
        span.in_scope(|| tracing::info!("fine"));
        span.record("event.reason", "late");
    });
    let event = only_event(&service);
    let moment = |name: &str| event["event"][name].as_str().unwrap().parse::<Timestamp>().unwrap().unix_nanos();
    assert_eq!(moment("end") - moment("start"), i128::from(event["event"]["duration"].as_i64().unwrap()));
    assert_eq!(event["event"]["outcome"], json!("success"));
    assert_eq!(event["event"]["reason"], json!("late"));
    assert_eq!(event["message"], json!("work"));
}

#[test]
fn span_in_which_something_failed_is_a_failure() {
    let service = service();
    with_layer(&service, || {
        tracing::info_span!("outer", event.action = "action").in_scope(|| {
            tracing::info_span!("inner").in_scope(|| tracing::error!("broken"));
            drop(tracing::info_span!("known", event.action = "other", event.outcome = "unknown"));
        });
    });
    let outcomes: Vec<Value> =
        logged(&service).into_iter().map(|(_, event)| json!([event["message"], event["event"]["outcome"]])).collect();
    assert_eq!(outcomes, [json!(["known", "unknown"]), json!(["outer", "failure"])]);
}

#[test]
fn span_with_unknown_field_is_quarantined() {
    let service = service();
    with_layer(&service, || drop(tracing::info_span!("span", event.action = "action", colour = "red")));
    let entries = quarantined(&service);
    assert_eq!(entries.len(), 1);
    assert!(entries[0].0.contains("`colour` is not a field"), "{entries:?}");
}
