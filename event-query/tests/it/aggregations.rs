//! Aggregations: what engines are asked, and what is read from their replies.

use event_query::{
    Aggregation, AggregationResult, Bucket, BucketKey, BucketOrder, CalendarUnit, ErrorKind, HistogramInterval, Query,
    QueryError, ResolveContext, ResolvedQuery,
};
use jiff::tz::{Offset, TimeZone};
use serde_json::json;

use crate::support::{context, fields};

fn resolved(aggregation: Aggregation) -> Result<ResolvedQuery, QueryError> {
    Query::new().size(0).aggregate("a", aggregation).resolve(&fields(), &context())
}

#[track_caller]
fn check(aggregation: Aggregation, expected: serde_json::Value) {
    assert_eq!(resolved(aggregation).expect("the mapping permits it").search_body()["aggs"]["a"], expected);
}

#[test]
fn each_kind_is_asked_for() {
    let frequent = json!([{ "_count": "desc" }, { "_key": "asc" }]);
    check(
        Aggregation::terms("event.action"),
        json!({ "terms": { "field": "event.action", "size": 10, "order": frequent } }),
    );
    check(
        Aggregation::terms("tag").buckets(5).order(BucketOrder::Descending),
        json!({ "terms": { "field": "event.action", "size": 5, "order": { "_key": "desc" } } }),
    );
    check(Aggregation::cardinality("source.ip"), json!({ "cardinality": { "field": "source.ip" } }));
    check(Aggregation::min("@timestamp"), json!({ "min": { "field": "@timestamp" } }));
    check(Aggregation::max("event.duration"), json!({ "max": { "field": "event.duration" } }));
    check(Aggregation::average("event.price"), json!({ "avg": { "field": "event.price" } }));
    check(Aggregation::sum("event.risk"), json!({ "sum": { "field": "event.risk" } }));
    check(Aggregation::value_count("flag"), json!({ "value_count": { "field": "flag" } }));
}

#[test]
fn histograms_have_the_zone_of_the_context() {
    let histogram = |zone: TimeZone, interval| {
        let query = Query::new().size(0).aggregate("a", Aggregation::date_histogram("@timestamp", interval));
        let context = ResolveContext { time_zone: zone, ..context() };
        query.resolve(&fields(), &context).map(|query| query.search_body()["aggs"]["a"]["date_histogram"].clone())
    };
    let berlin = TimeZone::get("Europe/Berlin").expect("the zone is known");
    assert_eq!(
        histogram(berlin, HistogramInterval::Calendar(CalendarUnit::Month)),
        Ok(
            json!({ "field": "@timestamp", "calendar_interval": "month", "time_zone": "Europe/Berlin", "min_doc_count": 1 })
        )
    );
    let india = TimeZone::fixed(Offset::from_seconds(-19_800).expect("it is an offset"));
    assert_eq!(
        histogram(india, HistogramInterval::Fixed { milliseconds: 60_000 }),
        Ok(json!({ "field": "@timestamp", "fixed_interval": "60000ms", "time_zone": "-05:30", "min_doc_count": 1 }))
    );
    let nameless = TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").expect("it is a zone");
    assert!(histogram(nameless, HistogramInterval::Calendar(CalendarUnit::Day)).is_err());
    assert!(histogram(TimeZone::UTC, HistogramInterval::Fixed { milliseconds: 0 }).is_err());
}

#[test]
fn nested_fields_are_wrapped_and_count_events() {
    let aggregation = Aggregation::terms("refs.type")
        .with("parts", Aggregation::cardinality("refs.parts.name"))
        .with("ids", Aggregation::cardinality("refs.id"))
        .with("slowest", Aggregation::max("event.duration"));
    check(
        aggregation,
        json!({
            "nested": { "path": "refs" },
            "aggs": { "in_group": {
                "terms": { "field": "refs.type", "size": 10, "order": [{ "events": "desc" }, { "_key": "asc" }] },
                "aggs": {
                    "events": { "reverse_nested": {} },
                    "parts": { "nested": { "path": "refs.parts" }, "aggs": { "in_group": { "cardinality": { "field": "refs.parts.name" } } } },
                    "ids": { "cardinality": { "field": "refs.id" } },
                    "slowest": { "reverse_nested": {}, "aggs": { "in_group": { "max": { "field": "event.duration" } } } },
                },
            } },
        }),
    );
}

#[test]
fn results_are_read_by_what_was_asked() {
    let nested = Aggregation::terms("refs.type").with("slowest", Aggregation::max("event.duration"));
    let days = Aggregation::date_histogram("@timestamp", HistogramInterval::Calendar(CalendarUnit::Day));
    let query = Query::new()
        .size(0)
        .aggregate("types", nested)
        .aggregate("days", days)
        .aggregate("flags", Aggregation::terms("flag"))
        .aggregate("ids", Aggregation::cardinality("event.id"))
        .aggregate("none", Aggregation::min("event.risk"))
        .resolve(&fields(), &context())
        .expect("the mapping permits it");
    let reply = json!({
        "types": { "doc_count": 9, "in_group": { "sum_other_doc_count": 2, "buckets": [
            { "key": "alert", "doc_count": 6, "events": { "doc_count": 4 }, "slowest": { "doc_count": 4, "in_group": { "value": 7.0 } } },
        ] } },
        "days": { "buckets": [{ "key": 1_785_196_800_000_i64, "key_as_string": "2026-07-28", "doc_count": 3 }] },
        "flags": { "sum_other_doc_count": 0, "buckets": [{ "key": 1, "key_as_string": "true", "doc_count": 3 }] },
        "ids": { "value": 8 },
        "none": { "value": null },
    });
    let results = query.read_aggregations(&reply).expect("the reply has everything");
    let inner = [("slowest".to_owned(), AggregationResult::Number(Some(7.0)))].into();
    let bucket = |key, events, inner| Bucket { key, events, inner };
    let buckets = |buckets, others| AggregationResult::Buckets { buckets, others };
    assert_eq!(results["types"], buckets(vec![bucket(BucketKey::Text("alert".to_owned()), 4, inner)], 2));
    assert_eq!(results["days"], buckets(vec![bucket(BucketKey::Integer(1_785_196_800_000), 3, [].into())], 0));
    assert_eq!(results["flags"], buckets(vec![bucket(BucketKey::Boolean(true), 3, [].into())], 0));
    assert_eq!(results["ids"], AggregationResult::Count(8));
    assert_eq!(results["none"], AggregationResult::Number(None));
    assert_eq!(query.read_aggregations(&json!({})), None);
}

#[test]
fn aggregations_are_checked_against_the_mapping() {
    #[track_caller]
    fn check(aggregation: Aggregation, kind: ErrorKind) {
        assert_eq!(resolved(aggregation).expect_err("the mapping does not permit it").kind(), kind);
    }
    check(Aggregation::terms("event.acton"), ErrorKind::UnknownField);
    check(Aggregation::terms("message"), ErrorKind::Unsupported);
    check(Aggregation::terms("labels.team"), ErrorKind::Unsupported);
    check(Aggregation::terms("event.original"), ErrorKind::Unsupported);
    check(
        Aggregation::date_histogram("event.duration", HistogramInterval::Calendar(CalendarUnit::Day)),
        ErrorKind::Unsupported,
    );
    check(Aggregation::sum("@timestamp"), ErrorKind::Unsupported);
    check(Aggregation::min("event.action"), ErrorKind::Unsupported);
    check(Aggregation::terms("event.action").buckets(0), ErrorKind::Limit);
    check(Aggregation::terms("event.action").buckets(65_536), ErrorKind::Limit);
    check(Aggregation::min("event.duration").with("b", Aggregation::max("event.duration")), ErrorKind::Unsupported);
    for name in ["", "a[0]", "a>b", "events", "in_group"] {
        check(
            Aggregation::terms("event.action").with(name, Aggregation::max("event.duration")),
            ErrorKind::Unsupported,
        );
    }
    let twice = Aggregation::terms("flag").with("b", Aggregation::terms("flag")).with("b", Aggregation::terms("flag"));
    check(twice, ErrorKind::Unsupported);
    let deep = (0..8).fold(Aggregation::terms("flag"), |inner, _| Aggregation::terms("flag").with("b", inner));
    check(deep, ErrorKind::Limit);
}
