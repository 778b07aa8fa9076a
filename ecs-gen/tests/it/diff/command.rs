//! The command itself: exit codes, formats, arguments.

use std::path::Path;
use std::process::{Command, Output};

use super::Workspace;

/// Runs `ecs-gen diff` in a folder.
pub fn run(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_ecs-gen")).arg("diff").args(arguments).current_dir(folder).output().unwrap()
}

/// Generates a log beside those that are in the folder's `generated` already.
#[track_caller]
pub fn generate(folder: &Path, log: &str) {
    let arguments = ["generate", "--log", log, "--out", "generated"];
    let output = Command::new(env!("CARGO_BIN_EXE_ecs-gen")).args(arguments).current_dir(folder).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// A folder with the log before, after, and generated before.
pub fn versions() -> tempfile::TempDir {
    let old = Workspace::with(&[], &[]);
    let new = Workspace::with(&[("keep: 90d", "keep: 30d")], &[("till, type: keyword", "till, type: wildcard")]);
    let folder = tempfile::tempdir().unwrap();
    for (name, workspace) in [("old", &old), ("new", &new)] {
        let to = folder.path().join(name);
        std::fs::create_dir(&to).unwrap();
        for file in ["log.yaml", "shop.yaml"] {
            std::fs::copy(workspace.path().join(file), to.join(file)).unwrap();
        }
    }
    generate(folder.path(), "old/log.yaml");
    folder
}

#[track_caller]
fn check_code(folder: &Path, arguments: &[&str], code: i32) {
    let output = run(folder, arguments);
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(code), "{arguments:?}\n{text}");
}

#[test]
fn exit_codes_follow_fail_on() {
    let folder = versions();
    let path = folder.path();
    let both = ["old/log.yaml", "new/log.yaml"];
    let with = |more: &[&'static str]| [&both[..], more].concat();
    check_code(path, &with(&[]), 3);
    check_code(path, &with(&["--fail-on", "none"]), 0);
    check_code(path, &with(&["--fail-on", "dangerous"]), 3);
    check_code(path, &with(&["--fail-on", "stream"]), 3);
    check_code(path, &with(&["--fail-on", "query,crate"]), 0);
    check_code(path, &with(&["--allow", "retention-shortened"]), 0);
    check_code(path, &with(&["--allow", "retention-shortened", "--engine", "opensearch"]), 3);
    check_code(path, &with(&["--allow", "no-such-rule"]), 2);
    check_code(path, &with(&["--fail-on", "sometimes"]), 2);
    check_code(path, &with(&["--plan"]), 0);
    check_code(path, &["old/log.yaml"], 2);
    check_code(path, &["old/log.yaml", "nowhere.yaml"], 1);
    check_code(path, &["old", "new/log.yaml"], 1);
    check_code(path, &["--rules"], 0);
    check_code(path, &["old/log.yaml", "old/log.yaml", "--fail-on", "info"], 0);
}

#[test]
fn log_file_and_generated_folder_are_the_same() {
    let folder = versions();
    for generated in ["generated", "generated/shop-log"] {
        for engine in ["elasticsearch", "opensearch", "both"] {
            let arguments = [generated, "old/log.yaml", "--engine", engine, "--fail-on", "info"];
            let output = run(folder.path(), &arguments);
            assert_eq!(String::from_utf8_lossy(&output.stdout), "nothing differs\n");
            assert!(output.status.success());
        }
    }
}

#[test]
fn mapping_is_compared_with_that_of_a_log() {
    let folder = versions();
    let mapping = "generated/shop-log/elasticsearch/mappings.json";
    let output = run(folder.path(), &[mapping, "new/log.yaml", "--format", "json"]);
    let found: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let rules: Vec<&str> =
        found["findings"].as_array().unwrap().iter().map(|one| one["rule"].as_str().unwrap()).collect();
    assert_eq!(rules, ["type-changed-in-family"]);
    assert_eq!(output.status.code(), Some(0));
}

#[track_caller]
fn printed(folder: &Path, arguments: &[&str]) -> String {
    String::from_utf8(run(folder, arguments).stdout).unwrap()
}

#[test]
fn findings_in_every_format() {
    let folder = versions();
    for format in ["text", "json", "github", "markdown"] {
        let arguments = ["generated/shop-log", "new/log.yaml", "--format", format];
        insta::assert_snapshot!(format!("findings_as_{format}"), printed(folder.path(), &arguments));
    }
}

#[test]
fn a_plan_takes_no_options_of_findings() {
    let folder = versions();
    let refused = |more: &[&str], words: &str| {
        let output = run(folder.path(), &[&["old/log.yaml", "new/log.yaml", "--plan"], more].concat());
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{more:?}\n{text}");
        assert!(output.stdout.is_empty() && text.contains("cannot be used with") && text.contains(words), "{text}");
    };
    refused(&["--fail-on", "none"], "--fail-on");
    refused(&["--allow", "type-changed"], "--allow");
    refused(&["--format", "github"], "--format json");
    refused(&["--format", "markdown"], "--format json");
    refused(&["--only-changes", "--format", "json"], "--only-changes");
    let text = printed(folder.path(), &["old/log.yaml", "new/log.yaml", "--plan", "--format", "json"]);
    let found: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(found["plans"][0]["engine"], "elasticsearch");
    assert!(found["plans"][0]["steps"].is_array());
}

#[test]
fn findings_say_which_engine_they_are_of() {
    let folder = versions();
    let path = folder.path();
    let both = |format| printed(path, &["old/log.yaml", "new/log.yaml", "--engine", "both", "--format", format]);
    let found: serde_json::Value = serde_json::from_str(&both("json")).unwrap();
    let engines: Vec<(&str, String)> = found["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["rule"].as_str().unwrap(), one["engines"].to_string()))
        .collect();
    let expected = [
        ("retention-shortened", r#"["elasticsearch","opensearch"]"#),
        ("type-changed", r#"["opensearch"]"#),
        ("type-changed-in-family", r#"["elasticsearch"]"#),
        ("version-not-raised", r#"["elasticsearch","opensearch"]"#),
    ];
    assert_eq!(engines, expected.map(|(rule, engines)| (rule, engines.to_owned())));
    for (format, word) in [
        ("text", "stream; Elasticsearch only; action: rollover"),
        ("text", "query; OpenSearch only; action: reindex"),
        ("github", "where it was `keyword` (Elasticsearch only); action: rollover"),
        ("markdown", "where it was `keyword` (OpenSearch only) | `new/shop.yaml:6:14` | reindex"),
    ] {
        let text = both(format);
        assert!(text.contains(word), "there is no `{word}` in\n{text}");
        assert_eq!(text.matches(" only").count(), 2, "{text}");
    }
    // One engine that was asked for is no news.
    assert!(!printed(path, &["old/log.yaml", "new/log.yaml", "--engine", "opensearch"]).contains(" only"));
}

#[test]
fn findings_of_several_logs_name_their_log() {
    let folder = versions();
    let path = folder.path();
    let other = Workspace::with(&[("name: shop-log", "name: market-log")], &[]);
    generate(path, &other.log().to_string_lossy());
    std::fs::rename(path.join("generated"), path.join("before")).unwrap();
    let later = Workspace::with(&[("name: shop-log", "name: market-log"), ("keep: 90d", "keep: 30d")], &[]);
    generate(path, &later.log().to_string_lossy());
    generate(path, "new/log.yaml");
    for (format, names) in [
        ("text", ["market-log: indices are kept", "shop-log: indices are kept"]),
        ("github", ["::market-log: indices are kept", "::shop-log: indices are kept"]),
        ("markdown", ["| market-log: indices are kept", "| shop-log: indices are kept"]),
    ] {
        let text = printed(path, &["before", "generated", "--format", format]);
        for name in names {
            assert!(text.contains(name), "there is no `{name}` in\n{text}");
        }
    }
}

#[test]
fn a_reader_that_is_gone_is_no_error() {
    let folder = versions();
    let same = ["diff", "old/log.yaml", "old/log.yaml"];
    let differ = ["diff", "old/log.yaml", "new/log.yaml"];
    let with = |sides: &[&'static str], more: &[&'static str]| [sides, more].concat();
    for (arguments, code) in [
        (with(&same, &[]), 0),
        (with(&differ, &["--format", "json"]), 3),
        (with(&differ, &["--format", "markdown"]), 3),
        (with(&differ, &["--plan"]), 0),
        (with(&differ, &["--plan", "--format", "json"]), 0),
        (vec!["diff", "--rules"], 0),
        (vec!["diff", "old/log.yaml", "nowhere.yaml"], 1),
        (vec!["explain"], 0),
        (vec!["schema", "log"], 0),
        (vec!["completions", "bash"], 0),
        (vec!["generate", "--log", "old/log.yaml", "--out", "again", "--json"], 0),
        (vec!["generate", "--log", "old/log.yaml", "--out", "again"], 0),
    ] {
        // Closed before the command begins, so that its first byte finds nobody.
        let closed = || {
            let (reader, writer) = std::io::pipe().unwrap();
            drop(reader);
            writer
        };
        let status = Command::new(env!("CARGO_BIN_EXE_ecs-gen"))
            .args(&arguments)
            .current_dir(folder.path())
            .stdout(closed())
            .stderr(closed())
            .status()
            .unwrap();
        assert_eq!(status.code(), Some(code), "{arguments:?}");
    }
}
