//! Cursors: what they carry, and what is refused.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use event_query::{ErrorKind, Filter, Query, QueryError, ResolvedQuery, SortKey, SortValue, TimeRange};
use jiff::Timestamp;
use proptest::prelude::*;

use crate::support::{context, fields};

fn query() -> Query {
    let since = TimeRange::new().from("2h ago".parse().expect("it is a moment"));
    Query::new()
        .time(since)
        .filter(Filter::equals("event.action", "execute"))
        .sort([SortKey::descending("@timestamp"), SortKey::ascending("event.price")])
}

fn resolved(query: &Query) -> Result<ResolvedQuery, QueryError> {
    query.resolve(&fields(), &context())
}

fn values() -> Vec<SortValue> {
    vec![SortValue::Integer(1_785_225_600_000), SortValue::Missing, SortValue::Text("019…".to_owned())]
}

fn cursor() -> String {
    resolved(&query()).and_then(|first| first.cursor_after(&values(), Some("pit"))).expect("the query is valid")
}

#[test]
fn next_page_begins_after_the_hit() {
    let next = resolved(&query().cursor(cursor())).expect("the cursor is of this query");
    assert_eq!(next.after(), Some(values().as_slice()));
    assert_eq!(next.point_in_time(), Some("pit"));
    assert_eq!(next.search_body()["search_after"], serde_json::json!([1_785_225_600_000_i64, null, "019…"]));
}

#[test]
fn relative_ranges_stay_where_they_were() {
    let mut later = context();
    later.now = "2026-08-01T00:00:00Z".parse().expect("it is a moment");
    let next = query().cursor(cursor()).resolve(&fields(), &later).expect("the cursor is of this query");
    assert_eq!(next.now(), context().now);
    assert_eq!(next.search_body()["query"], resolved(&query()).expect("it is valid").search_body()["query"]);
}

#[test]
fn page_size_source_and_total_may_change() {
    let other = query().cursor(cursor()).size(500).source(event_query::Source::None).total(event_query::Total::None);
    assert!(resolved(&other).is_ok());
}

#[test]
fn cursor_of_another_query_is_refused() {
    let another = [
        query().filter(Filter::exists("flag")),
        query().time(TimeRange::new()),
        query().sort([SortKey::ascending("@timestamp"), SortKey::ascending("event.price")]),
        query().sort([SortKey::descending("@timestamp")]),
        query().size(0),
    ];
    for query in another {
        let error = resolved(&query.cursor(cursor())).expect_err("it is another query");
        assert_eq!(error.kind(), ErrorKind::Cursor, "{error}");
    }
}

#[test]
fn every_changed_bit_is_noticed() {
    let bytes = URL_SAFE_NO_PAD.decode(cursor()).expect("it is base64");
    for bit in 0..bytes.len() * 8 {
        let mut damaged = bytes.clone();
        damaged[bit / 8] ^= 1 << (bit % 8);
        let error = resolved(&query().cursor(URL_SAFE_NO_PAD.encode(damaged))).expect_err("a bit is wrong");
        assert_eq!(error.kind(), ErrorKind::Cursor);
    }
    for length in 0..bytes.len() {
        assert!(resolved(&query().cursor(URL_SAFE_NO_PAD.encode(&bytes[..length]))).is_err(), "{length}");
    }
}

#[test]
fn hit_of_another_order_makes_no_cursor() {
    let first = resolved(&query()).expect("it is valid");
    let error = first.cursor_after(&values()[..2], None).expect_err("a value is missing");
    assert_eq!(error.kind(), ErrorKind::Cursor);
}

fn value() -> impl Strategy<Value = SortValue> {
    prop_oneof![
        Just(SortValue::Missing),
        any::<String>().prop_map(SortValue::Text),
        any::<i64>().prop_map(SortValue::Integer),
        any::<u64>().prop_map(SortValue::Unsigned),
        prop::num::f64::NORMAL.prop_map(SortValue::Float),
        any::<bool>().prop_map(SortValue::Boolean),
    ]
}

proptest! {
    #[test]
    fn values_come_back_as_they_were(after in prop::collection::vec(value(), 3), second in -3_000_000_000_i64..3_000_000_000) {
        let mut context = context();
        context.now = Timestamp::new(second, 123_456_789).expect("it is a moment");
        let first = query().resolve(&fields(), &context).expect("the query is valid");
        let cursor = first.cursor_after(&after, None).expect("there are three keys");
        let next = query().cursor(cursor).resolve(&fields(), &self::context()).expect("the cursor is of this query");
        prop_assert_eq!(next.after(), Some(after.as_slice()));
        prop_assert_eq!(next.now(), context.now);
    }

    #[test]
    fn any_text_is_read_or_refused(text in "[A-Za-z0-9_-]{0,200}") {
        prop_assert_eq!(resolved(&query().cursor(text)).expect_err("it is not a cursor").kind(), ErrorKind::Cursor);
    }
}
