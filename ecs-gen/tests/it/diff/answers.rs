//! What an engine reads alike is no difference: other ways to write a mapping, what engines add and learn, and each form of
//! answer that they give.

use ecs_gen::diff::{self, Engine, Side};
use serde_json::{Value, json};

use super::{Workspace, expected, findings, side, words};

const ENGINES: [Engine; 2] = Engine::ALL;

#[track_caller]
fn check_same(old: &Value, new: &Value) {
    for engine in ENGINES {
        for (one, other) in [(old, new), (new, old)] {
            let found = words(&findings(engine, &side(one), &side(other)));
            assert!(found.is_empty(), "{engine}: {found:?}\n{one}\n{other}");
            let plan = diff::plan(engine, &side(one), &side(other));
            assert!(plan.steps.is_empty(), "{engine}: {}", plan.to_text());
        }
    }
}

fn mapping() -> Value {
    json!({"dynamic": "strict", "properties": {
        "@timestamp": {"type": "date"},
        "event": {"properties": {"action": {"type": "keyword", "ignore_above": 1024}, "size": {"type": "long"}}},
    }})
}

#[test]
fn ways_to_write_a_mapping_are_the_same() {
    let action = json!({"type": "keyword", "ignore_above": 1024});
    let with = |properties: Value| json!({"dynamic": "strict", "properties": properties});
    let (date, size) = (json!({"type": "date"}), json!({"type": "long"}));
    let same = [
        with(json!({"@timestamp": date, "event.action": action, "event.size": size})),
        with(json!({"@timestamp": date, "event.action": action, "event": {"properties": {"size": size}}})),
        with(json!({"@timestamp": date, "event": {"type": "object", "properties": {
            "action": {"type": "keyword", "ignore_above": "1024", "index": "true", "doc_values": true, "norms": "false"},
            "size": {"type": "long", "coerce": true, "boost": 1.0, "store": "false", "fields": {}, "meta": {}},
        }}})),
    ];
    for other in &same {
        check_same(&mapping(), other);
    }
    let option = |name: &str, value: Value| {
        let mut mapping = mapping();
        mapping[name] = value;
        mapping
    };
    for (name, value) in [
        ("dynamic_templates", json!([])),
        ("_data_stream_timestamp", json!({"enabled": true})),
        ("_source", json!({"enabled": "true"})),
        ("_routing", json!({"required": false})),
        ("date_detection", json!(true)),
        ("_meta", json!({})),
    ] {
        check_same(&mapping(), &option(name, value));
    }
    let constant =
        |value: Value| with(json!({"x": {"type": "scaled_float", "scaling_factor": value, "null_value": "5"}}));
    let number = with(json!({"x": {"type": "scaled_float", "scaling_factor": 100, "null_value": 5.0}}));
    check_same(&constant(json!("100")), &number);
    check_same(&constant(json!(100.0)), &number);
    let point = |value: Value| with(json!({"x": {"type": "geo_point", "null_value": value}}));
    for written in [json!("1,2.5"), json!([2.5, 1]), json!({"lat": 1, "lon": "2.5"})] {
        check_same(&point(written), &point(json!({"lat": 1.0, "lon": 2.5})));
    }
}

#[test]
fn names_with_dots_stay_where_no_objects_are() {
    let with = |name: &str| json!({"properties": {"metrics": {"type": "object", "subobjects": false, "properties": {name: {"type": "long"}}}}});
    let (dotted, other) = (with("time.max"), with("time"));
    let found = words(&findings(Engine::Elasticsearch, &side(&dotted), &side(&other)));
    assert!(found.contains("field-added metrics.time"), "{found:?}");
    assert!(found.contains("field-removed metrics.time.max"), "{found:?}");
}

#[test]
fn a_dotted_name_is_found_where_it_was_written() {
    let old = json!({"shop-000001": {"mappings": {"properties": {"event.action": {"type": "keyword"}}}}});
    let new = json!({"properties": {"event": {"properties": {"action": {"type": "long"}}}}});
    let found = findings(Engine::OpenSearch, &side(&old), &side(&new));
    let position = found[0].old.as_ref().unwrap().to_string();
    assert_eq!(position, "mapping.json#/shop-000001/mappings/properties/event.action");
}

#[test]
fn forms_of_answers_hold_the_same_mapping() {
    let mapping = mapping();
    for form in [
        json!({"mappings": mapping}),
        json!({"shop-000001": {"mappings": mapping}}),
        json!({"shop-000001": {"aliases": {}, "mappings": mapping, "settings": {"index": {"uuid": "x"}}}}),
        json!({"component_templates": [{"name": "shop@mappings", "component_template": {"template": {"mappings": mapping}}}]}),
        json!({"index_templates": [{"name": "shop", "index_template": {
            "index_patterns": ["shop-*"], "template": {"mappings": mapping}, "composed_of": []}}]}),
        json!({"shop": {"order": 0, "index_patterns": ["shop-*"], "settings": {}, "mappings": mapping, "aliases": {}}}),
    ] {
        check_same(&form, &mapping);
    }
}

#[test]
fn templates_are_the_same_with_what_engines_add() {
    let put = json!({"index_patterns": ["shop-*"], "data_stream": {}, "priority": 200, "template": {
        "settings": {"index": {"number_of_shards": 1}}, "lifecycle": {"data_retention": "90d"}}});
    let answered = json!({"index_templates": [{"name": "shop", "index_template": {
        "index_patterns": ["shop-*"], "composed_of": [], "priority": 200, "ignore_missing_component_templates": [],
        "data_stream": {"hidden": false, "allow_custom_routing": false, "timestamp_field": {"name": "@timestamp"}},
        "created_date_millis": 1, "template": {"settings": {"index": {"number_of_shards": "1"}}, "aliases": {},
        "lifecycle": {"enabled": true, "data_retention": "90d"}}}}]});
    check_same(&put, &answered);
}

#[test]
fn of_several_indices_the_one_written_to_counts() {
    let index = |field: &str, number: u64, alias: Value| {
        json!({"aliases": {"shop": alias}, "mappings": {"properties": {field: {"type": "long"}}},
            "settings": {"index": {"creation_date": number.to_string()}}})
    };
    let new = json!({"properties": {"new": {"type": "long"}}});
    // A date decides before a number, and a number before a text.
    check_same(&json!({"shop-9": index("new", 2, json!({})), "shop-10": index("old", 1, json!({}))}), &new);
    check_same(&json!({"shop-9": {"mappings": {}}, "shop-10": {"mappings": new}}), &new);
    let written = json!({"is_write_index": true});
    check_same(&json!({"shop-2": index("new", 1, written), "shop-3": index("old", 2, json!({}))}), &new);
}

#[test]
fn several_mappings_of_templates_are_refused() {
    let template = |pattern: &str| json!({"index_patterns": [pattern], "template": {"mappings": mapping()}});
    let answer = json!({"index_templates": [
        {"name": "a", "index_template": template("a-*")},
        {"name": "b", "index_template": template("b-*")},
    ]});
    let error = diff::from_json("answer.json", &answer).unwrap_err().to_string();
    assert!(error.contains("`/index_templates/1/index_template/template/mappings`: give the one"), "{error}");
}

/// The log as it is generated, and an index of it as an engine answers.
fn log_and_index(more: &Value) -> (Side, Value) {
    let workspace = Workspace::with(&[], &[]);
    let log = workspace.load();
    super::command::generate(workspace.path(), &workspace.log().to_string_lossy());
    let component = workspace.path().join("generated/shop-log/elasticsearch/component-template-mappings.json");
    let component: Value = serde_json::from_str(&std::fs::read_to_string(component).unwrap()).unwrap();
    let mut index = json!({"index": {
        "mapping": component["template"]["settings"]["index"]["mapping"],
        "number_of_shards": "1", "number_of_replicas": "1", "refresh_interval": "5s", "uuid": "u", "creation_date": "1",
        "provided_name": "shop-000001", "version": {"created": "8"}, "replication": {"type": "DOCUMENT"},
        "routing": {"allocation": {"include": {"_tier_preference": "data_content"}}},
        "lifecycle": {"name": "shop_policy", "rollover_alias": "shop"},
    }});
    for (name, value) in more.as_object().into_iter().flatten() {
        index["index"][name] = value.clone();
    }
    (log, json!({"shop-000001": {"settings": index}}))
}

#[test]
fn settings_of_an_index_are_those_of_its_log() {
    let generated = |more: Value| {
        let (log, index) = log_and_index(&more);
        words(&findings(Engine::Elasticsearch, &side(&index), &log))
    };
    assert_eq!(generated(json!({"codec": "default"})), expected(""));
    let other = generated(json!({"refresh_interval": "30s"}));
    assert_eq!(other, expected("setting-changed settings.index.refresh_interval"));
}

#[test]
fn defaults_of_settings_are_the_same_as_none() {
    let with = |settings: Value| json!({"shop-000001": {"settings": {"index": settings}}});
    let bare = with(json!({}));
    let written = json!({"number_of_shards": "1", "number_of_replicas": 1, "codec": "default", "hidden": "false",
        "mapping": {"total_fields": {"limit": "1000"}, "depth": {"limit": 20}}});
    check_same(&bare, &with(written));
    let list = |fields: Value| with(json!({"sort": {"field": fields}}));
    check_same(&list(json!("a,b")), &list(json!(["a", "b"])));
}

#[test]
fn learnt_constants_are_no_difference() {
    let workspace = Workspace::with(
        &[],
        &[("type: keyword, description: which till", "type: constant_keyword, description: which till")],
    );
    let log = workspace.load();
    let live = |value: Option<&str>| {
        let model = workspace.path().join("generated/shop-log/elasticsearch/mappings.json");
        super::command::generate(workspace.path(), &workspace.log().to_string_lossy());
        let mut mapping: Value = serde_json::from_str(&std::fs::read_to_string(model).unwrap()).unwrap();
        if let Some(value) = value {
            mapping["properties"]["shop"]["properties"]["till"]["value"] = json!(value);
        }
        side(&json!({"shop-000001": {"mappings": mapping}}))
    };
    for value in [None, Some("a")] {
        let live = live(value);
        assert_eq!(words(&findings(Engine::Elasticsearch, &live, &log)), expected(""), "{value:?}");
        assert_eq!(words(&findings(Engine::Elasticsearch, &log, &live)), expected(""), "{value:?}");
        let plan = diff::plan(Engine::Elasticsearch, &live, &log);
        assert!(plan.steps.is_empty(), "{}", plan.to_text());
    }
    let other = side(&json!({"properties": {"till": {"type": "constant_keyword", "value": "b"}}}));
    let one = side(&json!({"properties": {"till": {"type": "constant_keyword", "value": "a"}}}));
    let found = words(&findings(Engine::Elasticsearch, &one, &other));
    assert_eq!(found, expected("constant-value-changed till"));
}
