//! Filters that programs build mean what the same KQL means.

use std::net::{IpAddr, Ipv4Addr};
use std::ops::Bound;

use event_query::resolved::{Condition, GeoBox};
use event_query::{ErrorKind, Filter, Pattern, Query, QueryError, dsl};
use serde_json::json;

use crate::support::{context, fields, resolve};

fn condition(filter: Filter) -> Result<Condition, QueryError> {
    Query::new().size(0).filter(filter).resolve(&fields(), &context()).map(|query| query.condition().clone())
}

#[track_caller]
fn check(filter: Filter, text: &str) {
    let expected = resolve(text).expect("it is KQL").condition().clone();
    assert_eq!(condition(filter).expect("the filter is valid"), expected, "{text:?}");
}

#[test]
fn filters_and_texts_mean_the_same() {
    check(Filter::all(), "");
    check(Filter::equals("event.action", "a"), "event.action: a");
    check(Filter::equals("message", "disk full"), "message: \"disk full\"");
    check(Filter::words("message", "disk full"), "message: disk full");
    check(Filter::equals("event.duration", 9_007_199_254_740_993_i64), "event.duration: 9007199254740993");
    check(Filter::equals("event.big", u64::MAX), "event.big: 18446744073709551615");
    check(Filter::equals("event.score", 0.1), "event.score: 0.1");
    check(Filter::equals("event.score", 1e300), "event.score: 1e300");
    check(Filter::equals("flag", true), "flag: true");
    check(Filter::equals("source.ip", IpAddr::from(Ipv4Addr::LOCALHOST)), "source.ip: 127.0.0.1");
    check(Filter::equals("@timestamp", context().now), "@timestamp: \"2026-07-29T12:34:56.789Z\"");
    check(Filter::one_of("event.action", ["a", "b"]), "event.action: (a or b)");
    check(Filter::range("event.duration", 5_i64..), "event.duration >= 5");
    check(Filter::range("event.duration", ..5_i64), "event.duration < 5");
    check(
        Filter::range::<&str>("@timestamp", (Bound::Excluded("2026-07-28"), Bound::Unbounded)),
        "@timestamp > 2026-07-28",
    );
    check(Filter::exists("plain"), "plain: *");
    check(Filter::missing("flag"), "not flag: *");
    check(Filter::pattern("event.action", Pattern::new(vec!["a".into(), "b c".into()])), "event.action: a*b c");
    check(Filter::any_of([]), "not *");
    check(Filter::all_of([]), "");
    check(
        Filter::any_of([Filter::equals("event.action", "a"), Filter::equals("flag", true)]),
        "event.action: a or flag: true",
    );
    check(
        Filter::nested("refs", Filter::all_of([Filter::equals("type", "alert"), Filter::missing("rel")])),
        "refs: { type: alert and not rel: * }",
    );
    let kql = Filter::kql("id: x").expect("it is KQL");
    check(Filter::nested("refs", kql), "refs: { id: x }");
}

#[test]
fn both_ends_of_a_range_are_one_condition() {
    let filter = Filter::range("event.duration", 5_i64..=7);
    let range = dsl::condition(&condition(filter).expect("the filter is valid"));
    assert_eq!(range, json!({ "range": { "event.duration": { "gte": 5, "lte": 7 } } }));
    let reversed = (Bound::Included(7_i64), Bound::Included(5));
    assert_eq!(condition(Filter::range("event.duration", reversed)), Ok(Condition::None));
    assert_eq!(condition(Filter::range("event.duration", 5_i64..5)), Ok(Condition::None));
}

#[test]
fn ids_beyond_the_limit_are_several_lists() {
    let ids = (0..65_537_u32).map(|id| id.to_string());
    let query = dsl::condition(&condition(Filter::one_of("event.id", ids)).expect("the filter is valid"));
    let lists = query["bool"]["should"].as_array().expect("there are two lists");
    let lengths: Vec<_> = lists.iter().map(|list| list["terms"]["event.id"].as_array().map(Vec::len)).collect();
    assert_eq!(lengths, [Some(65_536), Some(1)]);
}

#[test]
fn boxes_are_checked() {
    let within = GeoBox { top: 53.0, left: 13.0, bottom: 52.0, right: 14.0 };
    let query = dsl::condition(&condition(Filter::within("source.geo", within)).expect("the box is valid"));
    assert_eq!(
        query,
        json!({ "geo_bounding_box": { "source.geo": { "top": 53.0, "left": 13.0, "bottom": 52.0, "right": 14.0 } } })
    );
    let refused = [
        ("source.geo", GeoBox { top: 91.0, ..within }),
        ("source.geo", GeoBox { bottom: 54.0, ..within }),
        ("source.geo", GeoBox { left: f64::NAN, ..within }),
        ("source.ip", within),
    ];
    for (field, within) in refused {
        let error = condition(Filter::within(field, within)).expect_err("the box is not valid");
        assert_eq!(error.kind(), ErrorKind::Unsupported);
    }
}

#[test]
fn errors_of_texts_in_filters_have_their_place() {
    let filter = Filter::all_of([Filter::exists("flag"), Filter::kql("flag: true and fleg: x").expect("it is KQL")]);
    let error = condition(filter).expect_err("there is no such field");
    assert_eq!(error.offset().map(|offset| offset.utf16), Some(15));
    let error = condition(Filter::exists("fleg")).expect_err("there is no such field");
    assert_eq!((error.offset(), error.did_you_mean()), (None, ["flag".to_owned()].as_slice()));
}

#[test]
fn filters_have_limits() {
    let deep = (0..200).fold(Filter::exists("flag"), |inner, _| Filter::not(inner));
    assert_eq!(condition(deep).expect_err("it is too deep").kind(), ErrorKind::Limit);
    let wide = Filter::any_of(
        (0..600).flat_map(|id: i32| [Filter::equals("event.duration", id), Filter::equals("event.sequence", id)]),
    );
    assert_eq!(condition(wide).expect_err("there are too many").kind(), ErrorKind::Limit);
    let text = (0..20).fold("flag: true".to_owned(), |inner, index| {
        if index % 2 == 0 { format!("(flag: false and {inner})") } else { format!("(flag: false or {inner})") }
    });
    let error = resolve(&text).expect_err("engines refuse that");
    assert_eq!(error.kind(), ErrorKind::Limit);
}
