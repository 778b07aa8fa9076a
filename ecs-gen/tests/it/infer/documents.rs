//! Documents of every shape.

use proptest::prelude::*;
use serde_json::{Map, Value as Json, json};

use super::{line, of_documents, request, run, written};
use crate::diagnostics::folder;
use ecs_gen::infer::{Request, infer};

#[track_caller]
fn accepts(documents: &[Json]) -> (String, String) {
    let inferred = of_documents(documents, None);
    let extension = inferred.extension.map(|(_, text)| text).unwrap_or_default();
    assert_eq!(inferred.refused, 0, "{documents:#?}\n{}\n{extension}", inferred.log.1);
    (inferred.log.1, extension)
}

#[test]
fn ecs_fields_are_selected_and_others_declared() {
    let document = json!({
        "@timestamp": "2026-01-01T00:00:00Z",
        "event": {"category": ["web"], "type": ["info"], "duration": 5},
        "labels": {"a": "b"},
        "shop": {"total": 1.5, "paid": true, "at": "2026-01-01", "from": "10.0.0.1", "lines": [{"n": 1}]},
        "note": "two\nlines",
    });
    let (log, extension) = accepts(&[document]);
    line(&log, "event: {fields: {category: {}, duration: {}, type: {}}} # of ECS");
    line(&log, "labels: {}");
    for field in [
        "name: total, type: double",
        "name: paid, type: boolean",
        "name: at, type: date",
        "name: from, type: ip",
        "name: lines, type: object, normalize: [array]",
        "name: lines.n, type: long",
        "name: note, type: match_only_text",
    ] {
        line(&extension, field);
    }
}

#[test]
fn what_contradicts_ecs_is_declared_in_its_place() {
    let (log, extension) =
        accepts(&[json!({"event": {"category": "web"}, "process": {"pid": "seven"}, "host": "web-1"})]);
    line(&log, "own_fieldsets: [event, host, process]");
    line(&extension, "name: pid, type: keyword");
    line(&extension, "name: host, type: keyword");
}

#[test]
fn values_of_several_kinds_are_kept() {
    let documents =
        [json!({"a": 1, "b": "x", "c": []}), json!({"a": "one", "b": ["x"], "c": [1]}), json!({"a": {"b": null}})];
    let (_, extension) = accepts(&documents);
    line(&extension, "name: a, type: object, enabled: false");
    line(&extension, "single values and lists");
    line(&extension, "name: c, type: long, normalize: [array]");
    let notes = of_documents(&documents, None).notes.join("\n");
    line(&notes, "`a` has objects and single values: kept and not searchable");
    line(&notes, "`b` has single values and lists");
}

#[test]
fn each_field_of_a_set_is_declared_before_given_up() {
    let documents = [
        json!({"event": {"category": "web", "kind": "none of ECS"}, "http": {"response": {"status_code": 200.5}}}),
        json!({"http": {"response": {"bytes": 1e30}}}),
    ];
    let (log, extension) = accepts(&documents);
    line(&log, "own_fieldsets: [event, http]");
    for field in [
        "name: category, type: keyword",
        "name: kind, type: keyword",
        "name: response.status_code, type: double",
        "name: response.bytes, type: double",
    ] {
        line(&extension, field);
    }
}

#[test]
fn a_document_beyond_help_costs_no_field() {
    let lines = [
        r#"{"log":{"level":"info"},"n":1}"#,
        r#"{"log.level":"info"}"#,
        r#"{"other.name":"x"}"#,
        r#"{"n":1,"n":2}"#,
        r#"{"":1}"#,
    ];
    let folder = folder(&[("docs.ndjson", &lines.join("\n"))]);
    let documents = vec![folder.path().join("docs.ndjson")];
    let inferred = infer(&Request { documents, ..request() }, |_, _| {}).unwrap();
    assert_eq!(inferred.refused, 4);
    line(&inferred.log.1, "log: {fields: {level: {}}} # of ECS");
    assert!(!inferred.log.1.contains("dynamic"), "{}", inferred.log.1);
    line(&inferred.extension.unwrap().1, "name: \"n\", type: long");
}

#[test]
fn seconds_are_no_milliseconds() {
    let (log, extension) = accepts(&[json!({"@timestamp": 1_767_225_600}), json!({"@timestamp": 1_767_225_601})]);
    line(&log, "own_fieldsets: [base]");
    line(&extension, "name: \"@timestamp\", type: date, parameters: {format: epoch_second}");
    let (log, _) = accepts(&[json!({"@timestamp": 1_767_225_600_000_u64, "n": 1_767_225_600})]);
    line(&log, "base: {fields: {\"@timestamp\": {}}} # of ECS");
}

#[test]
fn what_is_too_deep_is_open() {
    let deep = (0..60).fold(json!(1), |inner, _| json!({ "a": inner }));
    let (_, extension) = accepts(&[deep]);
    line(&extension, "type: flattened");
}

#[test]
fn what_is_not_named_is_said() {
    let inferred = of_documents(&[json!({"ok": {"with space": 1, "b": 1}, "ä": 2})], None);
    line(&inferred.log.1, "dynamic: {\"*\": false, ok: false}");
    let notes = inferred.notes.join("\n");
    line(&notes, "documents have names that no field can have");
    line(&notes, "objects at `ok` have names that no field can have");
}

#[test]
fn objects_whose_keys_vary_are_open() {
    let documents: Vec<Json> = (0..300).map(|number| json!({"by_user": {format!("u{number}"): number}})).collect();
    let (_, extension) = accepts(&documents);
    line(&extension, "name: by_user, type: flattened");
}

#[test]
fn required_and_enumerations_are_made_on_request() {
    let documents = [json!({"state": "open", "n": 1}), json!({"state": "paid"})];
    let (folder, files) = written(&documents);
    let asked = Request { documents: files, required: true, allowed_values: Some(3), values: true, ..request() };
    let inferred = infer(&asked, |_, _| {}).unwrap();
    drop(folder);
    assert_eq!(inferred.refused, 0);
    line(&inferred.log.1, "required: [state]");
    line(
        &inferred.extension.unwrap().1,
        "allowed_values: [{name: open}, {name: paid}]} # in 2 documents: texts of up to 4 characters, such as \"open\"",
    );
}

#[test]
fn nothing_is_required_inside_of_values() {
    let document = json!({
        "labels": {"a": "b"},
        "source": {"geo": {"location": {"lat": 1.5, "lon": 2}}},
        "file": {"elf": {"imports": [{"a": "b"}]}},
        "mine": {"a": 1},
        "off": {"a": 1},
    });
    let mapping = json!({"properties": {"mine": {"type": "flattened"}, "off": {"type": "object", "enabled": false}}});
    let (folder, documents) = written(&[document]);
    let mapping = Some(("mapping".to_owned(), mapping));
    let inferred = infer(&Request { documents, mapping, required: true, ..request() }, |_, _| {}).unwrap();
    drop(folder);
    assert_eq!((inferred.refused, inferred.of_ecs), (0, 3), "{}", inferred.log.1);
    line(&inferred.log.1, "required: [file.elf.imports, labels, mine, source.geo.location]");
}

#[test]
fn no_value_is_shown_unless_asked_for() {
    let (log, extension) = accepts(&[json!({"note": "secret", "n": 4711, "by": {"x": "secret"}})]);
    assert!(!(log + &extension).contains("secret"));
}

#[test]
fn what_is_no_document_is_an_error_with_its_line() {
    for (line_two, part) in [
        ("[1]", "is no JSON object"),
        ("{\"a\":", "is no JSON object"),
        (r#"{"_index":"a","_id":"1","_source":{}}"#, "jq -c ._source"),
        (r#"{"create":{"_id":"1"}}"#, "an action of a bulk request"),
        (r#"{"_id":"1","a":2}"#, "has `_id`, which engines keep beside the document"),
    ] {
        let folder = folder(&[("docs.ndjson", &format!("{{\"a\":1}}\n{line_two}\n"))]);
        let (code, text) = run(folder.path(), &["infer", "docs.ndjson"]);
        assert_eq!(code, Some(1), "{text}");
        line(line(&text, "line 2"), part);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "something was written");
    }
    let folder = folder(&[("docs.ndjson", "\n")]);
    line(&run(folder.path(), &["infer", "docs.ndjson"]).1, "nothing to infer from");
    line(&run(folder.path(), &["infer", "-"]).1, "read several times");
}

#[cfg(unix)]
#[test]
fn what_can_be_read_only_once_is_an_error() {
    let folder = folder(&[]);
    let made = std::process::Command::new("mkfifo").arg(folder.path().join("pipe")).status().unwrap();
    assert!(made.success());
    let (code, text) = run(folder.path(), &["infer", "pipe"]);
    assert_eq!(code, Some(1), "{text}");
    line(&text, "read several times");
}

#[test]
fn names_that_no_log_can_have_are_errors() {
    let folder = folder(&[("logs.ndjson", "{\"a\":1}\n"), ("my__own.ndjson", "{\"a\":1}\n")]);
    for arguments in [&["infer", "logs.ndjson"][..], &["infer", "logs.ndjson", "--name", "Not one"]] {
        let (code, text) = run(folder.path(), arguments);
        assert_eq!(code, Some(1), "{text}");
        line(&text, "give another name with `--name`");
        assert!(!text.contains("please report"), "{text}");
    }
    line(&run(folder.path(), &["infer", "my__own.ndjson"]).1, "Created ./my-own.yaml");
}

#[test]
fn infer_audit_and_generate_follow_each_other() {
    let documents = "{\"@timestamp\":\"2026-01-01T00:00:00Z\",\"shop\":{\"id\":7}}\n{\"@timestamp\":\"2026-01-01T00:00:01Z\",\"shop\":{\"id\":8}}\n";
    let folder = folder(&[("shop.ndjson", documents)]);
    for arguments in [
        &["infer", "shop.ndjson"][..],
        &["audit", "--log", "shop.yaml", "shop.ndjson"],
        &["generate", "--log", "shop.yaml", "--out", "out"],
        &["audit", "--log", "out/shop", "shop.ndjson"],
    ] {
        let (code, text) = run(folder.path(), arguments);
        assert_eq!(code, Some(0), "{arguments:?}\n{text}");
    }
}

/// Names of ECS, others, and such as no field can have.
const NAMES: &[&str] = &[
    "@timestamp",
    "message",
    "event",
    "category",
    "kind",
    "host",
    "name",
    "ip",
    "labels",
    "tags",
    "user",
    "geo",
    "location",
    "trace",
    "id",
    "mine",
    "a",
    "b",
    "Upper",
    "with space",
    "ä",
    "ecs",
    "version",
];

fn value() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        any::<u64>().prop_map(Json::from),
        any::<f64>().prop_map(Json::from),
        prop::sample::select(&["", "x", "2026-01-01T00:00:00Z", "10.0.0.1", "2026", "a\nb"][..]).prop_map(Json::from),
        "\\PC{0,40}".prop_map(Json::from),
    ];
    leaf.prop_recursive(4, 24, 5, |inner| {
        prop_oneof![prop::collection::vec(inner.clone(), 0..4).prop_map(Json::from), object(inner)]
    })
}

fn object(inner: impl Strategy<Value = Json>) -> impl Strategy<Value = Json> {
    let members = prop::collection::btree_map(prop::sample::select(NAMES), inner, 0..6);
    members.prop_map(|members| {
        members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect::<Map<_, _>>().into()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_documents_are_accepted(documents in prop::collection::vec(object(value()), 1..6)) {
        accepts(&[&[json!({"n": 1})], &documents[..]].concat());
    }
}
