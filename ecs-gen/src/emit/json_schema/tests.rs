//! The schema judged by an independent validator: for each kind of value what it takes and what it refuses.

use std::slice::from_ref;

use serde_json::{Value, json};

use super::{JsonSchema, document};
use crate::emit::Emitter;
use crate::field_type::{FieldType, TYPES};
use crate::files::Files;
use crate::model::{Field, Model};
use crate::parameter::Parameter;
use crate::sample::{full_document, minimal_document};
use crate::testing::{ModelBuilder, small_model};

fn is_valid(model: &Model, value: &Value) -> bool {
    let schema = serde_json::to_value(document(model)).unwrap();
    jsonschema::draft202012::new(&schema).unwrap().is_valid(value)
}

#[track_caller]
fn check(field_type: FieldType, change: impl FnOnce(&mut Field), taken: &[Value], refused: &[Value]) {
    let model = ModelBuilder::new().with("value", field_type, change).finish();
    let schema = serde_json::to_value(document(&model)).unwrap();
    let validator = jsonschema::draft202012::new(&schema).unwrap();
    // Null is absence, but at a constant it is another value than the constant.
    assert_eq!(validator.is_valid(&json!({"value": null})), field_type != FieldType::ConstantKeyword, "{field_type:?}");
    for value in taken {
        assert!(validator.is_valid(&json!({"value": value})), "{field_type:?} must take {value}");
    }
    for value in refused.iter().chain(&[json!([]), json!({"x": 1})]) {
        assert!(!validator.is_valid(&json!({"value": value})), "{field_type:?} must refuse {value}");
    }
}

#[track_caller]
fn check_plain(field_type: FieldType, taken: &[Value], refused: &[Value]) {
    check(field_type, |_| {}, taken, refused);
}

fn texts(texts: &[&str]) -> Vec<Value> {
    texts.iter().map(|text| json!(text)).collect()
}

#[test]
fn keywords_are_limited_unless_long_ones_drop() {
    let (long, longer) = (json!("a".repeat(32_766)), json!("a".repeat(32_767)));
    check_plain(FieldType::Keyword, &[json!(""), long.clone()], &[json!(1), json!(true), longer.clone()]);
    let ignoring = |field: &mut Field| {
        field.parameters.insert(Parameter::IgnoreAbove, json!(1024));
    };
    check(FieldType::Keyword, ignoring, from_ref(&longer), &[json!(1)]);
    let unindexed = |field: &mut Field| {
        field.parameters.insert(Parameter::Index, json!(false));
        field.parameters.insert(Parameter::DocValues, json!(false));
    };
    check(FieldType::Keyword, unindexed, from_ref(&longer), &[json!(1)]);
    for text in [FieldType::Text, FieldType::MatchOnlyText, FieldType::Wildcard, FieldType::SearchAsYouType] {
        check_plain(text, from_ref(&longer), &[json!(1), json!(["a"])]);
    }
}

#[test]
fn a_constant_is_its_value() {
    check_plain(FieldType::ConstantKeyword, &[json!("a")], &[json!(1)]);
    let set = |field: &mut Field| {
        field.parameters.insert(Parameter::Value, json!("a"));
    };
    check(FieldType::ConstantKeyword, set, &[json!("a")], &[json!("b"), json!(1)]);
}

#[test]
fn versions_are_semantic() {
    let taken = texts(&["1.2.3", "0.0.0", "1.2.3-rc.1", "1.2.3-0a.x-y+b.01", "10.20.30+build", "1.0.0--"]);
    let refused =
        texts(&["", "1", "1.2", "1.2.3.4", "01.2.3", "1.2.3-", "1.2.3-01", "1.2.3+", "v1.2.3", " 1.2.3", "1.2.3-a..b"]);
    check_plain(FieldType::Version, &taken, &[refused, vec![json!(1)]].concat());
}

#[test]
fn integers_have_the_range_of_their_type() {
    let ranges = [
        (FieldType::Byte, i64::from(i8::MIN), i64::from(i8::MAX)),
        (FieldType::Short, i64::from(i16::MIN), i64::from(i16::MAX)),
        (FieldType::Integer, i64::from(i32::MIN), i64::from(i32::MAX)),
    ];
    for (field_type, lowest, highest) in ranges {
        let taken = [json!(lowest), json!(highest), json!(1.0), json!(0)];
        let refused = [json!(lowest - 1), json!(highest + 1), json!(0.5), json!("1"), json!(true)];
        check_plain(field_type, &taken, &refused);
    }
}

#[test]
fn long_integers_may_be_decimal_text() {
    let numbers = [json!(i64::MIN), json!(i64::MAX), json!(1e3), json!(-0.0)];
    let strings = texts(&["0", "7", "-1", "10", "9223372036854775807", "-9223372036854775808", "9223372036854775799"]);
    let refused = texts(&[
        "",
        "-",
        "-0",
        "00",
        "01",
        "+1",
        "1.0",
        "1e3",
        " 1",
        "9223372036854775808",
        "-9223372036854775809",
        "10000000000000000000",
        "0x1",
        "٣",
    ]);
    let more = vec![json!(9_223_372_036_854_775_808.0), json!(u64::MAX), json!(0.5)];
    check_plain(FieldType::Long, &[numbers.to_vec(), strings].concat(), &[refused, more].concat());
    let strict = |field: &mut Field| {
        field.parameters.insert(Parameter::Coerce, json!(false));
    };
    check(FieldType::Long, strict, &numbers, &[json!("1")]);
}

#[test]
fn unsigned_integers_have_64_bits() {
    let taken = [json!(0), json!(u64::MAX), json!("0"), json!("18446744073709551615"), json!("9999999999999999999")];
    let refused =
        [json!(-1), json!("-1"), json!("18446744073709551616"), json!("01"), json!(1.5), json!("99999999999999999999")];
    check_plain(FieldType::UnsignedLong, &taken, &refused);
}

#[test]
#[expect(clippy::cast_possible_truncation, reason = "whether rounding reaches infinity is the question")]
fn floats_stay_finite_in_their_type() {
    check_plain(FieldType::Double, &[json!(f64::MAX), json!(-1.5), json!(7)], &[json!("1"), json!(true)]);
    check_plain(FieldType::ScaledFloat, &[json!(f64::MIN), json!(0)], &[json!("1")]);
    let bound = 3.402_823_567_797_336_6e38_f64;
    assert!((bound as f32).is_infinite() && (bound.next_down() as f32).is_finite());
    check_plain(
        FieldType::Float,
        &[json!(bound.next_down()), json!(-bound.next_down())],
        &[json!(bound), json!(-bound)],
    );
    check_plain(FieldType::HalfFloat, &[json!(65_519.99), json!(-65_519)], &[json!(65_520), json!(-65_519.999)]);
}

#[test]
fn booleans_are_no_text() {
    check_plain(FieldType::Boolean, &[json!(true), json!(false)], &[json!("true"), json!(0), json!("")]);
}

#[test]
fn dates_are_real_days_or_milliseconds() {
    let taken = texts(&[
        "2024",
        "0000",
        "9999",
        "2024-05",
        "2024-05-17",
        "2024-02-29",
        "2000-02-29",
        "0000-02-29",
        "2024-05-17T09",
        "2024-05-17T09:30",
        "2024-05-17T23:59:59",
        "2024-05-17T09:30:00.1",
        "2024-05-17T09:30:00,123456789",
        "2024-05-17T09Z",
        "2024-05-17T09:30+02",
        "2024-05-17T09:30:00-0230",
        "2024-05-17T09:30:00.5+18:00",
        "10000",
        "20240",
        "-00000010000",
        "-10000000000",
        "0000012345",
        "253402300799999",
        "-62167219200000",
        "00000000000000000001",
    ]);
    let refused = texts(&[
        "",
        "24",
        "024-05-17x",
        "2024-5",
        "2024-13",
        "2024-00",
        "2024-04-31",
        "2023-02-29",
        "1900-02-29",
        "2024-05-17T",
        "2024-05-17T24",
        "2024-05-17T09:60",
        "2024-05-17T09:30:60",
        "2024-05-17T09:30:00.",
        "2024-05-17T09:30:00.1234567890",
        "2024-05-17Z",
        "2024-05-17+02:00",
        "2024-05T09",
        "2024-05-17 09:30",
        "2024-05-17T09:30z",
        "2024-05-17T09:30+2",
        "2024-05-17T09:30+18:01",
        "2024-05-17T09:30+19",
        "20240517x",
        "2024-05-17T09:30+02:60",
        "-1234",
        "-10000",
        "-0000012345",
        "-9999999999",
        "253402300800000",
        "-62167219200001",
        "12024-05-17",
        "1e10",
        "١٢٣٤٥",
    ]);
    let numbers = [
        json!(0),
        json!(-999),
        json!(-10_000_000_000_i64),
        json!(1e3),
        json!(253_402_300_799_999_i64),
        json!(-62_167_219_200_000_i64),
    ];
    let bad_numbers = vec![
        json!(1.5),
        json!(253_402_300_800_000_i64),
        json!(-62_167_219_200_001_i64),
        json!(-1_000),
        json!(-9_999_999_999_i64),
        json!(true),
    ];
    check_plain(FieldType::Date, &[taken, numbers.to_vec()].concat(), &[refused, bad_numbers].concat());
}

#[test]
fn dates_with_nanoseconds_end_in_2262() {
    let taken = texts(&[
        "1970",
        "1970-01-01T00:00:00Z",
        "2262",
        "2262-04",
        "2262-04-11",
        "2262-04-11T23:47:16",
        "2262-04-11T23:47:16.854775807Z",
        "2262-04-11T23:47:16.85",
        "2262-04-11T23:47:15.999Z",
        "2262-04-11T22:59:59.999999999",
        "1972-02-29",
        "2000-02-29",
        "2024-02-29",
        "2196-02-29",
        "2260-02-29",
        "10000",
        "9223372036854",
    ]);
    let refused = texts(&[
        "2262-04-11T23",
        "2262-04-11T23:47",
        "1969",
        "1969-12-31T23:59:59Z",
        "2262-05",
        "2262-04-12",
        "2262-04-11T23:47:16.854775808Z",
        "2263",
        "2262-04-11T23:47:16.9",
        "2262-04-11T23:47:17",
        "2262-04-11T23:48",
        "1971-02-29",
        "2100-02-29",
        "2200-02-29",
        "9223372036855",
        "-10000",
        "2261-02-29",
        "2262-02-29",
        "2262-03-32",
    ]);
    let numbers = [json!(0), json!(9_223_372_036_854_i64)];
    let bad_numbers = vec![json!(-1), json!(9_223_372_036_855_i64)];
    check_plain(FieldType::DateNanos, &[taken, numbers.to_vec()].concat(), &[refused, bad_numbers].concat());
}

#[test]
fn leap_years_are_those_of_the_calendar() {
    let model = ModelBuilder::new().plain("date", FieldType::Date).plain("nanos", FieldType::DateNanos).finish();
    let schema = serde_json::to_value(document(&model)).unwrap();
    let validator = jsonschema::draft202012::new(&schema).unwrap();
    for year in 0..10_000 {
        let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let day = format!("{year:04}-02-29");
        assert_eq!(validator.is_valid(&json!({"date": day})), is_leap, "{day}");
        let in_range = (1970..2262).contains(&year);
        assert_eq!(validator.is_valid(&json!({"nanos": day})), is_leap && in_range, "{day} with nanoseconds");
        assert_eq!(validator.is_valid(&json!({"nanos": format!("{year:04}-12-31")})), in_range, "{year:04}");
    }
}

#[test]
fn formats_say_which_dates_a_field_takes() {
    let with = |format: &'static str| {
        move |field: &mut Field| {
            field.parameters.insert(Parameter::Format, json!(format));
        }
    };
    let iso = json!("2024-05-17T09:30:00Z");
    check(FieldType::Date, with("strict_date_optional_time_nanos"), from_ref(&iso), &[json!(0), json!("10000")]);
    check(FieldType::Date, with("epoch_millis"), &[json!(0), json!("2024"), json!("-1")], from_ref(&iso));
    let last_second = 253_402_300_799_i64;
    check(FieldType::Date, with("epoch_second"), &[json!(last_second)], &[json!(last_second + 1), iso.clone()]);
    let both = with("strict_date_optional_time||epoch_second");
    check(FieldType::Date, both, &[iso, json!(last_second), json!("12345")], &[json!(last_second + 1), json!("123")]);
}

#[test]
fn addresses_are_what_the_standard_library_reads() {
    let parts = ["", "0", "1", "ffff", "12345", "g", "1.2.3.4", "01.2.3.4", "256.1.1.1", "00ab"];
    let mut candidates: Vec<String> = vec!["1.2.3.4/8".into(), "fe80::1%eth0".into(), "::1/64".into(), "1.2.3".into()];
    // Texts of up to nine parts, by a fixed sequence of numbers that visits `::` at every place.
    let mut seed = 1_u32;
    for length in 1..=9 {
        for _ in 0..400 {
            let mut text = vec![];
            for _ in 0..length {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let pick =
                    if seed >> 28 == 0 { (seed >> 8) as usize % parts.len() } else { 1 + (seed >> 12) as usize % 3 };
                text.push(parts[pick]);
            }
            let colons = text.join(":");
            candidates.push(colons.replacen(":1:", "::", 1));
            candidates.push(format!("::{colons}"));
            candidates.push(format!("{colons}::"));
            candidates.push(format!("{colons}:192.0.2.1"));
            candidates.push(colons);
        }
    }
    candidates.extend((0..300).map(|n| format!("{n}.0.0.{}", 300 - n)));
    let model = ModelBuilder::new().plain("value", FieldType::Ip).finish();
    let schema = serde_json::to_value(document(&model)).unwrap();
    let validator = jsonschema::draft202012::new(&schema).unwrap();
    let mut taken = 0;
    for text in &candidates {
        let expected = text.parse::<std::net::IpAddr>().is_ok();
        taken += usize::from(expected);
        assert_eq!(validator.is_valid(&json!({"value": text})), expected, "{text}");
    }
    assert!(taken > 1_000 && taken < candidates.len() - 1_000, "{taken} of {} are addresses", candidates.len());
}

#[test]
fn points_have_exactly_two_numbers() {
    let taken = [json!({"lat": 90, "lon": -180}), json!({"lat": -90.0, "lon": 180.0})];
    let refused = [
        json!({"lat": 90.1, "lon": 0}),
        json!({"lat": 0, "lon": 180.5}),
        json!({"lat": 0}),
        json!({"lat": 0, "lon": null}),
        json!({"lat": 0, "lon": 0, "alt": 0}),
        json!({"lat": "0", "lon": 0}),
        json!("0,0"),
        json!([0, 0]),
    ];
    check_plain(FieldType::GeoPoint, &taken, &refused);
}

#[test]
fn ranges_have_one_or_two_ends() {
    let taken = [
        json!({"gte": 1}),
        json!({"gt": 1, "lt": 5}),
        json!({"lte": 1}),
        json!({"gte": -1, "lte": 1.0}),
        json!({"gte": 1, "gt": null}),
    ];
    let refused = [
        json!({}),
        json!({"gte": null}),
        json!({"gte": 1, "gt": 1}),
        json!({"lte": 1, "lt": 1}),
        json!({"from": 1}),
        json!({"gte": 0.5}),
        json!({"gte": "1"}),
        json!(1),
        json!("[1,2]"),
    ];
    check_plain(FieldType::IntegerRange, &taken, &refused);
    check_plain(FieldType::LongRange, &[json!({"gte": "9223372036854775807"})], &[json!({"gte": "x"})]);
    check_plain(FieldType::FloatRange, &[json!({"gt": 0.5})], &[json!({"gt": 1e39})]);
    check_plain(FieldType::DoubleRange, &[json!({"gt": 1e39})], &[json!({"gt": "1"})]);
    check_plain(FieldType::DateRange, &[json!({"gte": "2024", "lt": 0})], &[json!({"gte": "2024-13"})]);
    check_plain(FieldType::IpRange, &[json!({"gte": "::1"})], &[json!("10.0.0.0/8"), json!({"gte": "10.0.0.0/8"})]);
}

#[test]
fn bytes_are_padded_base64() {
    let taken = texts(&["", "aGVsbG8=", "aGVsbA==", "+/+/"]);
    check_plain(FieldType::Binary, &taken, &texts(&["aGVsbG8", "a===", "====", "-_-_", "aGVs\nbG8=", "=aGV"]));
}

#[test]
fn open_objects_take_any_keys() {
    let model = ModelBuilder::new()
        .plain("open", FieldType::Flattened)
        .with("off", FieldType::Object, |field| {
            field.parameters.insert(Parameter::Enabled, json!(false));
        })
        .finish();
    for value in [json!({"a": {"b": [1, null]}}), json!({}), Value::Null] {
        assert!(is_valid(&model, &json!({"open": value})), "{value}");
    }
    for value in [json!([{}]), json!("a"), json!(1)] {
        assert!(!is_valid(&model, &json!({"open": value})), "{value}");
        assert!(is_valid(&model, &json!({"off": value})), "{value}");
    }
}

#[test]
fn lists_are_lists_and_hold_no_null() {
    let model = ModelBuilder::new()
        .with("tags", FieldType::Keyword, |field| field.is_array = true)
        .with("names", FieldType::Keyword, |field| {
            field.is_array = true;
            field.required = true;
        })
        .finish();
    for (document, expected) in [
        (json!({"names": ["a"]}), true),
        (json!({"names": ["a"], "tags": []}), true),
        (json!({"names": ["a"], "tags": null}), true),
        (json!({"names": ["a"], "tags": "a"}), false),
        (json!({"names": ["a"], "tags": ["a", null]}), false),
        (json!({"names": ["a"], "tags": [["a"]]}), false),
        (json!({"names": []}), false),
        (json!({"names": null}), false),
        (json!({}), false),
        (json!([]), false),
        (Value::Null, false),
    ] {
        assert_eq!(is_valid(&model, &document), expected, "{document}");
    }
}

#[track_caller]
fn check_small(change: impl FnOnce(&mut Value), expected: bool) {
    let mut document = json!({"@timestamp": "2024-05-17T09:30:00Z", "ecs": {"version": "9.4.0"}});
    change(&mut document);
    assert_eq!(is_valid(&small_model(), &document), expected, "{document}");
}

#[test]
fn objects_are_closed_and_have_what_is_required() {
    check_small(|_| {}, true);
    check_small(|document| document["event"] = Value::Null, true);
    check_small(|document| document["event"] = json!({}), true);
    check_small(|document| document["event"] = json!({"unknown": null}), false);
    check_small(|document| document["event.provider"] = json!("a"), false);
    check_small(|document| document["ecs"] = Value::Null, false);
    check_small(|document| document["ecs"] = json!({"version": null}), false);
    check_small(|document| document["@timestamp"] = Value::Null, false);
    check_small(|document| document["kibana"] = json!({"other": "alias"}), false);
    check_small(|document| document["kibana"] = json!({"other": null}), false);
    check_small(|document| document["kibana"] = json!({"saved_objects": []}), true);
    check_small(|document| document["kibana"] = json!({"saved_objects": [{"id": "1"}]}), true);
    check_small(|document| document["kibana"] = json!({"saved_objects": [{"rel": "primary"}]}), false);
    check_small(|document| document["kibana"] = json!({"saved_objects": {"id": "1"}}), false);
    check_small(|document| document["kibana"] = json!({"saved_objects": [null]}), false);
}

#[test]
fn values_are_allowed_and_match_their_pattern() {
    check_small(|document| document["event"] = json!({"category": ["process"]}), true);
    check_small(|document| document["event"] = json!({"category": ["other"]}), false);
    check_small(|document| document["host"] = json!({"mac": ["00-00-5E-00-53-23"]}), true);
    check_small(|document| document["host"] = json!({"mac": ["00:00:5e:00:53:23"]}), false);
}

#[test]
fn event_types_are_expected_by_a_category() {
    let event = |category: Value, types: Value| json!({"category": category, "type": types});
    for (category, types, expected) in [
        (json!(["process"]), json!(["start", "end"]), true),
        (json!(["process"]), json!(["access"]), false),
        (json!(["process", "web"]), json!(["access", "start"]), true),
        (json!(["web"]), json!(["access", "start"]), false),
        (json!([]), json!(["access"]), true),
        (Value::Null, json!(["access"]), true),
        (json!(["process"]), json!([]), true),
        (json!(["process"]), Value::Null, true),
    ] {
        check_small(|document| document["event"] = event(category.clone(), types.clone()), expected);
    }
    check_small(|document| document["event"] = json!({"type": ["access"]}), true);
}

#[test]
fn made_documents_are_valid() {
    let mut model = small_model();
    for document in [full_document(&model), minimal_document(&model)] {
        assert!(is_valid(&model, &document), "{document}");
    }
    for spec in TYPES {
        let builder = ModelBuilder::new().plain("value", spec.field_type);
        model = builder.with("many", spec.field_type, |field| field.is_array = true).finish();
        let document = full_document(&model);
        assert!(is_valid(&model, &document), "{document}");
    }
}

#[test]
fn schema_of_a_small_log() {
    let model = small_model();
    let mut out = Files::default();
    JsonSchema.emit(&model, &mut out);
    let bytes = out.get("generated/example/event.schema.json").unwrap();
    insta::assert_snapshot!(std::str::from_utf8(bytes).unwrap());
    let schema: Value = serde_json::from_slice(bytes).unwrap();
    assert!(jsonschema::meta::is_valid(&schema));
}
