//! The program itself: exit codes, text and JSON.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value as Json;

use super::{LOG, folder, list, log, log_with};

fn run(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_ecs-gen")).arg("generate").args(arguments).current_dir(folder).output().unwrap()
}

const ARGUMENTS: [&str; 4] = ["--log", LOG, "--out", "out"];

#[track_caller]
fn check_code(output: &Output, code: i32) {
    assert_eq!(output.status.code(), Some(code), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn an_error_is_exit_code_1_and_writes_nothing() {
    let folder = folder(&[(LOG, &log("{evnt: {fields: '*'}}"))]);
    let output = run(folder.path(), &ARGUMENTS);
    check_code(&output, 1);
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(text.starts_with("error[unknown-fieldset]: "), "{text}");
    assert!(text.ends_with("1 error; nothing was written\n"), "{text}");
    assert!(output.stdout.is_empty());
    assert_eq!(list(folder.path()).len(), 1);
}

#[test]
fn exit_code_is_0_when_fresh_and_3_when_stale() {
    let folder = folder(&[(LOG, &log("{base: {fields: {message: {}}}}"))]);
    check_code(&run(folder.path(), &[&ARGUMENTS[..], &["--check"]].concat()), 3);
    assert!(!folder.path().join("out").exists(), "a check writes nothing");
    check_code(&run(folder.path(), &ARGUMENTS), 0);
    check_code(&run(folder.path(), &[&ARGUMENTS[..], &["--check"]].concat()), 0);
    std::fs::write(folder.path().join("out/log/fields.md"), "mine").unwrap();
    let output = run(folder.path(), &[&ARGUMENTS[..], &["--check"]].concat());
    check_code(&output, 3);
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(text.contains("Stale out/log/fields.md"), "{text}");
}

#[test]
fn wrong_arguments_are_exit_code_2() {
    let folder = folder(&[(LOG, &log("'*'"))]);
    for arguments in [
        &["--log", LOG][..],
        &["--out", "out"],
        &["--subset", "s.yml", "--out", "out"],
        &["--log", LOG, "--out", "out", "--nme"],
    ] {
        check_code(&run(folder.path(), arguments), 2);
    }
    assert_eq!(list(folder.path()).len(), 1);
}

#[test]
fn errors_as_json_are_one_document() {
    let folder = folder(&[(LOG, &log_with("titel: x\n"))]);
    let output = run(folder.path(), &[&ARGUMENTS[..], &["--json"]].concat());
    check_code(&output, 1);
    let document: Json = serde_json::from_slice(&output.stdout).unwrap();
    let expected = serde_json::json!({"diagnostics": [{
        "severity": "error",
        "code": "unknown-option",
        "message": "unknown option `titel`",
        "file": "log.yaml",
        "line": 5,
        "column": 1,
        "help": "did you mean `title`?",
    }]});
    assert_eq!(document, expected);
}

#[test]
fn the_outcome_as_json_holds_the_warnings() {
    let text = log("{base: {fields: {message: {}}}}\nextensions: [ext.yaml]");
    let folder = folder(&[(LOG, &text), ("ext.yaml", "name: x\nfields: [{name: a, type: long}]")]);
    let output = run(folder.path(), &[&ARGUMENTS[..], &["--json"]].concat());
    check_code(&output, 0);
    let document: Json = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(document["diagnostics"][0]["code"], "unused-extension");
    assert_eq!(document["fresh"], true);
    assert_eq!(document["files"][0]["state"], "created");
    let output = run(folder.path(), &[&ARGUMENTS[..], &["--json", "--check"]].concat());
    let document: Json = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&document["fresh"], &document["files"]), (&true.into(), &serde_json::json!([])));
}

#[test]
fn subset_files_need_an_ecs_release_and_a_name() {
    let files = [
        ("s.yml", "name: s\nfields: {base: {fields: {message: {}}}}\n"),
        ("c.yml", "name: c\nfields: [{name: a, type: long}]\n"),
    ];
    let folder = folder(&files);
    check_code(&run(folder.path(), &["--subset", "s.yml", "--ecs", "9.4.0", "--out", "out"]), 0);
    let output = run(folder.path(), &["--subset", "s.yml", "--ecs", "9.9.9", "--out", "out"]);
    check_code(&output, 1);
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(text.starts_with("error[unknown-ecs-version]: the ECS version `9.9.9` is not known\n"), "{text}");
    let output = run(folder.path(), &["--include", "c.yml", "--ecs", "9.4.0", "--out", "out"]);
    check_code(&output, 1);
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(text.starts_with("error[missing-option]: the log has no name\n"), "{text}");
    let output = run(folder.path(), &["--include", "c.yml", "--name", "Bad", "--ecs", "9.4.0", "--out", "out"]);
    check_code(&output, 1);
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(text.contains("--> <arguments>:1:8\n  |\n1 | --name Bad\n"), "{text}");
}

#[test]
fn explain_knows_every_code() {
    for code in ecs_gen::diagnostic::Code::ALL {
        let output = Command::new(env!("CARGO_BIN_EXE_ecs-gen")).args(["explain", code.as_str()]).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(text.starts_with(&format!("{}\n", code.as_str())) && text.lines().count() > 1, "{text}");
    }
}
