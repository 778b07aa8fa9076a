//! Changes of a mapping alone: field, type, parameter, object. Each case is a field `f` before and after.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use ecs_gen::diff::{Engine, PutMapping, Verdict, predict_put_mapping};
use serde_json::{Value as Json, json};

use super::{expected, findings, side, words};

/// The engine, the field before and after (null where it is not), and what must be found.
struct Case {
    engine: Engine,
    old: Json,
    new: Json,
    expected: &'static str,
}

fn case(old: Json, new: Json, expected: &'static str) -> Case {
    Case { engine: Engine::Elasticsearch, old, new, expected }
}

fn on_opensearch(old: Json, new: Json, expected: &'static str) -> Case {
    Case { engine: Engine::OpenSearch, old, new, expected }
}

fn keyword() -> Json {
    json!({"type": "keyword"})
}

fn typed(name: &str) -> Json {
    json!({"type": name})
}

fn with(name: &str, parameter: &str, value: Json) -> Json {
    let mut field = typed(name);
    field[parameter] = value;
    field
}

fn object(parameters: &Json) -> Json {
    let mut object = json!({"properties": {"x": {"type": "keyword"}}});
    for (name, value) in parameters.as_object().unwrap() {
        object[name] = value.clone();
    }
    object
}

fn nested() -> Json {
    json!({"type": "nested", "properties": {"x": {"type": "keyword"}}})
}

fn alias(path: &str) -> Json {
    json!({"type": "alias", "path": path})
}

#[rustfmt::skip] // A line each.
fn cases() -> Vec<Case> {
    let text = || json!({"type": "keyword", "fields": {"text": {"type": "text"}}});
    vec![
        case(Json::Null, keyword(), "field-added f; writer-field-added f"),
        case(Json::Null, object(&json!({})), "field-added f.x; writer-field-added f.x"),
        case(Json::Null, alias("target"), "field-added f"),
        case(keyword(), Json::Null, "field-removed f; query-field-removed f; writer-field-removed f"),
        case(object(&json!({})), Json::Null, "field-removed f.x; query-field-removed f.x; writer-field-removed f.x"),
        case(keyword(), text(), "multi-field-added f.text"),
        case(text(), keyword(), "multi-field-removed f.text; query-field-removed f.text"),
        case(text(), json!({"type": "keyword", "fields": {"text": {"type": "match_only_text"}}}), "type-changed-in-family f.text"),
        // Types
        case(keyword(), typed("wildcard"), "type-changed-in-family f"),
        on_opensearch(keyword(), typed("wildcard"), "type-changed f"),
        case(typed("text"), typed("match_only_text"), "type-changed-in-family f"),
        case(keyword(), typed("text"), "type-changed f"),
        case(keyword(), typed("long"), "type-changed f; writer-type-changed f"),
        case(typed("integer"), typed("long"), "type-changed-searchable f"),
        on_opensearch(typed("integer"), typed("long"), "type-changed-searchable f"),
        case(typed("long"), typed("integer"), "type-changed-searchable f; writer-type-changed f"),
        case(typed("long"), typed("double"), "type-changed-searchable f; sort-needs-numeric-type f; values-counted-twice f"),
        on_opensearch(typed("long"), typed("double"), "type-changed-searchable f; values-counted-twice f"),
        on_opensearch(with("scaled_float", "scaling_factor", json!(100)), typed("double"), "type-changed-searchable f"),
        case(typed("date"), typed("date_nanos"), "type-changed-searchable f; sort-needs-numeric-type f; writer-type-changed f"),
        case(object(&json!({})), keyword(), "object-became-field f; writer-type-changed f"),
        case(object(&json!({})), typed("flattened"), "object-became-field f; writer-type-changed f"),
        case(keyword(), object(&json!({})), "field-became-object f; writer-type-changed f"),
        case(object(&json!({})), nested(), "nested-changed f"),
        case(nested(), object(&json!({})), "nested-changed f"),
        case(alias("target"), alias("target2"), "alias-path-changed f"),
        case(alias("target"), keyword(), "alias-became-field f; writer-type-changed f"),
        case(keyword(), alias("target"), "field-became-alias f; writer-type-changed f"),
        case(alias("target"), typed("wildcard"), "alias-became-field f; type-changed-in-family f; writer-type-changed f"),
        on_opensearch(alias("target"), typed("wildcard"), "type-changed f; writer-type-changed f"),
        case(alias("target"), typed("long"), "type-changed f; writer-type-changed f"),
        case(typed("long"), alias("target"), "type-changed f; writer-type-changed f"),
        // Parameters that an index takes
        case(with("keyword", "ignore_above", json!(1024)), with("keyword", "ignore_above", json!(256)), "ignore-above-lowered f"),
        case(with("keyword", "ignore_above", json!(256)), with("keyword", "ignore_above", json!(1024)), "ignore-above-raised f"),
        case(keyword(), with("keyword", "ignore_above", json!(256)), "ignore-above-lowered f"),
        case(with("keyword", "ignore_above", json!(256)), keyword(), "ignore-above-raised f; length-limit-removed f"),
        case(typed("text"), with("text", "norms", json!(false)), "norms-disabled f"),
        case(with("keyword", "norms", json!(true)), keyword(), "norms-disabled f"),
        case(keyword(), with("keyword", "copy_to", json!("target")), "copy-to-changed f"),
        case(with("keyword", "copy_to", json!("target")), with("keyword", "copy_to", json!(["target"])), ""),
        case(keyword(), with("keyword", "meta", json!({"unit": "ms"})), "meta-changed f"),
        case(keyword(), with("keyword", "eager_global_ordinals", json!(true)), "ordinals-changed f"),
        case(keyword(), with("keyword", "split_queries_on_whitespace", json!(true)), "search-analysis-changed f"),
        case(with("text", "analyzer", json!("simple")), json!({"type": "text", "analyzer": "simple", "search_analyzer": "stop"}), "search-analysis-changed f"),
        case(with("text", "analyzer", json!("simple")), json!({"type": "text", "analyzer": "simple", "search_analyzer": "simple"}), ""),
        case(typed("text"), with("text", "fielddata", json!(true)), "ordinals-changed f"),
        case(with("text", "fielddata", json!(true)), typed("text"), "fielddata-disabled f"),
        case(keyword(), with("keyword", "synthetic_source_keep", json!("arrays")), "source-keep-changed f"),
        case(typed("long"), with("long", "coerce", json!(false)), "parsing-tightened f"),
        case(with("long", "coerce", json!(false)), typed("long"), "parsing-loosened f"),
        case(typed("long"), with("long", "ignore_malformed", json!(true)), "parsing-loosened f"),
        case(with("ip", "ignore_malformed", json!(true)), typed("ip"), "parsing-tightened f"),
        case(typed("flattened"), with("flattened", "depth_limit", json!(10)), "parsing-tightened f"),
        case(typed("constant_keyword"), with("constant_keyword", "value", json!("a")), "constant-value-set f"),
        // Parameters that it does not take
        case(with("text", "norms", json!(false)), typed("text"), "norms-enabled f"),
        case(with("constant_keyword", "value", json!("a")), with("constant_keyword", "value", json!("b")), "constant-value-changed f"),
        case(keyword(), with("keyword", "index", json!(false)), "index-disabled f"),
        case(with("keyword", "index", json!(false)), keyword(), "index-enabled f"),
        case(keyword(), with("keyword", "index", json!(true)), ""),
        case(keyword(), with("keyword", "doc_values", json!(false)), "doc-values-disabled f"),
        case(with("keyword", "doc_values", json!(false)), keyword(), "doc-values-enabled f"),
        case(with("binary", "doc_values", json!(true)), typed("binary"), "doc-values-disabled f"),
        case(keyword(), with("keyword", "store", json!(true)), "static-parameter-changed f"),
        case(keyword(), with("keyword", "similarity", json!("boolean")), "static-parameter-changed f"),
        case(with("scaled_float", "scaling_factor", json!(10)), with("scaled_float", "scaling_factor", json!(100)), "static-parameter-changed f"),
        case(with("scaled_float", "scaling_factor", json!(10)), with("scaled_float", "scaling_factor", json!(10.0)), ""),
        case(keyword(), with("keyword", "null_value", json!("none")), "null-value-changed f"),
        case(keyword(), with("keyword", "normalizer", json!("lowercase")), "analysis-changed f"),
        case(typed("text"), with("text", "analyzer", json!("simple")), "analysis-changed f"),
        case(typed("date"), with("date", "format", json!("strict_date_optional_time")), "format-narrowed f"),
        case(with("date", "format", json!("epoch_millis")), typed("date"), "format-widened f"),
        case(typed("date"), with("date", "format", json!("strict_date_optional_time||epoch_second")), "format-narrowed f"),
        // Objects
        case(object(&json!({})), object(&json!({"enabled": false})), "object-disabled f"),
        case(object(&json!({"enabled": false})), object(&json!({"enabled": true})), "object-enabled f"),
        case(object(&json!({})), object(&json!({"dynamic": "true"})), "dynamic-loosened f"),
        case(object(&json!({"dynamic": "false"})), object(&json!({})), "dynamic-tightened f"),
        case(object(&json!({})), object(&json!({"dynamic": "strict"})), ""),
        case(object(&json!({"dynamic": "true"})), object(&json!({"dynamic": "false"})), "mapping-option-changed f"),
        case(object(&json!({})), object(&json!({"synthetic_source_keep": "all"})), "static-parameter-changed f"),
    ]
}

fn around(field: &Json) -> Json {
    let mut properties = json!({"target": {"type": "keyword"}, "target2": {"type": "keyword"}});
    if !field.is_null() {
        properties["f"] = field.clone();
    }
    json!({"dynamic": "strict", "properties": properties})
}

#[track_caller]
fn check(case: &Case) -> BTreeSet<&'static str> {
    let Case { engine, old, new, .. } = case;
    let (old, new) = (around(old), around(new));
    let found = findings(*engine, &side(&old), &side(&new));
    assert_eq!(words(&found), expected(case.expected), "{old} → {new}");
    let verdict = predict_put_mapping(*engine, &old, &new);
    for finding in &found {
        let is_rejected = finding.put_mapping == Some(PutMapping::Rejected);
        assert_eq!(is_rejected, verdict != Verdict::Accepted, "{} of {old} → {new}", finding.spec().id);
    }
    found.iter().map(|finding| finding.spec().id).collect()
}

/// Which rules the cases hit; each case was checked when this is known.
pub static HIT: LazyLock<BTreeSet<&'static str>> = LazyLock::new(|| cases().iter().flat_map(check).collect());

#[test]
fn each_mapping_change_is_found_and_nothing_else() {
    assert!(HIT.contains("field-added"));
}

#[test]
fn a_mapping_is_taken_in_every_wrapping() {
    let bare = around(&keyword());
    for wrapped in [
        bare.clone(),
        json!({"mappings": bare}),
        json!({"shop-000001": {"mappings": {"properties": {}}}, "shop-000002": {"mappings": bare}}),
        json!({"index_patterns": ["shop-*"], "template": {"mappings": bare}}),
        json!({"index_patterns": ["shop-*"], "order": 1, "mappings": bare}),
    ] {
        let found = findings(Engine::OpenSearch, &side(&bare), &side(&wrapped));
        assert_eq!(words(&found), expected(""), "{wrapped}");
    }
}

#[test]
fn one_change_is_told_to_all_concerned() {
    let found = findings(Engine::Elasticsearch, &side(&around(&keyword())), &side(&around(&Json::Null)));
    let classes: BTreeSet<&str> = found.iter().map(|finding| finding.spec().class.name()).collect();
    assert_eq!(classes, BTreeSet::from(["index", "query", "writer"]));
    let first = found[0].to_json();
    for key in ["rule", "path", "class", "severity", "action", "put_mapping", "message"] {
        assert!(first[key].is_string(), "{key} in {first}");
    }
    assert_eq!(first["old"]["pointer"], "/properties/f");
    assert_eq!(first["new"], Json::Null);
}

#[test]
fn a_field_under_a_new_name_is_recognised() {
    let (old, new) = (around(&keyword()), json!({"properties": {"g": {"type": "long"}}, "dynamic": "strict"}));
    assert!(!words(&findings(Engine::Elasticsearch, &side(&old), &side(&new))).contains("field-renamed f"));
    let named =
        |name: &str| json!({"dynamic": "strict", "properties": {"shop": {"properties": {name: {"type": "keyword"}}}}});
    let found = findings(Engine::Elasticsearch, &side(&named("customer")), &side(&named("customer_id")));
    assert!(words(&found).contains("field-renamed shop.customer"), "{found:?}");
}

#[test]
fn refusal_of_what_stays_is_no_finding() {
    let place = around(&with("geo_point", "index", json!(false)));
    assert_ne!(predict_put_mapping(Engine::OpenSearch, &place, &place), Verdict::Accepted);
    assert_eq!(words(&findings(Engine::OpenSearch, &side(&place), &side(&place))), expected(""));
}
