//! Payloads through every shipped source, and the same bytes as a mapping file: nothing panics, events are valid.

#![no_main]

use std::sync::LazyLock;

use change_events::{Headers, Outcome, Settings, Source};
use ecs_schema::generated::infra_events::InfraEvents;
use ecs_schema::{Log as _, Timestamp};
use libfuzzer_sys::fuzz_target;

static SOURCES: LazyLock<Vec<Source>> =
    LazyLock::new(|| Source::shipped_names().filter_map(Source::shipped).collect());

fuzz_target!(|bytes: &[u8]| {
    let settings = Settings::new(Timestamp::UNIX_EPOCH);
    for source in SOURCES.iter() {
        if let Outcome::Events(events) = source.adapt(&Headers::default(), bytes, &settings) {
            for event in &events {
                ecs_schema::validate_json(InfraEvents::RULES, event).expect("an event is valid");
            }
        }
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        let _ = Source::parse("fuzz.yaml", text);
        let _ = change_events::parse_time(text);
    }
});
