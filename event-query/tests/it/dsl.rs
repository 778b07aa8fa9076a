//! The DSL of each node.

use event_query::dsl;
use serde_json::{Value, json};

use crate::support::resolve;

#[track_caller]
fn check(text: &str, expected: Value) {
    let query = resolve(text).unwrap_or_else(|error| panic!("{text:?}: {error}"));
    assert_eq!(dsl::condition(query.condition()), expected, "{text:?}");
}

#[test]
fn everything_and_nothing() {
    check("", json!({ "match_all": {} }));
    check("*", json!({ "match_all": {} }));
    check("*: *", json!({ "match_all": {} }));
    check("not *", json!({ "match_none": {} }));
    check("event.duration: 1.5", json!({ "match_none": {} }));
    check("refs: *", json!({ "match_none": {} }));
}

#[test]
fn operators() {
    let term = |value| json!({ "term": { "event.action": { "value": value } } });
    let flag = json!({ "term": { "flag": { "value": true } } });
    check("event.action: a and flag: true", json!({ "bool": { "filter": [term("a"), flag] } }));
    check(
        "event.action: a or flag: true",
        json!({ "bool": { "should": [term("a"), flag], "minimum_should_match": 1 } }),
    );
    check("not event.action: a", json!({ "bool": { "must_not": [term("a")] } }));
    check("not (not event.action: a)", term("a"));
    check("flag: true and not event.action: a", json!({ "bool": { "filter": [flag], "must_not": [term("a")] } }));
    check("event.action: (a or b or c)", json!({ "terms": { "event.action": ["a", "b", "c"] } }));
    check("event.action: (a or (b or c))", json!({ "terms": { "event.action": ["a", "b", "c"] } }));
    check(
        "(event.action: a and flag: true) and event.action: b",
        json!({ "bool": { "filter": [term("a"), flag, term("b")] } }),
    );
    check("flag: true and *", flag);
    check("flag: true or *", json!({ "match_all": {} }));
}

#[test]
fn exact_values() {
    check("event.action: a b", json!({ "term": { "event.action": { "value": "a b" } } }));
    check("event.action: true", json!({ "term": { "event.action": { "value": "true" } } }));
    check("tag: a", json!({ "term": { "event.action": { "value": "a" } } }));
    check(
        "event.duration: 9007199254740993",
        json!({ "term": { "event.duration": { "value": 9_007_199_254_740_993_i64 } } }),
    );
    check("event.big: 18446744073709551615", json!({ "term": { "event.big": { "value": u64::MAX } } }));
    check("event.price: 10.10", json!({ "term": { "event.price": { "value": "101e-1" } } }));
    check("event.score: 0.1", json!({ "term": { "event.score": { "value": 0.1 } } }));
    check("flag: false", json!({ "term": { "flag": { "value": false } } }));
    check("source.ip: \"::ffff:10.0.0.1\"", json!({ "term": { "source.ip": { "value": "::ffff:10.0.0.1" } } }));
    check("version: 1.2.3", json!({ "term": { "version": { "value": "1.2.3" } } }));
    check("labels.team: a", json!({ "term": { "labels.team": { "value": "a" } } }));
    check("_id: a", json!({ "term": { "_id": { "value": "a" } } }));
}

#[test]
fn ranges() {
    let range = |field: &str, bounds: Value| json!({ "range": { field: bounds } });
    check("event.duration > 5", range("event.duration", json!({ "gte": 6 })));
    check("event.duration >= 5.5", range("event.duration", json!({ "gte": 6 })));
    check("event.duration < 5.5", range("event.duration", json!({ "lte": 5 })));
    check("event.duration <= -5.5", range("event.duration", json!({ "lte": -6 })));
    check("event.score > 0.5", range("event.score", json!({ "gt": 0.5 })));
    check("event.price <= 0.5", range("event.price", json!({ "lte": "5e-1" })));
    check("event.action >= b*", range("event.action", json!({ "gte": "b*" })));
    check("labels.team > b", range("labels.team", json!({ "gt": "b", "lte": "\u{10ffff}" })));
    check("labels.team <= b", range("labels.team", json!({ "gte": "", "lte": "b" })));
    check("labels > b", range("labels", json!({ "gt": "b" })));
    check("version > 1.2.3", range("version", json!({ "gt": "1.2.3" })));
    check("source.ip: 10.0.0.0/30", range("source.ip", json!({ "gte": "10.0.0.0", "lte": "10.0.0.3" })));
    check("flag > false", json!({ "term": { "flag": { "value": true } } }));
    check("flag >= false", json!({ "terms": { "flag": [false, true] } }));
    check("flag > true", json!({ "match_none": {} }));
    check("event.tiny > 127", json!({ "match_none": {} }));
    check("event.duration > 9223372036854775807", json!({ "match_none": {} }));
    let format = "strict_date_optional_time";
    check(
        "@timestamp > 2026-07-28",
        range("@timestamp", json!({ "gte": "2026-07-29T00:00:00.000Z", "format": format })),
    );
    check(
        "event.created <= 2026-07-28",
        range("event.created", json!({ "lte": "2026-07-28T23:59:59.999999999Z", "format": format })),
    );
    check("ports: 80", range("ports", json!({ "gte": 80, "lte": 80, "relation": "intersects" })));
    check("networks > 10.0.0.1", range("networks", json!({ "gt": "10.0.0.1", "relation": "intersects" })));
}

#[test]
fn patterns() {
    check(r"event.action: a?b\\c\*d*", json!({ "wildcard": { "event.action": { "value": r"a\?b\\c\*d*" } } }));
    check("event.action: *a b*", json!({ "wildcard": { "event.action": { "value": "*a b*" } } }));
    check("error.stack_trace: *a*", json!({ "wildcard": { "error.stack_trace": { "value": "*a*" } } }));
    check("labels.team: a*", json!({ "prefix": { "labels.team": { "value": "a" } } }));
    check("message: a*", json!({ "query_string": { "fields": ["message"], "query": "a*" } }));
    check(r"message: a\:b/c*", json!({ "query_string": { "fields": ["message"], "query": r"a\:b\/c*" } }));
    check(
        "message: full disk* now",
        json!({ "bool": { "minimum_should_match": 1, "should": [
            { "match": { "message": { "query": "full" } } },
            { "query_string": { "fields": ["message"], "query": "disk*" } },
            { "match": { "message": { "query": "now" } } },
        ] } }),
    );
    check(
        "error.stack_trace: a b c*",
        json!({ "bool": { "minimum_should_match": 1, "should": [
            { "term": { "error.stack_trace": { "value": "a b" } } },
            { "wildcard": { "error.stack_trace": { "value": "c*" } } },
        ] } }),
    );
}

#[test]
fn texts() {
    check("message: disk full", json!({ "match": { "message": { "query": "disk full" } } }));
    check("message: \"disk full\"", json!({ "match_phrase": { "message": { "query": "disk full" } } }));
    check("disk full", json!({ "multi_match": { "type": "best_fields", "query": "disk full", "lenient": true } }));
    check("\"disk full\"", json!({ "multi_match": { "type": "phrase", "query": "disk full", "lenient": true } }));
    let patterns = |query: &str, pattern: &str| {
        json!({ "bool": { "minimum_should_match": 1, "should": [
            { "query_string": { "query": query } },
            { "wildcard": { "dataset": { "value": pattern } } },
            { "wildcard": { "error.stack_trace": { "value": pattern } } },
        ] } })
    };
    check("disk fu*", patterns("disk fu*", "fu*"));
    check(r"this \AND that\(*", patterns(r"this \AND that\(*", "that(*"));
    check("disk *", json!({ "match_all": {} }));
}

#[test]
fn existence() {
    let exists = |field: &str| json!({ "exists": { "field": field } });
    check("event.action: *", exists("event.action"));
    check("plain: *", exists("plain"));
    check("source.geo: *", exists("source.geo"));
    check("not flag: *", json!({ "bool": { "must_not": [exists("flag")] } }));
    check(
        "plain.*: *",
        json!({ "bool": { "should": [exists("plain.a"), exists("plain.b")], "minimum_should_match": 1 } }),
    );
}

#[test]
fn nested_groups() {
    let nested = |path: &str, query: Value| json!({ "nested": { "path": path, "query": query, "score_mode": "none", "ignore_unmapped": true } });
    let term = |field: &str, value: &str| json!({ "term": { field: { "value": value } } });
    check("refs: { id: x }", nested("refs", term("refs.id", "x")));
    check("refs: { parts: { name: p } }", nested("refs", nested("refs.parts", term("refs.parts.name", "p"))));
    check("refs.parts: { name: p }", nested("refs", nested("refs.parts", term("refs.parts.name", "p"))));
    check("refs: { not id: x }", nested("refs", json!({ "bool": { "must_not": [term("refs.id", "x")] } })));
    check("refs.i*: x", nested("refs", term("refs.id", "x")));
    check("refs: { *: * }", nested("refs", json!({ "match_all": {} })));
    check("refs: { rank: 1.5 }", json!({ "match_none": {} }));
}
