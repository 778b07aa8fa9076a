//! Mappings of every type and parameter, at places of ECS and elsewhere.

use std::collections::BTreeSet;

use ecs_gen::diff::{Engine, matrix};
use ecs_gen::infer::{Request, infer};
use proptest::prelude::*;
use serde_json::{Map, Value as Json, json};

use super::{line, of_documents, request, run};
use crate::diagnostics::folder;

/// Each field of the cases that mappings are compared by, once.
fn fields(engine: Engine) -> Vec<Json> {
    let bodies = matrix::cases(engine).map(|case| case.old_mapping["properties"]["f"].to_string());
    let distinct: BTreeSet<String> = bodies.filter(|body| body != "null").collect();
    let fields = distinct.iter().map(|body| serde_json::from_str(body).unwrap());
    fields.filter(|field: &Json| !has_open_object(field) && !copies_objects(field)).collect()
}

/// Engines take such a mapping and refuse the documents, so that no log may have it.
fn copies_objects(field: &Json) -> bool {
    let is_object = field["type"].as_str().is_some_and(|name| name == "geo_point" || name.ends_with("_range"));
    field.get("copy_to").is_some() && is_object
}

/// An object without fields becomes one with open keys, which is another mapping.
fn has_open_object(field: &Json) -> bool {
    let below = field["properties"].as_object();
    let is_object = matches!(field["type"].as_str(), None | Some("object" | "nested"));
    (is_object && below.is_none_or(Map::is_empty) && field["enabled"] != false)
        || below.is_some_and(|below| below.values().any(has_open_object))
}

#[track_caller]
fn check(engine: Engine, mapping: &Json) {
    let given = Some(("mapping".to_owned(), mapping.clone()));
    let inferred = infer(&Request { mapping: given, engine, ..request() }, |_, _| {}).unwrap();
    let extension = inferred.extension.map(|(_, text)| text).unwrap_or_default();
    assert_eq!(inferred.differing, Vec::<String>::new(), "{mapping:#}\n{}\n{extension}", inferred.log.1);
}

fn around(fields: Map<String, Json>) -> Json {
    let mut properties = json!({"target": {"type": "keyword"}, "target2": {"type": "keyword"}});
    properties.as_object_mut().unwrap().extend(fields);
    json!({"mappings": {"dynamic": "strict", "properties": properties}})
}

#[test]
fn every_type_and_parameter_comes_out_as_it_is() {
    for engine in Engine::ALL {
        let fields = fields(engine);
        assert!(fields.len() > 200, "{}", fields.len());
        let named = fields.into_iter().enumerate().map(|(number, field)| (format!("f{number}"), field));
        check(engine, &around(named.collect()));
    }
}

/// Paths of ECS and others, where a field of any kind may be.
const PATHS: &[&str] = &[
    "@timestamp",
    "message",
    "tags",
    "trace.id",
    "trace.mine",
    "event.kind",
    "event.mine",
    "host.name",
    "host",
    "host.geo.location",
    "client.user.name",
    "user.name",
    "process.parent.pid",
    "geo.name",
    "mine",
    "mine.a.b",
    "other.list",
    "ecs.version",
    "log.level",
    "data_stream.type",
    "file.hash.sha256",
    "base.a",
    "custom.b",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_mapping_comes_out_as_it_is(
        places in prop::collection::btree_map(prop::sample::select(PATHS), any::<prop::sample::Index>(), 1..8),
        on_opensearch in any::<bool>(),
    ) {
        let engine = if on_opensearch { Engine::OpenSearch } else { Engine::Elasticsearch };
        let fields = fields(engine);
        let mut mapping = around(Map::new());
        for (path, choice) in places {
            let segments: Vec<&str> = path.split('.').collect();
            let place = segments.iter().fold(&mut mapping["mappings"], |place, segment| &mut place["properties"][*segment]);
            // A field cannot be where another has fields below it.
            let is_free = place.is_null() && !is_below_field(path, &mapping);
            let place = segments.iter().fold(&mut mapping["mappings"], |place, segment| &mut place["properties"][*segment]);
            if is_free {
                *place = choice.get(&fields).clone();
            } else if place.is_null() {
                *place = json!({"type": "keyword"});
            }
        }
        prune(&mut mapping["mappings"]);
        check(engine, &mapping);
    }
}

/// Whether something above a path is a field.
fn is_below_field(path: &str, mapping: &Json) -> bool {
    let mut place = &mapping["mappings"];
    path.split('.').any(|segment| {
        place = &place["properties"][segment];
        place.get("type").is_some()
    })
}

/// Drops fields below those that have a type of their own.
fn prune(place: &mut Json) {
    let has_type = place.get("type").is_some_and(|name| name != "object" && name != "nested");
    if let Some(body) = place.as_object_mut() {
        if has_type || body.get("enabled") == Some(&json!(false)) {
            body.remove("properties");
        }
        if let Some(Json::Object(below)) = body.get_mut("properties") {
            below.values_mut().for_each(prune);
        }
    }
}

#[test]
fn what_has_no_place_here_is_said() {
    let mapping = json!({"properties": {
        "a": {"type": "dense_vector", "dims": 3},
        "b": {"type": "text", "analyzer": "mine"},
        "c": {"type": "keyword", "boost": 2},
        "a b": {"type": "keyword"},
        "event": {"properties": {"kind": {"type": "keyword", "ignore_above": 1024}}},
    }, "runtime": {"r": {"type": "long"}}});
    let given = Some(("mapping".to_owned(), mapping));
    let inferred = infer(&Request { mapping: given, ..request() }, |_, _| {}).unwrap();
    let notes = inferred.notes.join("\n");
    for part in [
        "dense_vector",
        "the analyzer \"mine\"",
        "the parameter `boost`",
        "`a b` is left out",
        "`runtime`",
        "dynamic: true",
    ] {
        line(&notes, part);
    }
    line(&inferred.log.1, "event: {fields: {kind: {}}} # of ECS");
}

#[test]
fn parameters_that_no_log_can_have_are_left_out() {
    let mapping = json!({"properties": {
        "t": {"type": "keyword"},
        "r": {"type": "date_range", "copy_to": ["t"]},
        "n": {"type": "scaled_float", "scaling_factor": 10, "null_value": "many"},
    }});
    let given = Some(("mapping".to_owned(), mapping));
    let inferred = infer(&Request { mapping: given, ..request() }, |_, _| {}).unwrap();
    line(&inferred.notes.join("\n"), "the parameters of `r` are left out");
    line(&inferred.extension.unwrap().1, "{name: r, type: date_range}");
    assert!(inferred.differing.iter().any(|difference| difference.contains("copy_to")), "{:?}", inferred.differing);
}

#[test]
fn analyzers_of_the_index_come_along() {
    let analysis = json!({"analyzer": {"mine": {"type": "custom", "tokenizer": "standard"}}});
    let index = json!({
        "settings": {"index": {"analysis": analysis}},
        "mappings": {"properties": {"b": {"type": "text", "analyzer": "mine"}}},
    });
    let template = json!({"index_patterns": ["shop-*"], "template": {
        "settings": {"analysis": analysis},
        "mappings": index["mappings"],
    }});
    for document in
        [json!({ "shop": index }), json!({"index_templates": [{"name": "shop", "index_template": template}]}), template]
    {
        check(Engine::Elasticsearch, &document);
    }
}

#[test]
fn dates_of_ecs_keep_the_format_of_the_mapping() {
    let seconds = json!({"type": "date", "format": "epoch_second"});
    let mapping = json!({"properties": {"@timestamp": seconds, "event": {"properties": {"created": seconds}}}});
    let inferred = of_documents(&[json!({"@timestamp": 1_767_225_600})], Some(mapping));
    assert_eq!(inferred.differing, Vec::<String>::new());
    let extension = inferred.extension.unwrap().1;
    line(&extension, "name: \"@timestamp\", type: date, parameters: {format: epoch_second}");
    line(&extension, "name: created, type: date, parameters: {format: epoch_second}");
}

#[test]
fn parameters_that_indices_keep_are_differences() {
    let mapping = json!({"properties": {
        "a": {"type": "date", "format": "dd/MM/yyyy"},
        "b": {"type": "text", "analyzer": "mine"},
        "c": {"type": "text", "analyzer": "english"},
    }});
    let given = Some(("mapping".to_owned(), mapping));
    let inferred = infer(&Request { mapping: given, ..request() }, |_, _| {}).unwrap();
    assert_eq!(inferred.differing.len(), 2, "{:?}", inferred.differing);
}

#[test]
fn an_alias_of_what_is_left_out_is_left_out() {
    let mapping = json!({"properties": {
        "a b": {"type": "keyword"},
        "o": {"properties": {"of": {"type": "alias", "path": "a b"}, "x": {"type": "keyword"}}},
    }});
    let given = Some(("mapping".to_owned(), mapping));
    let inferred = infer(&Request { mapping: given, ..request() }, |_, _| {}).unwrap();
    line(&inferred.notes.join("\n"), "`o.of` is left out");
    line(&inferred.extension.unwrap().1, "name: x, type: keyword");
}

#[test]
fn several_indices_are_united() {
    let of = |fields: Json| json!({"mappings": {"dynamic": "strict", "properties": fields}});
    let indices = json!({
        "shop-000001": of(json!({"old": {"type": "keyword"}, "both": {"type": "keyword"}})),
        "shop-000002": of(json!({"both": {"type": "long"}})),
    });
    let given = Some(("mapping".to_owned(), indices));
    let inferred = infer(&Request { mapping: given, ..request() }, |_, _| {}).unwrap();
    let extension = inferred.extension.unwrap().1;
    line(&extension, "name: old, type: keyword");
    line(&extension, "name: both, type: long");
}

#[test]
fn an_older_index_does_not_decide() {
    let of = |fields: Json| json!({"mappings": {"dynamic": "strict", "properties": fields}});
    let indices = json!({
        "shop-000001": of(json!({"a": {"properties": {"b": {"type": "long"}}}, "x": {"type": "long"}})),
        "shop-000002": of(json!({"x": {"type": "keyword"}})),
        "shop-000003": of(json!({"a": {"type": "ip"}})),
    });
    let given = Some(("mapping".to_owned(), indices));
    let inferred = infer(&Request { mapping: given, ..request() }, |_, _| {}).unwrap();
    let extension = inferred.extension.unwrap().1;
    line(&extension, "name: a, type: ip");
    line(&extension, "name: x, type: keyword");
    let notes = inferred.notes.join("\n");
    line(&notes, "`a` is `ip` in an index and `object` in an older one");
    line(&notes, "`x` is `keyword` in an index and `long` in an older one");
}

#[test]
fn newest_index_may_have_no_field_yet() {
    let indices = json!({
        "shop-000001": {"mappings": {"properties": {"old": {"type": "keyword"}}}},
        "shop-000002": {"mappings": {}},
    });
    let given = Some(("mapping".to_owned(), indices));
    let inferred = infer(&Request { mapping: given, ..request() }, |_, _| {}).unwrap();
    line(&inferred.extension.unwrap().1, "name: old, type: keyword");
    let empty = Some(("mapping".to_owned(), json!({"mappings": {"properties": {}}})));
    let problem = infer(&Request { mapping: empty, ..request() }, |_, _| {}).unwrap_err();
    line(&problem, "no mapping and no document has a field");
}

#[test]
fn documents_say_what_a_mapping_cannot() {
    let mapping =
        json!({"mappings": {"properties": {"tags": {"type": "keyword", "ignore_above": 1024}, "n": {"type": "long"}}}});
    let documents = [json!({"tags": ["a"], "n": 1, "new": "x"}), json!({"tags": ["b", "c"]})];
    let inferred = of_documents(&documents, Some(mapping));
    assert_eq!((inferred.refused, inferred.differing.len()), (0, 0));
    line(&inferred.extension.unwrap().1, "name: new, type: keyword");
}

#[test]
fn command_writes_what_generate_takes() {
    let mapping = r#"{"shop":{"mappings":{"dynamic":"strict","properties":{"message":{"type":"text"},"sku":{"type":"keyword"}}}}}"#;
    let folder = folder(&[("mapping.json", mapping)]);
    let infer = ["infer", "--mapping", "mapping.json", "--name", "shop", "--out", "logs"];
    assert_eq!(run(folder.path(), &infer).0, Some(0));
    let (code, text) = run(folder.path(), &infer);
    assert_eq!(code, Some(1));
    line(&text, "overwrite it with `--force`");
    assert_eq!(run(folder.path(), &[&infer[..], &["--force", "--json"]].concat()).0, Some(0));
    assert_eq!(run(folder.path(), &["generate", "--log", "logs/shop.yaml", "--out", "out"]).0, Some(0));
    let (_, text) = run(folder.path(), &["infer", "--mapping", "none.json", "--name", "x"]);
    line(&text, "error: `none.json`");
}
