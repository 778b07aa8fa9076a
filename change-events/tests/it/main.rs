//! Tests of the adapters and of the projection; each file has a subject.

mod flat;
mod mapping;
mod payloads;
mod projection;

use change_events::{Headers, Outcome, Settings, Source};
use serde_json::Value as Json;

/// When the payloads of the tests arrive.
const RECEIVED: &str = "2026-08-02T08:00:00Z";

fn settings() -> Settings {
    Settings::new(RECEIVED.parse().expect("it is a time"))
}

fn adapt(source: &str, headers: &[(&str, &str)], body: &Json) -> Outcome {
    let source = Source::parse(source, Source::shipped_text(source).expect("it is shipped"))
        .unwrap_or_else(|errors| panic!("{errors}"));
    let headers: Headers = headers.iter().copied().collect();
    source.adapt(&headers, body.to_string().as_bytes(), &settings().default_environment("gprd"))
}

/// The one event of a payload, which is valid.
#[track_caller]
fn event(source: &str, headers: &[(&str, &str)], body: &Json) -> Json {
    match adapt(source, headers, body) {
        Outcome::Events(events) if events.len() == 1 => {
            use ecs_schema::Log as _;
            let rules = ecs_schema::generated::infra_events::InfraEvents::RULES;
            if let Err(violations) = ecs_schema::validate_json(rules, &events[0]) {
                panic!("{}", violations.with_values());
            }
            events[0].clone()
        }
        other => panic!("{other:?}"),
    }
}

/// Asserts the values at JSON pointers of an event.
#[track_caller]
fn check(event: &Json, expected: &[(&str, Json)]) {
    for (pointer, value) in expected {
        assert_eq!(event.pointer(pointer).unwrap_or(&Json::Null), value, "{pointer} of {event:#}");
    }
}
