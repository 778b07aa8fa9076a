//! Which sides the command takes, and what it says of those that it does not.

use std::collections::BTreeSet;
use std::path::Path;

use ecs_gen::diff::Engine;
use serde_json::json;

use super::command::{run, versions};
use super::{Workspace, expected, findings, words};

#[track_caller]
fn check_refused(folder: &Path, arguments: &[&str], words: &[&str]) {
    let output = run(folder, arguments);
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{arguments:?}\n{text}");
    assert!(output.stdout.is_empty(), "{arguments:?}");
    for word in words {
        assert!(text.contains(word), "{arguments:?}: there is no `{word}` in\n{text}");
    }
}

#[track_caller]
fn check_taken(folder: &Path, arguments: &[&str], text: &str) {
    let output = run(folder, arguments);
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(String::from_utf8_lossy(&output.stdout), text, "{arguments:?}\n{error}");
    assert_eq!(output.status.code(), Some(0), "{arguments:?}\n{error}");
}

#[test]
fn a_folder_without_the_engine_is_refused() {
    let folder = versions();
    let path = folder.path();
    std::fs::remove_dir_all(path.join("generated/shop-log/elasticsearch")).unwrap();
    let words = ["`generated` holds nothing for Elasticsearch", "`shop-log`", "`--engine opensearch`"];
    for more in [&[][..], &["--plan"], &["--engine", "both"], &["--engine", "both", "--plan"]] {
        check_refused(path, &[&["generated", "generated"], more].concat(), &words);
        check_refused(path, &[&["old/log.yaml", "generated"], more].concat(), &words);
        check_refused(path, &[&["generated", "old/log.yaml"], more].concat(), &words);
    }
    check_taken(path, &["generated", "old/log.yaml", "--engine", "opensearch"], "nothing differs\n");
    // A mapping does not say whose it is.
    let mapping = "generated/shop-log/opensearch/mappings.json";
    for engine in ["elasticsearch", "opensearch", "both"] {
        check_taken(path, &[mapping, mapping, "--engine", engine], "nothing differs\n");
    }
}

#[test]
fn answer_without_an_index_is_refused() {
    let folder = versions();
    let path = folder.path();
    std::fs::write(path.join("answer.json"), "{}\n").unwrap();
    check_refused(path, &["answer.json", "new/log.yaml"], &["`answer.json`: is `{}`", "no index has the name"]);
    check_refused(path, &["new/log.yaml", "answer.json", "--plan"], &["`answer.json`: is `{}`"]);
    // An index without fields is there.
    std::fs::write(path.join("answer.json"), r#"{"shop-000001": {"mappings": {}}}"#).unwrap();
    check_taken(path, &["answer.json", "answer.json"], "nothing differs\n");
}

#[test]
fn a_log_file_may_be_written_as_json() {
    let folder = tempfile::tempdir().unwrap();
    let log = r#"{"name": "shop-log", "title": "Shop log", "version": 3, "ecs": "9.4.0",
        "fields": {"base": {"fields": {"@timestamp": {}, "message": {}}}}, "required": ["@timestamp"],
        "index": {"alias": "shop", "shards": 1, "refresh_interval": "5s", "codec": "default", "priority": 200},
        "lifecycle": {"policy": "shop_policy", "rollover": {"max_age": "30d"}, "keep": "90d"}}"#;
    std::fs::write(folder.path().join("log.json"), log).unwrap();
    std::fs::write(folder.path().join("later.json"), log.replace("90d", "100d")).unwrap();
    check_taken(folder.path(), &["log.json", "log.json"], "nothing differs\n");
    let output = run(folder.path(), &["log.json", "later.json"]);
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(text.contains("info[retention-extended]"), "{text}");
    assert!(text.contains("--> new later.json:4:"), "{text}");
}

#[test]
fn a_mapping_is_compared_with_one_log_only() {
    let folder = versions();
    let path = folder.path();
    let other = Workspace::with(&[("name: shop-log", "name: market-log")], &[]);
    let log = other.log();
    super::command::generate(path, &log.to_string_lossy());
    let mapping = "generated/shop-log/elasticsearch/mappings.json";
    let words = [mapping, "`generated` holds several (market-log, shop-log)", "such as `generated/market-log`"];
    check_refused(path, &[mapping, "generated"], &words);
    check_refused(path, &["generated", mapping, "--plan"], &words);
    check_taken(path, &[mapping, "generated/shop-log"], "nothing differs\n");
}

#[test]
fn component_of_a_setting_is_no_difference() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, beside_mapping: serde_json::Value, others: serde_json::Value| {
        let engine = folder.path().join(name).join("elasticsearch");
        std::fs::create_dir_all(&engine).unwrap();
        let put = |file: &str, body: serde_json::Value| std::fs::write(engine.join(file), body.to_string()).unwrap();
        put("mappings.json", json!({"_meta": {"log": "shop"}, "properties": {}}));
        put("component-template-mappings.json", json!({"template": {"settings": {"index": beside_mapping}}}));
        put("component-template-settings.json", json!({"template": {"settings": {"index": others}}}));
        ecs_gen::diff::load(&folder.path().join(name)).unwrap()
    };
    let limit = |count: &str| json!({"mapping": {"total_fields": {"limit": count}}});
    let old = write("old", json!({}), limit("200"));
    let new = write("new", limit("200"), json!({}));
    assert_eq!(words(&findings(Engine::Elasticsearch, &old, &new)), BTreeSet::new());
    let lower = write("lower", limit("100"), json!({}));
    let found = words(&findings(Engine::Elasticsearch, &new, &lower));
    assert_eq!(found, expected("field-limit-lowered settings.index.mapping.total_fields.limit"));
}
