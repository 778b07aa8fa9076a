//! Dates, date math and their rounding, in zones.

use event_query::resolved::{Bounds, Condition, Interval};
use event_query::{Filter, Query, ResolveContext, TimeExpression, TimeRange};
use jiff::tz::TimeZone;
use std::ops::Bound;

use crate::support::{context, fields};

fn bounds(field: &str, comparison: &str, zone: &str) -> String {
    let time_zone = TimeZone::get(zone).expect("the zone is known");
    let context = ResolveContext { time_zone, ..context() };
    let filter = Filter::kql(&format!("{field}{comparison}")).expect("it is KQL");
    let query = Query::new().size(0).filter(filter).resolve(&fields(), &context).expect("it is valid");
    shown(query.condition())
}

fn shown(condition: &Condition) -> String {
    let Condition::Range { bounds: Interval::Date(Bounds { lower, upper }), .. } = condition else {
        return format!("{condition:?}");
    };
    let end = |bound: &Bound<jiff::Timestamp>| match bound {
        Bound::Included(moment) => moment.to_string(),
        Bound::Unbounded => String::new(),
        Bound::Excluded(_) => panic!("bounds of dates are included"),
    };
    format!("{}..{}", end(lower), end(upper))
}

#[track_caller]
fn check(comparison: &str, zone: &str, expected: &str) {
    assert_eq!(bounds("@timestamp", comparison, zone), expected, "{comparison} in {zone}");
}

#[test]
fn missing_parts_are_rounded_by_the_comparison() {
    check(": 2026-07-28", "UTC", "2026-07-28T00:00:00Z..2026-07-28T23:59:59.999Z");
    check(": 2026-07", "UTC", "2026-07-01T00:00:00Z..2026-07-01T23:59:59.999Z");
    check(": 2026", "UTC", "2026-01-01T00:00:00Z..2026-01-01T23:59:59.999Z");
    check(": \"2026-07-28T10\"", "UTC", "2026-07-28T10:00:00Z..2026-07-28T10:59:59.999Z");
    check(": \"2026-07-28T10:05\"", "UTC", "2026-07-28T10:05:00Z..2026-07-28T10:05:59.999Z");
    check(": \"2026-07-28T10:05:07\"", "UTC", "2026-07-28T10:05:07Z..2026-07-28T10:05:07.999Z");
    check(": \"2026-07-28T10:05:07.5\"", "UTC", "2026-07-28T10:05:07.5Z..2026-07-28T10:05:07.5Z");
    check(": \"2026-07-28T10:05:07,123456789Z\"", "UTC", "2026-07-28T10:05:07.123Z..2026-07-28T10:05:07.123Z");
    check(" > 2026-07-28", "UTC", "2026-07-29T00:00:00Z..");
    check(" >= 2026-07-28", "UTC", "2026-07-28T00:00:00Z..");
    check(" < 2026-07-28", "UTC", "..2026-07-27T23:59:59.999Z");
    check(" <= 2026-07-28", "UTC", "..2026-07-28T23:59:59.999Z");
}

#[test]
fn numbers_are_since_the_epoch() {
    check(": 1785196800000", "Europe/Berlin", "2026-07-28T00:00:00Z..2026-07-28T00:00:00Z");
    check(": -1", "UTC", "1969-12-31T23:59:59.999Z..1969-12-31T23:59:59.999Z");
    check(" > 1785196800000", "UTC", "2026-07-28T00:00:00.001Z..");
    check(": 5", "UTC", "1970-01-01T00:00:00.005Z..1970-01-01T00:00:00.005Z");
    assert_eq!(bounds("event.epoch", ": 1785196800", "UTC"), "2026-07-28T00:00:00Z..2026-07-28T00:00:00.999Z");
    assert_eq!(
        bounds("event.created", ": 1785196800000.000001", "UTC"),
        "2026-07-28T00:00:00.000000001Z..2026-07-28T00:00:00.000000001Z"
    );
}

#[test]
fn zones_are_those_of_the_text_or_of_the_context() {
    check(": 2026-07-28", "Europe/Berlin", "2026-07-27T22:00:00Z..2026-07-28T21:59:59.999Z");
    check(": 2026-03-29", "Europe/Berlin", "2026-03-28T23:00:00Z..2026-03-29T21:59:59.999Z");
    check(": \"2026-03-29T02:30\"", "Europe/Berlin", "2026-03-29T01:30:00Z..2026-03-29T01:30:59.999Z");
    check(": \"2026-10-25T02:30\"", "Europe/Berlin", "2026-10-25T00:30:00Z..2026-10-25T00:30:59.999Z");
    for offset in ["+02:00", "+0200", "+02"] {
        check(&format!(" >= \"2026-07-28T10:00{offset}\""), "America/New_York", "2026-07-28T08:00:00Z..");
    }
    check(" >= \"2026-07-28T10:00Z\"", "America/New_York", "2026-07-28T10:00:00Z..");
    check(" >= \"2026-07-28T10:00-03:30\"", "UTC", "2026-07-28T13:30:00Z..");
}

#[test]
fn date_math_steps_and_rounds_in_the_zone() {
    // Now is 2026-07-29T12:34:56.789Z, a Wednesday.
    check(" >= now", "UTC", "2026-07-29T12:34:56.789Z..");
    check(" >= now-2h", "UTC", "2026-07-29T10:34:56.789Z..");
    check(" >= now-1d/d", "UTC", "2026-07-28T00:00:00Z..");
    check(" >= now-1d/d", "Europe/Berlin", "2026-07-27T22:00:00Z..");
    check(" > now/d", "UTC", "2026-07-30T00:00:00Z..");
    check(" <= now/d", "UTC", "..2026-07-29T23:59:59.999Z");
    check(" < now/d", "UTC", "..2026-07-28T23:59:59.999Z");
    check(": now/w", "UTC", "2026-07-27T00:00:00Z..2026-08-02T23:59:59.999Z");
    check(": now/M", "UTC", "2026-07-01T00:00:00Z..2026-07-31T23:59:59.999Z");
    check(": now/y", "UTC", "2026-01-01T00:00:00Z..2026-12-31T23:59:59.999Z");
    check(": now/h", "UTC", "2026-07-29T12:00:00Z..2026-07-29T12:59:59.999Z");
    check(": now/m", "UTC", "2026-07-29T12:34:00Z..2026-07-29T12:34:59.999Z");
    check(": now/s", "UTC", "2026-07-29T12:34:56Z..2026-07-29T12:34:56.999Z");
    check(" >= 2026-01-31||+1M", "UTC", "2026-02-28T00:00:00Z..");
    check(": 2026-07-28||", "UTC", "2026-07-28T00:00:00Z..2026-07-28T00:00:00Z");
    check(" >= 2026-07-28||+1d-2h/d", "UTC", "2026-07-28T00:00:00Z..");
    check(" >= now+d", "UTC", "2026-07-30T12:34:56.789Z..");
}

#[test]
fn nanoseconds_are_kept_where_the_field_has_them() {
    let created = |comparison: &str| bounds("event.created", comparison, "UTC");
    assert_eq!(created(": 2026-07-28"), "2026-07-28T00:00:00Z..2026-07-28T23:59:59.999999999Z");
    assert_eq!(created(" > 2026-07-28"), "2026-07-29T00:00:00Z..");
    assert_eq!(created(" > \"2026-07-28T00:00:00.000000001Z\""), "2026-07-28T00:00:00.000000002Z..");
    assert_eq!(created(" < \"2026-07-28T00:00:00.000000001Z\""), "..2026-07-28T00:00:00Z");
    assert_eq!(created(" > 1900-01-01"), "1970-01-01T00:00:00Z..");
    assert_eq!(created(" < 3000-01-01"), "..2262-04-11T23:47:16.854775807Z");
    assert_eq!(created(" > 3000-01-01"), "None");
}

#[test]
fn texts_that_are_not_dates_are_refused() {
    let texts = [
        "word",
        "2026-7-28",
        "2026-13",
        "2026-02-30",
        "2026-07-28T",
        "2026-07-28T25",
        "2026-07-28T10:",
        "2026-07-28 10:00",
        "now-",
        "now-1",
        "now-1x",
        "now/2d",
        "now/",
        "||+1d",
        "2026-07-28||+",
        "2026-07-28T10:00:00.",
        "2026-07-28T10:00:00.1234567890",
        "20260728T",
        "1785196800000x",
        "now-99999999999d",
        "99999999999999999999",
        "2026-07-28T10+25:00",
        "-",
    ];
    for text in texts {
        let filter = Filter::range("@timestamp", text..);
        let refused = Query::new().size(0).filter(filter).resolve(&fields(), &context());
        // A `T` without a time is a day, as the engines have it.
        assert_eq!(refused.is_err(), text != "2026-07-28T", "{text}");
    }
}

#[test]
fn moments_are_written_in_several_ways() {
    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(text.parse::<TimeExpression>().expect("it is a moment").to_string(), expected);
    }
    check("2h ago", "now-2h");
    check(" 15 minutes ago ", "now-15m");
    check("3mago", "now-3m");
    check("1M ago", "now-1M");
    check("2 years ago", "now-2y");
    check("now-1d/d", "now-1d/d");
    check("2026-07-28", "2026-07-28");
    for text in ["", "2h", "ago", "h ago", "2x ago", "-2h ago", "tomorrow"] {
        assert!(text.parse::<TimeExpression>().is_err(), "{text}");
    }
}

#[test]
fn ranges_of_time_include_both_ends() {
    let moment = |text: &str| text.parse().expect("it is a moment");
    let range = TimeRange::new().from(moment("2h ago")).to(moment("2026-07-29"));
    let query = Query::new().size(0).time(range.clone()).resolve(&fields(), &context()).expect("it is valid");
    assert_eq!(shown(query.condition()), "2026-07-29T10:34:56.789Z..2026-07-29T23:59:59.999Z");
    let created = Query::new().size(0).time(range.field("event.created")).resolve(&fields(), &context());
    assert_eq!(
        shown(created.expect("it is valid").condition()),
        "2026-07-29T10:34:56.789Z..2026-07-29T23:59:59.999999999Z"
    );
    let empty = TimeRange::new().from(moment("2026-07-30")).to(moment("2026-07-29"));
    let query = Query::new().size(0).time(empty).resolve(&fields(), &context()).expect("it is valid");
    assert_eq!(*query.condition(), Condition::None);
    let all = Query::new().size(0).time(TimeRange::new()).resolve(&fields(), &context()).expect("it is valid");
    assert_eq!(*all.condition(), Condition::All);
}
