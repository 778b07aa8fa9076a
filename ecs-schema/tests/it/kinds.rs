//! What each kind of field takes and refuses, one table per kind.

use crate::{check_text, shown, violations_of};

/// Checks each value of the field `name`: `Ok` values break nothing, the others one rule at the field itself.
#[track_caller]
fn check(name: &str, accepted: &[&str], refused: &[(&str, &str)]) {
    for value in accepted {
        assert_eq!(violations_of(&nested(name, value)), [""; 0], "{name}: {value}");
    }
    for (value, expected) in refused {
        let expected = match expected.split_once(' ') {
            Some((code, rest)) => format!("{code} {name}{rest}"),
            None => format!("{expected} {name}"),
        };
        assert_eq!(violations_of(&nested(name, value)), [expected], "{name}: {value}");
    }
}

/// `"a":{"b":value}` for the name `a.b`.
fn nested(name: &str, value: &str) -> String {
    match name.split_once('.') {
        Some((parent, name)) => format!("\"{parent}\":{{\"{name}\":{value}}}"),
        None => format!("\"{name}\":{value}"),
    }
}

fn quoted(length: usize) -> String {
    format!("\"{}\"", "x".repeat(length))
}

#[test]
fn keyword_takes_strings_up_to_a_terms_limit() {
    check(
        "type",
        &[r#""""#, r#""a""#, r#""\u0000 \"ü""#, "null", &quoted(32_766)],
        &[
            (&quoted(32_767), "too-long"),
            (&format!("\"{}\"", "ü".repeat(16_384)), "too-long"),
            ("1", "wrong-type"),
            ("true", "wrong-type"),
            ("{}", "wrong-type"),
            (r#"["a"]"#, "cardinality"),
            ("[]", "cardinality"),
        ],
    );
}

#[test]
fn text_takes_strings_of_any_length() {
    check("message", &[r#""a""#, &quoted(40_000)], &[("1.5", "wrong-type"), ("{\"a\":1}", "wrong-type")]);
}

#[test]
fn arrays_are_required_where_the_schema_has_them() {
    check(
        "tags",
        &["[]", r#"["a","b"]"#, "null"],
        &[
            (r#""a""#, "cardinality"),
            ("{}", "cardinality"),
            ("[null]", "null-element [0]"),
            (r#"["a",1]"#, "wrong-type [1]"),
            (r#"[["a"]]"#, "wrong-type [0]"),
            (r#"[{"a":1}]"#, "wrong-type [0]"),
        ],
    );
}

#[test]
fn constant_keyword_takes_its_value() {
    check("dataset", &[r#""example""#], &[(r#""other""#, "not-constant"), ("1", "wrong-type")]);
}

#[test]
fn version_takes_semantic_versions() {
    check(
        "version",
        &[r#""1.2.3""#, r#""0.0.0-rc.1+build.007""#],
        &[(r#""1.2""#, "invalid-version"), (r#""v1.2.3""#, "invalid-version"), ("1", "wrong-type")],
    );
}

#[test]
fn long_takes_integers_and_decimal_strings() {
    check(
        "numbers.long",
        &[
            "0",
            "-0",
            "1.0",
            "1e3",
            "9223372036854775807",
            "-9223372036854775808",
            r#""9223372036854775807""#,
            r#""-9223372036854775808""#,
            r#""0""#,
        ],
        &[
            ("9223372036854775808", "out-of-range"),
            ("-9223372036854775809", "out-of-range"),
            ("1e300", "out-of-range"),
            ("1.5", "wrong-type"),
            (r#""9223372036854775808""#, "out-of-range"),
            (r#""99999999999999999999999999999999999999999999""#, "out-of-range"),
            (r#""-0""#, "wrong-type"),
            (r#""007""#, "wrong-type"),
            (r#""1.0""#, "wrong-type"),
            (r#""+1""#, "wrong-type"),
            (r#"" 1""#, "wrong-type"),
            (r#""""#, "wrong-type"),
            ("true", "wrong-type"),
            ("[1]", "cardinality"),
        ],
    );
}

#[test]
fn uncoerced_long_refuses_strings() {
    check("numbers.exact", &["7", "7.0"], &[(r#""7""#, "wrong-type")]);
}

#[test]
fn unsigned_long_takes_64_bits() {
    check(
        "numbers.unsigned",
        &["0", "18446744073709551615", r#""18446744073709551615""#],
        &[
            ("18446744073709551616", "out-of-range"),
            ("-1", "out-of-range"),
            (r#""-1""#, "out-of-range"),
            (r#""18446744073709551616""#, "out-of-range"),
        ],
    );
}

#[test]
fn smaller_integers_take_no_strings() {
    check(
        "numbers.integer",
        &["2147483647", "-2147483648"],
        &[("2147483648", "out-of-range"), (r#""1""#, "wrong-type")],
    );
    check("numbers.short", &["32767", "-32768"], &[("32768", "out-of-range"), ("-32769", "out-of-range")]);
    check(
        "numbers.byte",
        &["127", "-128"],
        &[("128", "out-of-range"), ("-129", "out-of-range"), ("0.5", "wrong-type")],
    );
}

#[test]
fn floats_take_finite_numbers_of_their_width() {
    check("numbers.double", &["1", "1.5", "-1e308"], &[(r#""1""#, "wrong-type"), ("false", "wrong-type")]);
    check("numbers.float", &["3.4028234e38", "0.1"], &[("3.5e38", "out-of-range"), ("-1e39", "out-of-range")]);
    check("numbers.half", &["65519.9", "-65504"], &[("65520", "out-of-range"), ("-65520", "out-of-range")]);
}

#[test]
fn boolean_takes_no_strings() {
    check("numbers.flag", &["true", "false"], &[(r#""true""#, "wrong-type"), ("0", "wrong-type")]);
}

#[test]
fn date_takes_iso_and_epoch_milliseconds() {
    let accepted = [
        r#""2024""#,
        r#""2024-05""#,
        r#""2024-02-29""#,
        r#""2024-05-17T09""#,
        r#""2024-05-17T09Z""#,
        r#""2024-05-17T09:30+02""#,
        r#""2024-05-17T09:30:15,123456789-0130""#,
        r#""0000-01-01T00:00:00Z""#,
        r#""12345""#,
        r#""-00000000012""#,
        r#""-10000000000""#,
        "0",
        "-1",
        "-999",
        "-10000000000",
        "1715938200250",
        "1e3",
    ];
    for date in accepted {
        let text = format!(r#"{{"@timestamp":{date},"ecs":{{"version":"9.4.0"}}}}"#);
        assert_eq!(shown(check_text(&text)), [""; 0], "{date}");
    }
    for date in ["-1000", "-829697464", "-9999999999", r#""-1234""#, r#""-12345""#, r#""-00012""#, r#""-9999999999""#] {
        let text = format!(r#"{{"@timestamp":{date},"ecs":{{"version":"9.4.0"}}}}"#);
        let found = shown(check_text(&text));
        assert!(found.iter().any(|violation| violation.contains("invalid-date")), "{date}: {found:?}");
    }
    check(
        "event.created",
        &[r#""1970""#, r#""2262-04-11T23:47:16.854775807Z""#, "0"],
        &[
            (r#""2262-04-11T23:47:16.854775808Z""#, "out-of-range"),
            (r#""1969-12-31T23:59:59.999999999Z""#, "out-of-range"),
            ("-1", "out-of-range"),
            (r#""2023-02-29""#, "invalid-date"),
            (r#""2024-13""#, "invalid-date"),
            (r#""2024-5""#, "invalid-date"),
            (r#""24""#, "invalid-date"),
            (r#""123""#, "invalid-date"),
            (r#""2024-05Z""#, "invalid-date"),
            (r#""2024-05-17Z""#, "invalid-date"),
            (r#""2024-05-17T""#, "invalid-date"),
            (r#""2024-05-17 09:30""#, "invalid-date"),
            (r#""2024-05-17T24:00""#, "invalid-date"),
            (r#""2024-05-17T09:60""#, "invalid-date"),
            (r#""2024-05-17T09:30:60""#, "invalid-date"),
            (r#""2024-05-17T09:30:00.""#, "invalid-date"),
            (r#""2024-05-17T09:30:00.1234567890""#, "invalid-date"),
            (r#""2024-05-17T09:30:00z""#, "invalid-date"),
            (r#""2024-05-17T09:30:00+19:00""#, "invalid-date"),
            (r#""2024-05-17T09:30:00+01:60""#, "invalid-date"),
            (r#""2024-05-17T09:30:00+01:""#, "invalid-date"),
            (r#""+2024-05-17""#, "invalid-date"),
            (r#""""#, "invalid-date"),
            (r#""now""#, "invalid-date"),
            (r#""99999999999999999999""#, "out-of-range"),
            ("1.5", "wrong-type"),
            ("1e40", "out-of-range"),
            ("true", "wrong-type"),
        ],
    );
    check(
        "deadline",
        &["1715938200", r#""1715938200""#, r#""5""#],
        &[(r#""2024-05-17""#, "invalid-date"), ("253402300800", "out-of-range")],
    );
}

#[test]
fn ip_takes_addresses_without_zone_and_prefix() {
    check(
        "host.ip",
        &[r#"["10.0.0.1","::1","::ffff:10.0.0.1","2001:DB8::1"]"#],
        &[
            (r#"["10.0.0.01"]"#, "invalid-ip [0]"),
            (r#"["10.0.0.0/8"]"#, "invalid-ip [0]"),
            (r#"["::1","fe80::1%eth0"]"#, "invalid-ip [1]"),
            ("[1]", "wrong-type [0]"),
        ],
    );
}

#[test]
fn geo_point_takes_an_object_with_two_numbers() {
    check(
        "host.location",
        &[r#"{"lat":48.1,"lon":11}"#, r#"{"lon":-180,"lat":90}"#],
        &[
            (r#"{"lat":91,"lon":0}"#, "out-of-range .lat"),
            (r#"{"lat":0,"lon":181}"#, "out-of-range .lon"),
            (r#"{"lat":0}"#, "missing .lon"),
            (r#"{"lat":null,"lon":0}"#, "missing .lat"),
            (r#"{"lat":"0","lon":0}"#, "wrong-type .lat"),
            (r#"{"lat":[0],"lon":0}"#, "wrong-type .lat"),
            (r#"{"lat":0,"lon":0,"z":0}"#, "unknown-field .z"),
            (r#""0,0""#, "wrong-type"),
            ("[0,0]", "cardinality"),
        ],
    );
}

#[test]
fn ranges_take_one_or_two_ends_in_order() {
    check(
        "ranges.integer",
        &[r#"{"gte":1}"#, r#"{"lt":1}"#, r#"{"gte":1,"lte":1}"#, r#"{"gt":1,"lt":3}"#, r#"{"gte":1,"lt":null}"#],
        &[
            ("{}", "invalid-range"),
            (r#"{"gte":null}"#, "invalid-range"),
            (r#"{"gte":2,"lte":1}"#, "invalid-range"),
            (r#"{"gte":1,"lt":1}"#, "invalid-range"),
            (r#"{"gte":1,"gt":1}"#, "invalid-range"),
            (r#"{"gt":1,"lt":2}"#, "invalid-range"),
            (r#"{"lt":1,"lte":1}"#, "invalid-range"),
            (r#"{"gte":2147483648}"#, "out-of-range .gte"),
            (r#"{"gte":"1"}"#, "wrong-type .gte"),
            (r#"{"gte":[1]}"#, "wrong-type .gte"),
            (r#"{"gte":1,"to":2}"#, "unknown-field .to"),
            ("1", "wrong-type"),
        ],
    );
    check(
        "ranges.date",
        &[r#"{"gte":"2024","lt":"2024-01-02"}"#, r#"{"gte":0,"lte":"1970"}"#],
        &[
            (r#"{"gte":"2025","lt":"2024"}"#, "invalid-range"),
            (r#"{"gt":0,"lt":1}"#, "invalid-range"),
            (r#"{"gte":"1970-01-01T00:00:00.0001Z","lt":"1970-01-01T00:00:00.0002Z"}"#, "invalid-range"),
            (r#"{"gte":"x"}"#, "invalid-date .gte"),
        ],
    );
    check("ranges.float", &[r#"{"gt":0.5,"lte":1}"#], &[(r#"{"gt":1e39}"#, "out-of-range .gt")]);
    check("ranges.double", &[r#"{"gt":-1e300}"#], &[(r#"{"gt":2,"lt":1.5}"#, "invalid-range")]);
    check(
        "ranges.ip",
        &[r#"{"gte":"10.0.0.0","lte":"10.255.255.255"}"#, r#"{"gte":"10.0.0.0","lte":"::ffff:10.0.0.1"}"#],
        &[(r#"{"gte":"10.0.0.1","lte":"10.0.0.0"}"#, "invalid-range"), (r#""10.0.0.0/8""#, "wrong-type")],
    );
    check(
        "ranges.long",
        &[r#"[{"gte":"9223372036854775807"},{"lte":0}]"#],
        &[(r#"{"gte":1}"#, "cardinality"), (r#"[{"gte":1},{}]"#, "invalid-range [1]")],
    );
}

#[test]
fn binary_takes_padded_base64() {
    check(
        "blob",
        &[r#""""#, r#""aGVsbG8=""#, r#""+/==""#],
        &[
            (r#""aGVsbG8""#, "invalid-binary"),
            (r#""aGVsbG8 ""#, "invalid-binary"),
            (r#""aGVs-_==""#, "invalid-binary"),
            (r#""a===""#, "invalid-binary"),
            (r#""aG=sbG8=""#, "invalid-binary"),
        ],
    );
}

#[test]
fn flattened_bounds_depth_and_length() {
    let deep = |levels: usize| format!("{}1{}", "{\"a\":".repeat(levels), "}".repeat(levels));
    let at_limit = format!("{{\"ab\":{{\"c\":{}}}}}", quoted(32_766 - "labels.labels.ab.c=".len()));
    let above_limit = format!("{{\"ab\":{{\"c\":{}}}}}", quoted(32_767 - "labels.labels.ab.c=".len()));
    check(
        "labels",
        &["{}", r#"{"a.b":[1,"x",{"c":null}],"":true}"#, &deep(20), &at_limit],
        &[
            (&above_limit, "too-long .ab.c"),
            (r#"{"a":[0,{"\u0000":1}]}"#, r"nul-in-name .a[1].\u{0}"),
            (r#"{"a":{"b":1,"b":2}}"#, "duplicate-field .a.b"),
            (r#""a""#, "wrong-type"),
            ("[{}]", "cardinality"),
        ],
    );
    assert_eq!(violations_of(&nested("labels", &deep(21))), [format!("too-deep labels{}", ".a".repeat(20))]);
}

#[test]
fn disabled_object_takes_any_json() {
    check(
        "raw",
        &["1", "[]", r#"[null,{"a":[[]]}]"#, "{}", r#""x""#, "null"],
        &[(r#"{"a":[{"b":1,"b":1}]}"#, "duplicate-field .a[0].b")],
    );
}

#[test]
fn object_takes_known_fields_only() {
    check(
        "host",
        &["{}", "null"],
        &[
            (r#"{"ipp":[]}"#, "unknown-field .ipp"),
            (r#"{"":1}"#, "unknown-field ."),
            ("[]", "cardinality"),
            (r#""web-1""#, "wrong-type"),
        ],
    );
}

#[test]
fn nested_takes_arrays_of_objects() {
    let good = r#"{"id":"a","space_ids":["default"]}"#;
    check(
        "saved_objects",
        &["[]", &format!("[{good},{good}]")],
        &[
            (good, "cardinality"),
            (&format!("[{good},null]"), "null-element [1]"),
            (r#"[{"id":"a","space_ids":[]}]"#, "missing [0].space_ids"),
            (r#"[{"id":null,"space_ids":["a"]}]"#, "missing [0].id"),
            (r#"["a"]"#, "wrong-type [0]"),
        ],
    );
    check("trail", &[r#"[{"version":"1"}]"#], &[("[{}]", "missing [0].version")]);
}

#[test]
fn alias_takes_nothing() {
    check("hostname", &[], &[("null", "alias"), (r#""a""#, "alias"), ("[]", "alias"), ("{}", "alias")]);
}

#[test]
fn listed_values_and_patterns_hold() {
    check("event.outcome", &[r#""success""#], &[(r#""sucess""#, "not-allowed"), ("1", "wrong-type")]);
    check("event.hash", &[r#""0123abcd""#], &[(r#""0123ABCD""#, "pattern-mismatch"), (r#""""#, "pattern-mismatch")]);
    check("event.category", &[r#"["file","host"]"#], &[(r#"["file","disk"]"#, "not-allowed [1]")]);
}
