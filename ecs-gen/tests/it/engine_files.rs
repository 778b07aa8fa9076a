//! Every file that the two engines take, for logs that differ in what decides about them.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use ecs_gen::emit::{EMITTERS, Emitter};
use ecs_gen::files::Files;
use ecs_gen::generate::{Request, emit_files, load_models};
use ecs_gen::load::Loader;
use serde_json::Value as Json;

use crate::diagnostics::{LOG, folder};

pub const LOGS: &[&str] = &["alias", "aliases", "default", "stream", "stream-policy"];

/// The files of the two engines for each of [`LOGS`], made once for all tests.
static FILES: LazyLock<BTreeMap<&str, Files>> = LazyLock::new(|| LOGS.iter().map(|log| (*log, load(log))).collect());

/// The files of the two engines for a log of `tests/it/logs`.
pub fn files(log: &str) -> &'static Files {
    &FILES[log]
}

fn load(log: &str) -> Files {
    load_file(Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/it/logs/{log}.yaml")))
}

/// The files of the two engines for `log.yaml` among these files.
pub fn generate(files: &[(&str, &str)]) -> Files {
    load_file(folder(files).path().join(LOG))
}

/// The files of the two engines for the log file at this path.
pub fn load_file(path: PathBuf) -> Files {
    let mut loader = Loader::default();
    let models = load_models(&Request { logs: vec![path], ..Request::default() }, &mut loader);
    assert!(!loader.diagnostics.has_errors(), "{}", loader.diagnostics.render(&loader.sources));
    let engines: Vec<&dyn Emitter> =
        EMITTERS.iter().copied().filter(|emitter| ["elasticsearch", "opensearch"].contains(&emitter.name())).collect();
    emit_files(&models.expect("there was no error"), &engines)
}

/// A file of a log as JSON.
#[track_caller]
pub fn json(files: &Files, end: &str) -> Json {
    let found = files.iter().find(|(path, _)| path.ends_with(end));
    let (_, bytes) = found.unwrap_or_else(|| panic!("there is no `{end}`"));
    serde_json::from_slice(bytes).expect("the file is JSON")
}

#[track_caller]
fn snapshot(log: &str) {
    let files = files(log);
    for engine in ["elasticsearch", "opensearch"] {
        let mut text = String::new();
        for (path, bytes) in files.iter().filter(|(path, _)| path.contains(&format!("/{engine}/"))) {
            let _ = writeln!(text, "=== {path}\n{}", std::str::from_utf8(bytes).expect("files are text"));
        }
        insta::assert_snapshot!(format!("{log}_on_{engine}"), text);
    }
}

#[test]
fn files_of_an_alias() {
    snapshot("alias");
}

#[test]
fn files_of_several_aliases() {
    snapshot("aliases");
}

#[test]
fn files_of_a_log_that_says_nothing() {
    snapshot("default");
}

#[test]
fn files_of_a_data_stream_with_its_own_lifecycle() {
    snapshot("stream");
}

#[test]
fn files_of_a_data_stream_with_a_policy() {
    snapshot("stream-policy");
}

#[test]
fn nothing_of_one_engine_reaches_the_other() {
    for log in LOGS {
        for (path, bytes) in files(log).iter().filter(|(path, _)| !path.ends_with("REPLACED.md")) {
            let text = std::str::from_utf8(bytes).unwrap();
            let foreign: &[&str] = if path.contains("/opensearch/") {
                &["\"lifecycle\"", "_ilm", "flattened", "synthetic_source_keep", "data_retention"]
            } else {
                &["plugins", "_ism", "flat_object", "ism_template"]
            };
            for word in foreign {
                assert!(!text.contains(word), "{path} has {word}");
            }
        }
    }
}

#[test]
fn policy_and_stream_lifecycle_exclude_another() {
    for log in LOGS {
        let files = files(log);
        let template = json(files, "elasticsearch/index-template.json");
        let settings = json(files, "elasticsearch/component-template-settings.json");
        let has_stream_lifecycle = template.pointer("/template/lifecycle").is_some();
        let has_policy = settings.pointer("/template/settings/index/lifecycle/name").is_some();
        assert!(has_stream_lifecycle != has_policy, "{log}");
        assert_eq!(has_policy, files.iter().any(|(path, _)| path.ends_with("ilm-policy.json")), "{log}");
    }
}

#[test]
fn install_steps_and_files_match() {
    for log in LOGS {
        let files = files(log);
        for engine in ["elasticsearch", "opensearch"] {
            let install = json(files, &format!("{engine}/install.json"));
            let steps = install["steps"].as_array().unwrap();
            let bodies: Vec<&str> = steps.iter().filter_map(|step| step["body"].as_str()).collect();
            let names: Vec<String> = files
                .iter()
                .filter_map(|(path, _)| path.split_once(&format!("/{engine}/")))
                .map(|(_, name)| name.to_owned())
                .collect();
            for body in &bodies {
                assert!(names.iter().any(|name| name == body), "{log} {engine} {body}");
            }
            let aside = ["mappings.json", "roles.json", "install.json", "index-pattern.ndjson", "REPLACED.md"];
            for name in &names {
                assert!(aside.contains(&name.as_str()) || bodies.contains(&name.as_str()), "{log} {engine} {name}");
            }
        }
    }
}

#[test]
fn write_alias_is_on_the_first_index_only() {
    for log in LOGS {
        for (path, bytes) in files(log).iter().filter(|(path, _)| path.contains("template")) {
            assert!(!std::str::from_utf8(bytes).unwrap().contains("aliases\":"), "{path}");
        }
    }
    let files = files("aliases");
    for (suffix, alias) in [("", "events-gprd"), (".events-gstg", "events-gstg")] {
        for (engine, setting) in [
            ("elasticsearch", "/template/settings/index/lifecycle/rollover_alias"),
            ("opensearch", "/template/settings/index/plugins/index_state_management/rollover_alias"),
        ] {
            let first = json(files, &format!("{engine}/first-index{suffix}.json"));
            assert_eq!(first["aliases"][alias]["is_write_index"], true);
            let template = json(files, &format!("{engine}/index-template{suffix}.json"));
            assert_eq!(template.pointer(setting).unwrap(), alias);
        }
    }
}

#[test]
fn keyword_for_a_wildcard_takes_long_text() {
    // The log with such fields, for an OpenSearch that lacks their types.
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/logs/alias.yaml")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let extension = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/logs/example-extension.yaml");
    std::fs::copy(extension, folder.path().join("example-extension.yaml")).unwrap();
    let path = folder.path().join("log.yaml");
    let text = text.replace("opensearch: {", "opensearch: {since: '2.7', ");
    std::fs::write(&path, text).unwrap();
    let mut loader = Loader::default();
    let models = load_models(&Request { logs: vec![path], ..Request::default() }, &mut loader).unwrap();
    let mappings = json(&emit_files(&models, &[]), "opensearch/mappings.json");
    let full = &mappings["properties"]["url"]["properties"]["full"];
    assert_eq!(full["type"], "keyword");
    assert_eq!(full["ignore_above"], 8191);
    assert_eq!(full["fields"]["text"]["type"], "text");
    let example = &mappings["properties"]["example"]["properties"];
    assert_eq!(example["total"]["type"], "double");
    assert_eq!(example["fixed"], serde_json::json!({"type": "keyword"}));
}
