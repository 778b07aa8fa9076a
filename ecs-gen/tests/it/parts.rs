//! `ecs-gen generate --engine` and `--only`: a part of the files.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use ecs_gen::emit::EMITTERS;
use tempfile::TempDir;

const LOG: &str = "
name: orders
ecs: 9.4.0
fields: {base: {fields: {'@timestamp': {}, message: {}}}}
index: {alias: orders}
";

fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("orders.yaml"), LOG).unwrap();
    folder
}

/// Generates with these arguments too; the exit code.
#[track_caller]
fn generate(folder: &Path, arguments: &[&str], code: i32) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ecs-gen"));
    command.args(["generate", "--log", "orders.yaml", "--out", "out"]).args(arguments).current_dir(folder);
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(code), "{arguments:?}\n{}", String::from_utf8_lossy(&output.stderr));
}

/// What the log's folder holds, and what the manifest lists of it.
#[track_caller]
fn entries(folder: &Path) -> BTreeSet<String> {
    let read = std::fs::read_dir(folder.join("out/orders")).unwrap();
    let found: BTreeSet<String> = read
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| !is_empty(folder, name))
        .collect();
    let manifest = std::fs::read_to_string(folder.join("out/MANIFEST.json")).unwrap();
    for engine in ["elasticsearch", "opensearch"] {
        assert_eq!(manifest.contains(&format!("orders/{engine}/")), found.contains(engine), "{manifest}");
    }
    found
}

fn is_empty(folder: &Path, name: &str) -> bool {
    let path = folder.join("out/orders").join(name);
    path.is_dir() && std::fs::read_dir(path).unwrap().next().is_none()
}

#[test]
fn one_engine_has_no_files_of_the_other() {
    for (engine, other) in [("opensearch", "elasticsearch"), ("elasticsearch", "opensearch")] {
        let folder = folder();
        let path = folder.path();
        generate(path, &["--engine", engine], 0);
        let found = entries(path);
        assert!(found.contains(engine) && !found.contains(other), "{found:?}");
        assert!(found.contains("rules.json"), "{found:?}");
        // Kibana does not speak to OpenSearch.
        assert_eq!(found.contains("data-view.ndjson"), engine == "elasticsearch", "{found:?}");
        generate(path, &["--engine", engine, "--check"], 0);
        generate(path, &["--check"], 3);
    }
}

#[test]
fn files_of_the_other_engine_are_removed() {
    let folder = folder();
    let path = folder.path();
    generate(path, &[], 0);
    generate(path, &["--engine", "opensearch", "--check"], 3);
    assert!(entries(path).contains("elasticsearch"));
    generate(path, &["--engine", "opensearch"], 0);
    assert!(!entries(path).contains("elasticsearch"));
}

#[test]
fn only_writes_the_files_of_these_emitters() {
    let folder = folder();
    let path = folder.path();
    generate(path, &["--only", "fields-csv", "--only", "rules"], 0);
    assert_eq!(entries(path), BTreeSet::from(["fields.csv".to_owned(), "rules.json".to_owned()]));
    generate(path, &[], 0);
    let all = entries(path);
    std::fs::write(path.join("out/orders/fields.csv"), "").unwrap();
    generate(path, &["--only", "rules", "--check"], 0);
    generate(path, &["--only", "fields-csv", "--check"], 3);
    generate(path, &["--only", "fields-csv"], 0);
    assert_eq!(entries(path), all);
    generate(path, &["--check"], 0);
}

#[test]
fn every_emitter_can_be_asked_for() {
    let folder = folder();
    for emitter in EMITTERS {
        generate(folder.path(), &["--only", emitter.name(), "--rust", "src"], 0);
    }
    generate(folder.path(), &["--rust", "src", "--check"], 0);
}

#[test]
fn contradicting_arguments_are_refused() {
    let folder = folder();
    generate(folder.path(), &["--only", "rust"], 2);
    generate(folder.path(), &["--only", "rules", "--engine", "opensearch"], 2);
    generate(folder.path(), &["--only", "no-such-emitter"], 2);
    generate(folder.path(), &["--engine", "both"], 2);
}
