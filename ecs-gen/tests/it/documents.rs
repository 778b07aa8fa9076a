//! The schema and the samples of whole logs: those of the workspace, and all of ECS as one.

use std::path::{Path, PathBuf};

use ecs_gen::emit::EMITTERS;
use ecs_gen::files::Files;
use ecs_gen::generate::{Request, emit_files, load_models};
use ecs_gen::load::Loader;
use ecs_gen::model::Model;
use ecs_gen::sample::{full_document, minimal_document};
use jsonschema::Validator;
use serde_json::Value;

/// Names every field of the release; the budget is that of the whole.
const ALL_OF_ECS: &str = "name: all-ecs\necs: 9.4.0\nfields: '*'\nfield_budget: 10000\nindex: {alias: all-ecs}\n";

fn load(logs: Vec<PathBuf>) -> Vec<Model> {
    let mut loader = Loader::default();
    let models = load_models(&Request { logs, ..Request::default() }, &mut loader);
    models.unwrap_or_else(|| panic!("{}", loader.diagnostics.render(&loader.sources)))
}

fn workspace_logs() -> Vec<Model> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../logs");
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut logs: Vec<PathBuf> =
        entries.filter(|path| path.extension().is_some_and(|ending| ending == "yaml")).collect();
    logs.sort();
    assert!(!logs.is_empty());
    load(logs)
}

fn all_of_ecs() -> Model {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("all-ecs.yaml");
    std::fs::write(&log, ALL_OF_ECS).unwrap();
    load(vec![log]).remove(0)
}

fn schema(model: &Model) -> Validator {
    let emitter = EMITTERS.iter().copied().find(|emitter| emitter.name() == "json-schema").unwrap();
    let files = emit_files(std::slice::from_ref(model), &[emitter]);
    let schema: Value = serde_json::from_slice(files.iter().next().unwrap().1).unwrap();
    assert!(jsonschema::meta::is_valid(&schema), "{}", model.log.name);
    jsonschema::draft202012::new(&schema).unwrap()
}

#[track_caller]
fn check_valid(validator: &Validator, name: &str, document: &Value) {
    let errors: Vec<String> =
        validator.iter_errors(document).map(|error| format!("{error} at {}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{name}: {errors:#?}");
}

#[test]
fn samples_are_valid_under_their_schema() {
    for model in workspace_logs() {
        let validator = schema(&model);
        check_valid(&validator, "full", &full_document(&model));
        check_valid(&validator, "minimal", &minimal_document(&model));
        for sample in &model.log.samples {
            if sample.before_pipeline {
                assert!(!validator.is_valid(&sample.document), "{} is not the strict form yet", sample.name);
            } else {
                check_valid(&validator, &sample.name, &sample.document);
            }
        }
    }
}

#[test]
fn all_of_ecs_is_one_valid_log() {
    let model = all_of_ecs();
    let validator = schema(&model);
    let full = full_document(&model);
    check_valid(&validator, "full", &full);
    check_valid(&validator, "minimal", &minimal_document(&model));
    assert_eq!(full["host"]["mac"][0], "00-00-5E-00-53-23");
    assert!(full["process"]["thread"]["capabilities"]["effective"][0].as_str().unwrap().starts_with("CAP_"));
}

#[test]
fn required_fields_cannot_be_left_out() {
    for model in workspace_logs() {
        let validator = schema(&model);
        let full = minimal_document(&model);
        for field in model.roots.iter().map(|id| model.field(*id)).filter(|field| field.required) {
            let mut document = full.clone();
            document.as_object_mut().unwrap().remove(field.name());
            assert!(!validator.is_valid(&document), "{} without `{}`", model.log.name, field.path);
        }
    }
}

#[test]
fn output_is_the_same_every_time() {
    let bytes = |files: &Files| files.iter().map(|(path, bytes)| (path.to_owned(), bytes.to_vec())).collect::<Vec<_>>();
    assert_eq!(bytes(&emit_files(&[all_of_ecs()], &[])), bytes(&emit_files(&[all_of_ecs()], &[])));
}
