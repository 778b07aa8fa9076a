//! The command `ecs-gen audit`: what it finds in documents, and what it shows of them.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::{Value as Json, json};
use tempfile::TempDir;

const LOG: &str = "
name: orders
ecs: 9.4.0
fields:
  base: {fields: {'@timestamp': {}, message: {}, tags: {}, labels: {}}}
  event: {fields: {category: {}, type: {}, outcome: {}, duration: {}}}
index: {alias: orders}
";

const DOCUMENTS: &str = r#"{"@timestamp":"2024-05-17T09:30:00Z","message":"fine","labels":{"secret-key":"x"}}
{"@timestamp":"2024-05-17T09:30:00Z","event":{"outcome":"secret","duration":1.5},"tags":["a",null]}

{"@timestamp":"2024-05-17","event":{"outcome":"secret","actor":"secret"},"tags":[null,null]}
{"message":17,"secret name":1}
{"@timestamp":
"#;

/// A folder with the log and its documents.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("orders.yaml"), LOG).unwrap();
    std::fs::write(folder.path().join("docs.ndjson"), DOCUMENTS).unwrap();
    folder
}

fn run(folder: &Path, arguments: &[&str], input: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ecs-gen"));
    command.args(arguments).current_dir(folder).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // A command that fails early does not read.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

#[track_caller]
fn check(folder: &Path, arguments: &[&str], input: &str, code: i32) -> String {
    let output = run(folder, arguments, input);
    let text = |bytes: &[u8]| std::str::from_utf8(bytes).unwrap().to_owned();
    let (out, error) = (text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(code), "{arguments:?}\n{out}{error}");
    if code == 1 { error } else { out }
}

#[test]
fn table_counts_by_path_and_rule() {
    let folder = folder();
    let found = check(folder.path(), &["audit", "--log", "orders.yaml", "docs.ndjson"], "", 3);
    insta::assert_snapshot!(found);
    assert!(!found.contains("secret"), "{found}");
}

#[test]
fn values_are_shown_on_request() {
    let folder = folder();
    let found = check(folder.path(), &["audit", "--log", "orders.yaml", "docs.ndjson", "--values"], "", 3);
    assert!(found.contains("not-allowed: `event.outcome` is `secret`, but one of"), "{found}");
    assert!(found.contains("`secret name` is not a field"), "{found}");
}

#[test]
fn json_has_every_row_and_its_lines() {
    let folder = folder();
    let text = check(folder.path(), &["audit", "--log", "orders.yaml", "docs.ndjson", "--json"], "", 3);
    let found: Json = serde_json::from_str(&text).unwrap();
    let counts = |name: &str| found[name].as_u64().unwrap();
    assert_eq!((counts("documents"), counts("refused")), (5, 4));
    assert_eq!((counts("refused_by_engine"), counts("perhaps_by_engine")), (3, 0));
    let row = found["rows"].as_array().unwrap().iter().find(|row| row["path"] == "event.outcome").unwrap();
    let lines = json!([{"file": "docs.ndjson", "line": 2}, {"file": "docs.ndjson", "line": 4}]);
    assert_eq!((&row["rule"], &row["documents"], &row["engine"]), (&json!("not-allowed"), &json!(2), &json!("takes")));
    assert_eq!(row["lines"], lines);
}

#[test]
fn generated_folder_and_rules_file_name_a_log() {
    let folder = folder();
    let path = folder.path();
    check(path, &["generate", "--log", "orders.yaml", "--out", "out"], "", 0);
    let by_log = check(path, &["audit", "--log", "orders.yaml", "docs.ndjson"], "", 3);
    assert_eq!(check(path, &["audit", "--log", "out/orders", "docs.ndjson"], "", 3), by_log);
    assert_eq!(check(path, &["audit", "--log", "out/orders/rules.json", "-"], DOCUMENTS, 3), by_log);
}

#[test]
fn exit_codes_say_whether_documents_are_refused() {
    let folder = folder();
    let path = folder.path();
    let good = DOCUMENTS.lines().next().unwrap();
    let found = check(path, &["audit", "--log", "orders.yaml", "-"], good, 0);
    assert_eq!(found, "1 document, accepted by `orders`\n");
    assert_eq!(check(path, &["audit", "--log", "orders.yaml", "-"], "\n\n", 0), "no documents were read\n");
    assert!(check(path, &["audit", "--log", "orders.yaml", "gone.ndjson"], "", 1).contains("`gone.ndjson`: "));
    assert!(check(path, &["audit", "--log", "gone.yaml", "docs.ndjson"], "", 1).contains("gone.yaml"));
    assert!(check(path, &["audit", "--log", "out", "docs.ndjson"], "", 1).contains("out"));
    check(path, &["audit", "--log", "orders.yaml"], "", 2);
}

#[test]
fn several_files_are_named_at_their_lines() {
    let folder = folder();
    std::fs::write(folder.path().join("more.ndjson"), "{}\n").unwrap();
    let arguments = ["audit", "--log", "orders.yaml", "docs.ndjson", "more.ndjson"];
    let found = check(folder.path(), &arguments, "", 3);
    assert!(found.contains("docs.ndjson:5, more.ndjson:1"), "{found}");
}

#[test]
fn rows_are_bounded_and_the_rest_is_counted() {
    let folder = folder();
    let documents: Vec<String> = (0..11_000).map(|number| format!("{{\"@timestamp\":1,\"n{number}\":1}}\n")).collect();
    let documents = documents.concat();
    let text = check(folder.path(), &["audit", "--log", "orders.yaml", "--json", "-"], &documents, 3);
    let found: Json = serde_json::from_str(&text).unwrap();
    assert_eq!(found["rows"].as_array().unwrap().len(), ecs_gen::audit::MAX_ROWS);
    assert_eq!((&found["refused"], &found["violations_without_row"]), (&json!(11_000), &json!(1_000)));
}

#[test]
fn kept_fields_are_no_finding() {
    let folder = folder();
    std::fs::write(folder.path().join("open.yaml"), format!("{LOG}dynamic: {{event: false}}\n")).unwrap();
    let document = r#"{"@timestamp":0,"event":{"actor":{"name":"x"}},"other":1}"#;
    let found = check(folder.path(), &["audit", "--log", "open.yaml", "-"], document, 3);
    assert!(found.contains("unknown-field  other") && !found.contains("event.actor"), "{found}");
}
