//! Changes to dates: days and times that do not exist, forms that are close to a date, moments beyond the type.

use serde_json::{Value, json};

use super::{Case, refused, taken};
use crate::date_formats::{DateFormats, Epoch};
use crate::field_type::ValueKind;
use crate::model::Field;

pub(super) const CASES: &[Case] = &[
    refused("date-month-13", is_date, |random, _| random.pick(&["2024-13-01", "2024-00-01", "2024-13"]).into()),
    refused("date-day-32", is_date, |random, _| random.pick(&["2024-01-32", "2024-01-00", "2024-04-31"]).into()),
    refused("date-30-february", is_date, |random, _| random.pick(&["2024-02-30", "2024-02-30T00:00:00Z"]).into()),
    refused("date-29-february-of-a-common-year", is_date, |random, _| {
        random.pick(&["2023-02-29", "2100-02-29T10:00:00Z", "2001-02-29"]).into()
    }),
    refused("date-hour-24", is_date, |random, _| random.pick(&["2024-01-01T24:00:00Z", "2024-01-01T24"]).into()),
    refused("date-minute-60", is_date, |random, _| {
        random.pick(&["2024-01-01T10:60", "2024-01-01T10:00:60Z", "2024-06-30T23:59:60Z"]).into()
    }),
    refused("date-without-zero", is_date, |random, _| random.pick(WITHOUT_ZERO).into()),
    refused("date-with-something-around", is_date, |random, _| random.pick(AROUND).into()),
    refused("date-with-other-separator", is_date, |random, _| random.pick(SEPARATORS).into()),
    refused("date-bad-fraction", is_date, |random, _| random.pick(FRACTIONS).into()),
    refused("date-bad-offset", is_date, |random, _| random.pick(OFFSETS).into()),
    refused("date-bad-year", takes_iso, |random, _| {
        random.pick(&["24-01-01", "+2024-01-01", "-0001-01-01", "123"]).into()
    }),
    refused("date-in-words", is_date, |random, _| random.pick(&["now", "", "yesterday", "-", "17 May 2024"]).into()),
    refused("number-with-fraction-for-date", is_date, |_, _| json!(1_715_938_200_000.5)),
    refused("boolean-for-date", is_date, |_, _| json!(true)),
    refused("number-for-date-text", takes_no_number, |_, _| json!(1_715_938_200_000_i64)),
    refused("text-for-epoch", takes_no_iso, |random, _| random.pick(&["2024-05-17T09:30:00Z", "2024-05"]).into()),
    refused("epoch-after-all-dates", takes_number, |_, _| json!(253_402_300_800_000_000_i64)),
    refused("epoch-text-after-all-dates", takes_number, |_, _| "253402300800000000".into()),
    refused("epoch-just-after-all-dates", takes_millis, |_, _| json!(253_402_300_800_000_i64)),
    refused("epoch-just-before-all-dates", takes_millis, |_, _| json!(-62_167_219_200_001_i64)),
    refused("epoch-like-a-year", takes_either, |random, _| {
        let number = [-9_999_999_999_i64, -5_007_718_145, -999_999_999, -829_697_464, -12_345, -1_000][random.below(6)];
        if random.below(2) == 0 { json!(number) } else { number.to_string().into() }
    }),
    refused("epoch-text-with-zeros-like-a-year", takes_either, |random, _| {
        random.pick(&["-00012", "-0000000012", "-0000012345"]).into()
    }),
    refused("nanos-before-1970", is_iso_nanos, |random, _| random.pick(BEFORE_1970).into()),
    refused("nanos-after-2262", is_iso_nanos, |random, _| random.pick(AFTER_2262).into()),
    refused("nanos-epoch-out-of-range", is_millis_nanos, |random, _| {
        json!([-1, 9_223_372_036_855_i64][random.below(2)])
    }),
    refused("date-whose-offset-leads-out", is_iso_date, |random, _| random.pick(OUT_BY_OFFSET).into()),
    refused("nanos-whose-offset-leads-out", is_iso_nanos, |random, _| random.pick(NANOS_OUT_BY_OFFSET).into()),
    refused("nanos-without-seconds", is_iso_nanos, |random, _| random.pick(WITHOUT_SECONDS).into()),
    taken("date-with-offset", takes_iso, |random, _| random.pick(WITH_OFFSET).into()),
    taken("date-without-seconds", is_iso_date, |random, _| random.pick(WITHOUT_SECONDS).into()),
    taken("date-without-time", takes_iso, |random, _| random.pick(&["2024", "2024-05", "2024-05-17"]).into()),
    taken("date-on-leap-day", takes_iso, |random, _| random.pick(&["2024-02-29", "2000-02-29T23:59:59.9Z"]).into()),
    taken("epoch-text-longer-than-any-year", is_iso_date_with_number, |random, _| {
        random.pick(&["-00000000012", "-10000000000", "-00009999999999"]).into()
    }),
    taken("date-as-epoch", takes_number, |_, field| epoch(field)),
    taken("date-as-epoch-text", takes_number, |_, field| epoch(field).to_string().into()),
];

const WITHOUT_ZERO: &[&str] =
    &["2024-1-01", "2024-01-1", "2024-01-01T1:00:00Z", "2024-01-01T01:0:00Z", "2024-01-01T01:00:0Z", "2024-1"];
const AROUND: &[&str] = &[
    "2024-01-01T00:00:00Zx",
    " 2024-01-01",
    "2024-01-01 ",
    "2024-01-01T",
    "2024-01-01T00:",
    "2024-",
    "2024-01-01\n",
    "2024-01-01T00:00:00Z[UTC]",
];
const SEPARATORS: &[&str] =
    &["2024-01-01 00:00:00", "2024/01/01", "2024-01-01t00:00:00Z", "2024-01-01T000000Z", "2024-001", "2024-W01-1"];
const FRACTIONS: &[&str] =
    &["2024-01-01T00:00:00.Z", "2024-01-01T00:00:00.0123456789Z", "2024-01-01T00:00.5Z", "2024-01-01T00:00:00;5Z"];
const OFFSETS: &[&str] = &[
    "2024-01-01Z",
    "2024Z",
    "2024-01-01+01:00",
    "2024-01-01T00:00:00+1:00",
    "2024-01-01T00:00:00+19:00",
    "2024-01-01T00:00:00+18:01",
    "2024-01-01T00:00:00+01:60",
    "2024-01-01T00:00:00z",
    "2024-01-01T00:00:00+010",
    "2024-01-01T00:00:00 Z",
    "2024-01-01T00:00:00+01:",
    "2024-01-01T00:00:00UTC",
];
const BEFORE_1970: &[&str] = &["1969-12-31T23:59:59.999999999Z", "1969", "1900-01-01", "0000"];
const AFTER_2262: &[&str] = &["2262-04-11T23:47:16.854775808Z", "2262-04-12", "2262-05", "2263", "9999-12-31"];
const OUT_BY_OFFSET: &[&str] = &["0000-01-01T00:00:00+00:01", "9999-12-31T23:59:59-18"];
const NANOS_OUT_BY_OFFSET: &[&str] = &["1970-01-01T00:00:00+00:01", "2262-04-11T23:47:16-00:01"];
const WITHOUT_SECONDS: &[&str] =
    &["2024-05-17T09", "2024-05-17T09:30", "2024-05-17T09+02", "2024-05-17T09:30-0330", "2024-05-17T09+05:45"];
const WITH_OFFSET: &[&str] = &[
    "2024-05-17T09:30:00+02",
    "2024-05-17T09:30:00-0330",
    "2024-05-17T09:30:00+05:45",
    "2024-05-17T09:30:00,123456789-18:00",
    "2024-05-17T09:30:00.1+00:00",
    "2024-05-17T09:30:00-00:00",
];

fn is_date(field: &Field) -> bool {
    matches!(field.kind(), ValueKind::Date | ValueKind::DateNanos)
}

fn takes_iso(field: &Field) -> bool {
    is_date(field) && DateFormats::of(field).is_iso
}

fn takes_either(field: &Field) -> bool {
    is_iso_date(field) && takes_number(field)
}

fn is_iso_date_with_number(field: &Field) -> bool {
    field.kind() == ValueKind::Date && takes_either(field)
}

fn takes_no_iso(field: &Field) -> bool {
    is_date(field) && !DateFormats::of(field).is_iso
}

fn takes_number(field: &Field) -> bool {
    is_date(field) && DateFormats::of(field).epoch.is_some()
}

fn takes_no_number(field: &Field) -> bool {
    is_date(field) && DateFormats::of(field).epoch.is_none()
}

fn takes_millis(field: &Field) -> bool {
    is_date(field) && DateFormats::of(field).epoch == Some(Epoch::Millis)
}

fn is_iso_date(field: &Field) -> bool {
    takes_iso(field) && field.kind() == ValueKind::Date
}

fn is_iso_nanos(field: &Field) -> bool {
    takes_iso(field) && field.kind() == ValueKind::DateNanos
}

fn is_millis_nanos(field: &Field) -> bool {
    takes_millis(field) && field.kind() == ValueKind::DateNanos
}

fn epoch(field: &Field) -> Value {
    match DateFormats::of(field).epoch {
        Some(Epoch::Seconds) => json!(1_715_938_200),
        _ => json!(1_715_938_200_123_i64),
    }
}
