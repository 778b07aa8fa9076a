//! The table of rules itself: that each rule is hit by a case, and that the docs have it as it is.

use std::collections::BTreeSet;
use std::path::Path;

use ecs_gen::diff::{
    Answer, Engine, Options, PutMapping, RULES, Rule, Verdict, compare, matrix, predict_put_mapping, to_markdown,
};
use serde_json::json;

use super::{Workspace, findings, log_changes, mapping_changes, side, words};

/// Changes that neither table can hold.
fn others() -> BTreeSet<&'static str> {
    let bare = |key: &str, value: serde_json::Value| side(&json!({"properties": {}, key: value}));
    let mut hit = BTreeSet::new();
    let mut add = |old: &ecs_gen::diff::Side, new: &ecs_gen::diff::Side| {
        hit.extend(compare(old, new, &Options::default()).iter().map(|finding| finding.spec().id));
    };
    add(&bare("date_detection", json!(true)), &bare("date_detection", json!(false)));
    let template = |body: serde_json::Value| side(&json!({"index_patterns": ["a-*"], "template": {"settings": body}}));
    let limit = |count: &str| template(json!({"index": {"mapping": {"total_fields": {"limit": count}}}}));
    add(&limit("300"), &limit("200"));
    let composed = |names: &[&str]| side(&json!({"index_patterns": ["a-*"], "composed_of": names}));
    add(&composed(&["a"]), &composed(&["a", "b"]));
    let automatic = |create: bool| side(&json!({"index_patterns": ["a-*"], "allow_auto_create": create}));
    add(&automatic(true), &automatic(false));
    let field = |field: serde_json::Value| side(&json!({"properties": {"shop": {"properties": field}}}));
    add(&field(json!({"customer": {"type": "keyword"}})), &field(json!({"customer_id": {"type": "keyword"}})));
    let constant = json!({"type": "constant_keyword"});
    let with_value = json!({"type": "constant_keyword", "value": "a"});
    add(&folder(&["a", "b"], &with_value), &folder(&["b", "c"], &constant));
    let (shop, market) = (Workspace::with(&[], &[]), Workspace::with(&[("name: shop-log", "name: market-log")], &[]));
    add(&shop.load(), &market.load());
    let (old, new) = (Workspace::with(&[], &[]), Workspace::with(&[("keep: 90d", "keep: 1d")], &[]));
    add(&old.load(), &new.load());
    hit
}

/// A generated folder with nothing but roles and a field.
fn folder(roles: &[&str], field: &serde_json::Value) -> ecs_gen::diff::Side {
    let folder = tempfile::tempdir().unwrap();
    let engine = folder.path().join("elasticsearch");
    std::fs::create_dir(&engine).unwrap();
    let roles: serde_json::Map<_, _> = roles.iter().map(|name| ((*name).to_owned(), json!({"cluster": []}))).collect();
    let mapping = json!({"_meta": {"log": "shop"}, "properties": {"f": field}});
    std::fs::write(engine.join("mappings.json"), mapping.to_string()).unwrap();
    std::fs::write(engine.join("roles.json"), serde_json::Value::Object(roles).to_string()).unwrap();
    ecs_gen::diff::load(folder.path()).unwrap()
}

#[test]
fn a_constant_that_is_taken_away_refuses_nobody() {
    let of = |field: serde_json::Value| folder(&["a"], &field);
    let (old, new) = (of(json!({"type": "constant_keyword", "value": "a"})), of(json!({"type": "constant_keyword"})));
    let found = findings(Engine::Elasticsearch, &old, &new);
    assert_eq!(words(&found), BTreeSet::from(["constant-value-unset f".to_owned()]));
    assert_eq!(found[0].put_mapping, Some(PutMapping::Rejected));
}

#[test]
fn every_rule_is_hit_by_a_case() {
    let hit: BTreeSet<&str> = mapping_changes::HIT.union(&log_changes::HIT).copied().chain(others()).collect();
    let missed: Vec<&str> = RULES.iter().map(|rule| rule.id).filter(|id| !hit.contains(id)).collect();
    assert!(missed.is_empty(), "no case hits {missed:?}");
}

#[test]
fn ids_are_unique_and_in_kebab_case() {
    let ids: BTreeSet<&str> = RULES.iter().map(|rule| rule.id).collect();
    assert_eq!(ids.len(), RULES.len());
    for rule in RULES {
        assert!(rule.id.chars().all(|c| c.is_ascii_lowercase() || c == '-'), "{}", rule.id);
        assert_eq!(Rule::from_id(rule.id), Some(rule.rule));
    }
}

#[test]
fn rules_and_findings_agree_about_the_put() {
    for case in matrix::cases(Engine::Elasticsearch).chain(matrix::cases(Engine::OpenSearch)).step_by(7) {
        for engine in Engine::ALL {
            let options = Options { engines: vec![engine], ..Options::default() };
            for finding in compare(&side(&case.old_mapping), &side(&case.new_mapping), &options) {
                let spec = finding.spec();
                let said = if engine == Engine::Elasticsearch { spec.elasticsearch } else { spec.opensearch };
                let is_said = match said {
                    Answer::Accepted => finding.put_mapping == Some(PutMapping::Accepted),
                    Answer::Rejected => finding.put_mapping == Some(PutMapping::Rejected),
                    Answer::NoMapping => finding.put_mapping.is_none(),
                    // A type of the other engine.
                    Answer::Absent => continue,
                };
                let is_valid = !is_invalid(engine, &case.old_mapping) && !is_invalid(engine, &case.new_mapping);
                // What is absent from an object in a put is no change of it.
                let is_left_out = finding.new.is_none() && finding.put_mapping == Some(PutMapping::Accepted);
                assert!(
                    is_said || !is_valid || is_left_out,
                    "{engine} {} {}: {:?}",
                    case.id,
                    spec.id,
                    finding.put_mapping
                );
            }
        }
    }
}

/// Whether the engine refuses the mapping whatever was there before, or in a way of its own that the docs tell of.
fn is_invalid(engine: Engine, mapping: &serde_json::Value) -> bool {
    predict_put_mapping(engine, &json!({"properties": {}}), mapping) != Verdict::Accepted
        || (engine == Engine::OpenSearch && mapping.to_string().contains(r#""type":"geo_point""#))
}

#[test]
fn the_docs_have_the_table_as_it_is() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/schema-changes.md");
    let text = std::fs::read_to_string(path).unwrap();
    assert!(text.contains(&to_markdown()), "put the output of `ecs-gen diff --rules` into docs/schema-changes.md");
}
