//! The generated modules of the logs that ship: they hold exactly the fields of the mappings, and every sample document
//! goes through them unchanged.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use ecs_schema::generated::infra_events::{self, InfraEvents};
use ecs_schema::generated::kibana_event_log::{self, KibanaEventLog};
use ecs_schema::generated::{LOGS, infra_events::EventOutcome};
use ecs_schema::{Kind, Log, ObjectRule, ProviderAction, Shape, Timestamp, validate_json, validate_json_str};
use serde_json::{Value, json};

/// A file of the log `name`, of those that the generator wrote.
fn output(name: &str, file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../generated").join(name).join(file)
}

fn load(path: &Path) -> Value {
    let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap()
}

/// The paths of all fields and objects below `properties`.
fn mapped_paths(properties: &Value, above: &str, found: &mut BTreeSet<String>) {
    for (name, field) in properties.as_object().unwrap() {
        let path = format!("{above}{name}");
        if let Some(inner) = field.get("properties") {
            mapped_paths(inner, &format!("{path}."), found);
        }
        found.insert(path);
    }
}

/// The same of a table.
fn ruled_paths(rules: &ObjectRule, above: &str, found: &mut BTreeSet<String>) {
    for field in rules.fields() {
        let path = format!("{above}{}", field.name());
        if let Kind::Object(inner) | Kind::Nested(inner) = field.kind() {
            ruled_paths(inner, &format!("{path}."), found);
        }
        found.insert(path);
    }
}

/// The paths of a document, objects with free keys as leaves; `known` says which keys are fields.
fn document_paths(document: &Value, above: &str, known: &BTreeSet<String>, found: &mut BTreeSet<String>) {
    match document {
        Value::Array(elements) => elements.iter().for_each(|element| document_paths(element, above, known, found)),
        Value::Object(fields) => {
            for (name, value) in fields {
                let path = format!("{above}{name}");
                if known.contains(&path) {
                    document_paths(value, &format!("{path}."), known, found);
                    found.insert(path);
                }
            }
        }
        _ => {}
    }
}

/// Reads a document into the struct of its log and checks that nothing is lost or judged otherwise.
#[track_caller]
fn check_document<T: Log + std::fmt::Debug + PartialEq>(document: &Value, about: &str) -> T {
    validate_json(T::RULES, document).unwrap_or_else(|violations| panic!("{about}: {violations}"));
    let typed: T = serde_json::from_value(document.clone()).unwrap();
    typed.validate().unwrap_or_else(|violations| panic!("{about}: {violations}"));

    let json = typed.to_json();
    assert_eq!(json, serde_json::to_string(&typed).unwrap(), "{about}: two writers");
    validate_json_str(T::RULES, &json).unwrap_or_else(|error| panic!("{about}: {error}"));
    assert_eq!(T::from_json_str_strict(&json).unwrap(), typed, "{about}: read again");
    typed
}

#[track_caller]
fn check_samples<T: Log + std::fmt::Debug + PartialEq>() {
    let mut names: Vec<PathBuf> =
        fs::read_dir(output(T::NAME, "samples")).unwrap().map(|entry| entry.unwrap().path()).collect();
    names.sort();
    assert!(names.len() >= 2, "a log has at least a full and a minimal sample");
    for path in names {
        let about = path.display().to_string();
        let document = load(&path);
        let written: Value = serde_json::from_str(&check_document::<T>(&document, &about).to_json()).unwrap();
        assert_eq!(written, canonical(document), "{about}");
    }
}

/// A document as it is written: dates without a fraction that is zero, no empty arrays.
fn canonical(value: Value) -> Value {
    match value {
        Value::String(text) => match text.strip_suffix(".000Z") {
            Some(date) => format!("{date}Z").into(),
            None => text.into(),
        },
        Value::Array(elements) => elements.into_iter().map(canonical).collect(),
        Value::Object(fields) => fields
            .into_iter()
            .filter(|(_, value)| *value != json!([]))
            .map(|(name, value)| (name, canonical(value)))
            .collect(),
        other => other,
    }
}

#[track_caller]
fn check_fields<T: Log + std::fmt::Debug + PartialEq>() {
    let mappings = load(&output(T::NAME, "elasticsearch/mappings.json"));
    let properties = mappings.get("properties").or_else(|| mappings.pointer("/mappings/properties")).unwrap();
    let (mut mapped, mut ruled) = (BTreeSet::new(), BTreeSet::new());
    mapped_paths(properties, "", &mut mapped);
    ruled_paths(T::RULES.root(), "", &mut ruled);
    assert_eq!(ruled, mapped, "the table and the mapping have the same fields");

    // The full sample has a value for each field: what the struct writes of it are the fields that the struct has.
    let full = load(&output(T::NAME, "samples/full.json"));
    let written: Value = serde_json::from_str(&check_document::<T>(&full, "full.json").to_json()).unwrap();
    let mut held = BTreeSet::new();
    document_paths(&written, "", &mapped, &mut held);
    assert_eq!(held, mapped, "the struct and the mapping have the same fields");
}

#[test]
fn kibana_structs_have_the_fields_of_the_mapping() {
    check_fields::<KibanaEventLog>();
}

#[test]
fn infra_events_has_the_fields_of_its_mapping() {
    check_fields::<InfraEvents>();
}

#[test]
fn samples_pass_the_kibana_structs_unchanged() {
    check_samples::<KibanaEventLog>();
}

#[test]
fn samples_go_through_infra_events_unchanged() {
    check_samples::<InfraEvents>();
}

#[test]
fn kibana_event_log_takes_a_document_of_2019() {
    let document = json!({
        "event": {
            "provider": "actions",
            "action": "execute",
            "start": "2019-12-09T21:16:43.424Z",
            "end": "2019-12-09T21:16:43.425Z",
            "duration": 1_000_000,
        },
        "kibana": {
            "namespace": "default",
            "saved_objects": [{"type": "action", "id": "79b4c37e-ef42-4421-a0b0-b536840f930d"}],
        },
        "message": "action executed successfully: …",
        "@timestamp": "2019-12-09T21:16:43.425Z",
        "ecs": {"version": "1.3.1"},
    });
    let event: KibanaEventLog = check_document(&document, "2019");
    assert_eq!(event.event.duration, Some(1_000_000));
    assert_eq!(serde_json::from_str::<Value>(&event.to_json()).unwrap(), document);
}

#[test]
fn minimal_document_is_made_in_one_expression() {
    use kibana_event_log::{ActionsAction, Event};

    let action = ActionsAction::Execute;
    let now: Timestamp = "2024-05-17T09:30:00Z".parse().unwrap();
    let event = Event::new(action.as_str().to_owned(), ActionsAction::PROVIDER.to_owned());
    let mut document = KibanaEventLog::new(now, event);
    assert_eq!(
        serde_json::from_str::<Value>(&document.to_json()).unwrap(),
        load(&output(kibana_event_log::NAME, "samples/minimal.json")),
    );
    document.user_mut().name = Some("ann".to_owned());
    assert_eq!(document.validate(), Ok(()));
}

#[test]
fn typed_and_untyped_checks_find_the_same() {
    let text = fs::read_to_string(output(infra_events::NAME, "samples/full.json")).unwrap();
    let mut typed: InfraEvents = serde_json::from_str(&text).unwrap();
    typed.event.outcome = Some(EventOutcome::from("sucess"));
    typed.message.clear();
    typed.event.id = "x".repeat(40_000);
    let by_type = typed.validate().unwrap_err();
    let by_text = validate_json(InfraEvents::RULES, &serde_json::from_str(&typed.to_json()).unwrap()).unwrap_err();
    assert_eq!(by_type, by_text);
    assert!(by_type.iter().any(|violation| violation.path == "event.outcome"));
}

#[test]
fn logs_are_listed_with_their_names() {
    let names: Vec<&str> = LOGS.iter().map(|rules| rules.name()).collect();
    assert_eq!(names, [infra_events::NAME, kibana_event_log::NAME]);
}

#[test]
fn providers_and_actions_agree_with_the_table() {
    use kibana_event_log::{AlertingAction, PROVIDER_ACTIONS, Provider};

    let providers: Vec<&str> = Provider::ALL.iter().map(|provider| provider.as_str()).collect();
    let listed: Vec<&str> = PROVIDER_ACTIONS.iter().map(|(provider, _)| *provider).collect();
    assert_eq!(providers, listed);
    let actions: Vec<&str> = AlertingAction::ALL.iter().map(|action| action.as_str()).collect();
    let (_, listed) = PROVIDER_ACTIONS.iter().find(|(provider, _)| *provider == AlertingAction::PROVIDER).unwrap();
    assert_eq!(actions, *listed);
}
