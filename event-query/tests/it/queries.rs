//! Whole queries: body of a search, order, fields, limits, mappings.

use event_query::{
    ErrorKind, FallbackTieBreaker, FieldTable, NumericType, Query, QueryError, ResolveContext, ResolvedQuery, SortKey,
    Source, Total,
};
use serde_json::json;

use crate::support::{context, fields};

fn resolved(query: &Query) -> Result<ResolvedQuery, QueryError> {
    query.resolve(&fields(), &context())
}

#[test]
fn newest_events_come_first_by_default() {
    let body = resolved(&Query::new()).expect("it is valid").search_body();
    assert_eq!(
        body,
        json!({
            "query": { "bool": { "filter": [{ "match_all": {} }] } },
            "size": 10,
            "track_total_hits": true,
            "_source": true,
            "sort": [
                { "@timestamp": { "order": "desc", "missing": "_last", "unmapped_type": "date" } },
                { "event.id": { "order": "desc", "missing": "_last", "unmapped_type": "keyword" } },
            ],
        })
    );
}

#[test]
fn parts_of_a_body() {
    let query = Query::new()
        .kql("flag: true")
        .expect("it is KQL")
        .sort([SortKey::ascending("event.duration").numeric_type(NumericType::Double), SortKey::descending("event.id")])
        .size(0)
        .source(Source::Fields(vec![
            "event.action".to_owned(),
            "refs".to_owned(),
            "plain.*".to_owned(),
            "labels.team".to_owned(),
        ]))
        .total(Total::UpTo(1000));
    let body = resolved(&query).expect("it is valid").search_body();
    assert_eq!(body["_source"], json!(["event.action", "refs", "plain.*", "labels.team"]));
    assert_eq!(body["track_total_hits"], json!(1000));
    assert_eq!(body.get("sort"), None);
    let body = resolved(&query.size(3).source(Source::None).total(Total::None)).expect("it is valid").search_body();
    assert_eq!((&body["_source"], &body["track_total_hits"], &body["size"]), (&json!(false), &json!(false), &json!(3)));
    assert_eq!(
        body["sort"],
        json!([
            { "event.duration": { "order": "asc", "missing": "_last", "unmapped_type": "long", "numeric_type": "double" } },
            { "event.id": { "order": "desc", "missing": "_last", "unmapped_type": "keyword" } },
        ])
    );
    let count = resolved(&Query::new().kql("flag: true").expect("it is KQL")).expect("it is valid").count_body();
    assert_eq!(count, json!({ "query": { "bool": { "filter": [{ "term": { "flag": { "value": true } } }] } } }));
}

#[test]
fn missing_nanoseconds_come_last_by_a_value() {
    let missing = |key: SortKey| {
        let body = resolved(&Query::new().sort([key])).expect("it is valid").search_body();
        let key = body["sort"][0].as_object().and_then(|key| key.values().next());
        key.expect("a key has options")["missing"].clone()
    };
    assert_eq!(missing(SortKey::descending("event.created")), json!(0));
    assert_eq!(missing(SortKey::ascending("event.created")), json!("_last"));
    assert_eq!(missing(SortKey::descending("event.created").numeric_type(NumericType::Date)), json!("_last"));
    assert_eq!(missing(SortKey::descending("@timestamp").numeric_type(NumericType::DateNanos)), json!(0));
    assert_eq!(missing(SortKey::descending("@timestamp")), json!("_last"));
}

#[test]
fn order_without_unique_field_needs_a_pit() {
    let fields = FieldTable::from_json(r#"{"properties": {"at": {"type": "date"}}}"#).expect("it is a mapping");
    let query = Query::new().sort([SortKey::descending("at")]);
    let error = query.resolve(&fields, &context()).expect_err("no order is total");
    assert!(error.message().contains("`event.id`"), "{error}");
    assert!(query.clone().size(0).resolve(&fields, &context()).is_ok());
    let engine = ResolveContext { fallback: FallbackTieBreaker::ShardDoc, ..context() };
    let body = query.resolve(&fields, &engine).expect("it is valid").search_body();
    assert_eq!(body["sort"][1], json!({ "_shard_doc": "asc" }));
    let unsortable = FieldTable::from_json(
        r#"{"properties": {"event": {"properties": {"id": {"type": "keyword", "doc_values": false}}}}}"#,
    );
    assert!(Query::new().resolve(&unsortable.expect("it is a mapping"), &context()).is_err());
}

#[test]
fn unsortable_fields_are_refused() {
    #[track_caller]
    fn check(key: SortKey, kind: ErrorKind, did_you_mean: &[&str]) {
        let error = resolved(&Query::new().sort([key])).expect_err("it cannot be sorted by");
        assert_eq!(
            (error.kind(), error.did_you_mean()),
            (kind, did_you_mean.iter().map(|&name| name.to_owned()).collect::<Vec<_>>().as_slice())
        );
    }
    check(SortKey::ascending("message"), ErrorKind::Unsupported, &[]);
    check(SortKey::ascending("refs.id"), ErrorKind::Unsupported, &[]);
    check(SortKey::ascending("labels.team"), ErrorKind::Unsupported, &[]);
    check(SortKey::ascending("event.original"), ErrorKind::Unsupported, &[]);
    check(SortKey::ascending("event.acton"), ErrorKind::UnknownField, &["event.action"]);
    check(SortKey::ascending("event.action").numeric_type(NumericType::Long), ErrorKind::Unsupported, &[]);
    let titled =
        FieldTable::from_json(r#"{"properties": {"title": {"type": "text", "fields": {"raw": {"type": "keyword"}}}}}"#);
    let error = Query::new().sort([SortKey::ascending("title")]).resolve(&titled.expect("it is a mapping"), &context());
    assert_eq!(error.expect_err("it is a text").did_you_mean(), ["title.raw"]);
}

#[test]
fn limits_and_unknown_sources() {
    assert!(resolved(&Query::new().size(10_000)).is_ok());
    assert_eq!(resolved(&Query::new().size(10_001)).expect_err("it is too long").kind(), ErrorKind::Limit);
    let keys = (0..17).map(|_| SortKey::ascending("event.action"));
    assert_eq!(resolved(&Query::new().sort(keys)).expect_err("there are too many").kind(), ErrorKind::Limit);
    let source = Source::Fields(vec!["event.acton".to_owned()]);
    let error = resolved(&Query::new().source(source)).expect_err("there is no such field");
    assert_eq!((error.kind(), error.did_you_mean()), (ErrorKind::UnknownField, ["event.action".to_owned()].as_slice()));
}

#[test]
fn generated_mappings_are_read() {
    for (log, mapping) in [
        ("kibana-event-log", include_str!("../../../generated/kibana-event-log/elasticsearch/mappings.json")),
        ("kibana-event-log", include_str!("../../../generated/kibana-event-log/opensearch/mappings.json")),
        ("infra-events", include_str!("../../../generated/infra-events/elasticsearch/mappings.json")),
        ("infra-events", include_str!("../../../generated/infra-events/opensearch/mappings.json")),
    ] {
        let fields = FieldTable::from_json(mapping).expect("it is a mapping");
        assert!(fields.fields().count() > 90, "{log}");
        let unknown = fields.fields().find(|field| *field.kind() == event_query::FieldKind::Other);
        assert_eq!(unknown, None, "{log}");
        let text = "kibana.saved_objects: { type: alert and id: a and rel: primary and not namespace: * } and event.action: execute*";
        let query = Query::new().kql(text).expect("it is KQL").resolve(&fields, &context());
        assert!(query.is_ok(), "{log}: {query:?}");
    }
}

#[test]
fn mappings_that_are_not_ones() {
    for text in ["", "[]", "{}", r#"{"properties": {"a": 1}}"#, r#"{"properties": {"a": {"type": "alias"}}}"#] {
        assert!(FieldTable::from_json(text).is_err(), "{text}");
    }
    let deep = (0..60).fold("{}".to_owned(), |inner, _| format!(r#"{{"properties": {{"a": {inner}}}}}"#));
    assert!(FieldTable::from_json(&deep).is_err());
    let unknown = FieldTable::from_json(
        r#"{"properties": {"a": {"type": "dense_vector"}, "b": {"enabled": false}, "c": {"type": "alias", "path": "d"}}}"#,
    );
    let unknown = unknown.expect("it is a mapping");
    for (text, permitted) in [("a: *", true), ("a: x", false), ("b: *", true), ("b: x", false), ("c: *", false)] {
        let query = Query::new().size(0).kql(text).expect("it is KQL");
        assert_eq!(query.resolve(&unknown, &context()).is_ok(), permitted, "{text}");
    }
}
