//! The command `ecs-gen import`.

use std::process::{Command, Output};

use tempfile::TempDir;

use super::{PLAIN, assert_reports, field, folder, package};

/// Runs `ecs-gen import` in `folder`.
fn run(folder: &TempDir, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ecs-gen"));
    command.arg("import").args(arguments).current_dir(folder.path()).output().unwrap()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

#[test]
fn import_writes_the_facts_and_a_summary() {
    let folder = folder(&[("ecs.tgz", &package(&field(&format!("{PLAIN}, short: 'S.'"))))]);
    let output = run(&folder, &["ecs.tgz", "--out", "facts.yaml"]);
    assert!(output.status.success());
    assert_reports(
        text(&output.stdout),
        "ECS 1.2.3: 1 fields, 0 multi-fields\ntypes: keyword 1\nreuse: none. The input says",
    );
    assert_reports(text(&output.stdout), "\nnot kept: short 1\n");
    let facts = std::fs::read_to_string(folder.path().join("facts.yaml")).unwrap();
    let expected =
        "ecs: 1.2.3\nfieldsets:\n- name: agent\n  fields:\n  - {name: id, type: keyword, ignore_above: none}\n";
    assert!(facts.ends_with(expected), "{facts}");
    let names: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names.len(), 2, "{names:?}");

    let printed = run(&folder, &["ecs.tgz", "--out", "-", "--version", "2.0.0"]);
    assert_eq!(text(&printed.stdout), facts.replace("ecs: 1.2.3", "ecs: 2.0.0"));
    assert_reports(text(&printed.stderr), "ECS 2.0.0: 1 fields");
}

#[test]
fn a_file_with_the_same_facts_is_not_touched() {
    let folder = folder(&[("ecs.tgz", &package(&field(PLAIN)))]);
    let modified = || std::fs::metadata(folder.path().join("facts.yaml")).unwrap().modified().unwrap();
    assert!(run(&folder, &["ecs.tgz", "--out", "facts.yaml"]).status.success());
    let first = modified();
    assert!(run(&folder, &["ecs.tgz", "--out", "facts.yaml"]).status.success());
    assert_eq!(modified(), first);
}

#[test]
fn nothing_is_written_when_anything_is_wrong() {
    let folder = folder(&[("ecs.tgz", &package(&field("type: 'keywrod', level: 'core'"))), ("facts.yaml", b"before")]);
    let output = run(&folder, &["ecs.tgz", "--out", "facts.yaml"]);
    assert_eq!(output.status.code(), Some(1));
    assert_reports(text(&output.stderr), "error[unknown-type]");
    assert_eq!(text(&output.stdout), "");
    assert_eq!(std::fs::read_to_string(folder.path().join("facts.yaml")).unwrap(), "before");
}

#[test]
fn a_file_that_cannot_be_written_is_reported() {
    let folder = folder(&[("ecs.tgz", &package(&field(PLAIN)))]);
    let output = run(&folder, &["ecs.tgz", "--out", "missing/facts.yaml"]);
    assert_eq!(output.status.code(), Some(1));
    assert_reports(text(&output.stderr), "the file cannot be written");
}
