//! Documents that are committed: samples of each log, and what the legacy pipeline makes of flat documents.

use std::fs;
use std::path::{Path, PathBuf};

use ecs_gen::model::Model;
use ecs_gen::sample::Verdict;
use ecs_schema::generated::{infra_events::InfraEvents, kibana_event_log::KibanaEventLog};
use serde_json::{Value, json};

use super::judges::{Judges, Lenient, Opinions};
use super::typed::{self, Typed};
use super::{INFRA, KIBANA, load, meaning, workspace};

const ALL_VALID: Opinions = Opinions {
    schema: Verdict::Valid,
    value: Verdict::Valid,
    text: Verdict::Valid,
    strict: Some(Verdict::Valid),
    lenient: Some(Lenient::Accepted),
};

/// What the engine fills in, or the pipeline out of the time: cases leave it out.
const OF_THE_MOMENT: &[(&str, &str, &str)] = &[
    ("", "@timestamp", "2024-05-17T09:30:00Z"),
    ("/event", "start", "2024-05-17T09:30:00Z"),
    ("/event", "created", "2024-05-17T09:30:01Z"),
    ("/event", "ingested", "2024-05-17T09:30:01Z"),
    ("/event", "id", "legacy:0"),
    ("/change", "group_id", "legacy:0"),
];

/// Cases of what the pipeline lets through as it came, and why that is not what the log's own programs write.
const AS_IT_CAME: &[(&str, &str)] =
    &[("strict-document-with-dotted-version.json", "engines take `ecs.version` for `ecs: {version}`")];

fn files(folder: &Path) -> Vec<(PathBuf, Value)> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut paths: Vec<PathBuf> = entries.filter(|path| path.extension().is_some_and(|end| end == "json")).collect();
    paths.sort();
    assert!(!paths.is_empty(), "{} is empty", folder.display());
    let read = |path: PathBuf| {
        let document = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        (path, document)
    };
    paths.into_iter().map(read).collect()
}

#[track_caller]
fn check(model: &Model, judges: &Judges, name: &Path, document: &Value) {
    let text = document.to_string();
    let name = name.display();
    assert_eq!(judges.ask(document, &text), ALL_VALID, "{name}: {}", judges.complaints(document, &text));
    let canonical =
        judges.round_trip(&text).expect("the log has a struct").unwrap_or_else(|wrong| panic!("{name}: {wrong}"));
    assert_eq!(meaning::difference(model, document, &canonical), None, "{name}");
}

#[track_caller]
fn check_samples(log: &str, typed: Typed) {
    let model = load(log);
    let judges = Judges::of(&model, Some(typed));
    for (path, document) in files(&workspace().join("generated").join(&model.log.name).join("samples")) {
        check(&model, &judges, &path, &document);
    }
}

#[test]
fn kibana_samples_are_valid_to_all() {
    check_samples(KIBANA, typed::of::<KibanaEventLog>());
}

#[test]
fn samples_of_infra_events_are_valid_to_all() {
    check_samples(INFRA, typed::of::<InfraEvents>());
}

#[test]
fn output_of_the_legacy_pipeline_is_valid_to_all() {
    let model = load(INFRA);
    let judges = Judges::of(&model, Some(typed::of::<InfraEvents>()));
    let mut count = 0;
    for (path, mut case) in files(&workspace().join("pipelines/infra-events-legacy/cases")) {
        let expected = case["expect"].take();
        if expected.is_null() {
            assert!(case["refused"].is_string(), "{} expects nothing", path.display());
            continue;
        }
        count += 1;
        if AS_IT_CAME.iter().any(|(name, _)| path.ends_with(name)) {
            assert_eq!(expected, case["document"], "{} does not go through as it came", path.display());
            assert_eq!(judges.ask(&expected, &expected.to_string()).value, Verdict::Invalid, "{}", path.display());
            continue;
        }
        check(&model, &judges, &path, &completed(expected));
    }
    assert!(count > 40, "only {count} cases are stored");
}

/// The document with what depends on the moment.
fn completed(mut document: Value) -> Value {
    for (parent, name, value) in OF_THE_MOMENT {
        if let Some(Value::Object(object)) = document.pointer_mut(parent) {
            object.entry(*name).or_insert_with(|| json!(value));
        }
    }
    document
}
