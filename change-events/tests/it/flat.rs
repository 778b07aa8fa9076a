//! Flat documents, by the cases of the ingest pipeline that they came through before.

use std::path::Path;

use change_events::{Headers, Outcome, Source};
use serde_json::Value as Json;

use crate::settings;

#[test]
fn flat_documents_become_what_the_pipeline_makes() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../pipelines/infra-events-legacy/cases");
    let source = Source::shipped("legacy").expect("it is shipped");
    let mut count = 0;
    for entry in std::fs::read_dir(folder).expect("the cases are committed") {
        let path = entry.expect("the folder can be read").path();
        let name = path.file_name().expect("a case has a name").to_string_lossy().into_owned();
        let case: Json = serde_json::from_str(&std::fs::read_to_string(&path).expect("text")).expect("a case is JSON");
        let headers: Headers =
            case["index"].as_str().map(|index| (":path", format!("/{index}/_doc"))).into_iter().collect();
        let outcome = source.adapt(&headers, case["document"].to_string().as_bytes(), &settings());
        match (case["refused"].as_str(), outcome) {
            (Some(reason), Outcome::Unmapped { reason: own, .. }) => {
                let reason = reason.split("index `").next().unwrap_or(reason);
                assert!(own.contains(reason), "{name}: {own}");
            }
            (None, Outcome::Events(events)) => assert_eq!(events[0], expected(&case, &events[0]), "{name}"),
            (_, other) => panic!("{name}: {other:?}"),
        }
        count += 1;
    }
    assert!(count >= 70, "{count} cases");
}

/// What the pipeline makes, with the fields that depend on the moment and are in no case.
fn expected(case: &Json, event: &Json) -> Json {
    let mut expected = case["expect"].clone();
    if let Some(version) = expected.as_object_mut().and_then(|fields| fields.remove("ecs.version")) {
        expected["ecs"]["version"] = version;
    }
    if expected["event"]["created"].is_null() {
        expected["event"]["created"] = event["event"]["created"].clone();
    }
    if event["change"]["time_source"] == "received" {
        for (object, field) in [("event", "id"), ("event", "start"), ("change", "group_id")] {
            expected[object][field] = event[object][field].clone();
        }
        expected["@timestamp"] = event["@timestamp"].clone();
    }
    expected
}

/// A strict document is trusted to be valid, and not to be free of secrets.
#[test]
fn strict_documents_keep_no_secrets() {
    let case = include_str!("../../../generated/infra-events/samples/minimal.json");
    let mut document: Json = serde_json::from_str(case).expect("a sample is JSON");
    document["event"]["url"] = "https://deploy:hunter2@ci.example.org/jobs/1?private_token=s3cret&page=2".into();
    document["user"] = serde_json::json!({"id": "u-1", "email": "someone@example.org", "full_name": "Some One"});
    document["message"] = "rolled out for someone@example.org".into();
    let source = Source::shipped("legacy").expect("it is shipped");
    let outcome = source.adapt(&Headers::default(), document.to_string().as_bytes(), &settings());
    let Outcome::Events(events) = outcome else { panic!("{outcome:?}") };
    assert_eq!(events[0]["event"]["url"], "https://ci.example.org/jobs/1?private_token=***&page=2");
    assert_eq!(events[0]["message"], "rolled out for [e-mail]");
    let text = events[0].to_string();
    for secret in ["hunter2", "s3cret", "someone@", "Some One"] {
        assert!(!text.contains(secret), "{text}");
    }
}
