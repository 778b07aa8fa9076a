//! Inputs that are large or repetitive: of a size at which a step that is quadratic would not come to its end.

use std::fmt::Write as _;

use super::{LOG, check, check_extension, extended_log, findings, folder, log, log_with};

#[track_caller]
fn check_count(files: &[(&str, &str)], count: usize) {
    let folder = folder(files);
    let (found, _) = findings(folder.path(), &[LOG]);
    assert_eq!(found.len(), count);
}

#[test]
fn each_duplicate_key_is_reported() {
    let mut fields = String::new();
    for _ in 0..2 {
        for number in 0..5_000 {
            let _ = writeln!(fields, "  k{number}: {{}}");
        }
    }
    // Each is unknown, and each stands twice.
    check_count(&[(LOG, &log(&format!("\n{fields}")))], 10_000);
}

#[test]
fn each_of_many_wrong_fields_is_reported() {
    let mut fields = String::new();
    for number in 0..3_000 {
        let _ = writeln!(fields, "    - {{name: bad {number}, type: keywrod}}");
    }
    let text = super::extension(&fields);
    check_count(&[(LOG, &extended_log()), ("ext.yaml", &text)], 6_000);
}

#[test]
fn name_of_a_megabyte_is_not_printed_whole() {
    let name = "a".repeat(1_000_000);
    let text = log(&format!("{{{name}: {{fields: '*'}}}}"));
    let folder = folder(&[(LOG, &text)]);
    let (found, printed) = findings(folder.path(), &[LOG]);
    assert_eq!(found.len(), 1);
    assert!(printed.len() < 2_000, "{}", printed.len());
}

#[test]
fn a_mapping_is_not_deeper_than_parsers_bear() {
    let field = |levels: usize| format!("    - {{name: {}, type: keyword}}", vec!["a"; levels - 1].join("."));
    check_extension(&field(50), &[]);
    check_extension(&field(51), &[("too-deep", "3:14")]);
}

#[test]
fn a_name_is_not_longer_than_engines_read() {
    let field = |length: usize| format!("    - {{name: {}, type: keyword}}", "a".repeat(length));
    check_extension(&field(50_000), &[]);
    check_extension(&field(50_001), &[("invalid-name", "3:14")]);
}

#[test]
fn notes_of_a_field_have_the_engines_limits() {
    let field = |meta: &str| format!("    - {{name: a, type: long, parameters: {{meta: {{{meta}}}}}}}");
    let (key, value) = ("k".repeat(20), "v".repeat(50));
    check_extension(&field(&format!("a: b, c: d, e: f, g: h, {key}: {value}")), &[]);
    check_extension(&field("a: b, c: d, e: f, g: h, i: j, k: l"), &[("invalid-value", "3:42")]);
    check_extension(&field(&format!("{key}k: v")), &[("invalid-value", "3:42")]);
    check_extension(&field(&format!("k: {value}v")), &[("invalid-value", "3:42")]);
}

#[test]
fn numbers_fit_the_engines_integers() {
    let most = i32::MAX;
    let above = i64::from(most) + 1;
    let field = |limit: i64| format!("    - {{name: a, type: keyword, ignore_above: {limit}}}");
    check_extension(&field(most.into()), &[]);
    check_extension(&field(above), &[("invalid-value", "3:46")]);
    let index = |option: &str| log_with("").replace("alias: log", &format!("alias: log, {option}"));
    check(&[(LOG, &index(&format!("replicas: {most}")))], &[]);
    check(&[(LOG, &index(&format!("replicas: {above}")))], &[("invalid-value", "log.yaml:3:31")]);
    check(&[(LOG, &index(&format!("auto_expand_replicas: 0-{above}")))], &[("invalid-value", "log.yaml:3:43")]);
    let rollover = |count: u64| log_with(&format!("lifecycle: {{rollover: {{max_docs: {count}}}}}\n"));
    check(&[(LOG, &rollover(i64::MAX.unsigned_abs()))], &[]);
    check(&[(LOG, &rollover(i64::MAX.unsigned_abs() + 1))], &[("rollover-condition", "log.yaml:5:34")]);
    let priority = |count: i64| {
        log_with(&format!(
            "lifecycle: {{rollover: {{max_age: 1d}}, phases: {{hot: {{set_priority: {{priority: {count}}}}}}}}}\n"
        ))
    };
    check(&[(LOG, &priority(most.into()))], &[]);
    check(&[(LOG, &priority(above))], &[("invalid-value", "log.yaml:5:78")]);
}

/// What OpenSearch 3.8 or Elasticsearch 8.19 answered with 400 when the mapping was put.
#[test]
fn what_stands_for_null_is_a_value_of_the_type() {
    let field =
        |kind: &str, value: &str| format!("    - {{name: a, type: {kind}, parameters: {{null_value: {value}}}}}");
    let good = [
        ("byte", "-128"),
        ("byte", "'5'"),
        ("long", "9223372036854775807"),
        ("unsigned_long", "18446744073709551615"),
        ("half_float", "65519"),
        ("float", "1e38"),
        ("boolean", "'true'"),
        ("date", "5"),
        ("date", "'2024-01-01'"),
        ("ip", "'::1'"),
        ("geo_point", "'52.5,13.25'"),
        ("keyword", "none"),
        ("keyword", "5"),
    ];
    for (kind, value) in good {
        check_extension(&field(kind, value), &[]);
    }
    let bad = [
        ("byte", "300"),
        ("integer", "1.5"),
        ("long", "nope"),
        ("unsigned_long", "-1"),
        ("half_float", "70000"),
        ("boolean", "maybe"),
        ("date", "nope"),
        ("date_nanos", "-1"),
        ("ip", "nope"),
        ("geo_point", "nope"),
        ("geo_point", "'91,0'"),
    ];
    for (kind, value) in bad {
        let at = format!("3:{}", 38 + kind.len());
        check_extension(&field(kind, value), &[("invalid-value", &at)]);
    }
    let seconds = "    - {name: a, type: date, parameters: {format: epoch_second, null_value: '2024-01-01'}}";
    check_extension(seconds, &[("invalid-value", "3:64")]);
    let long = "x".repeat(32_767);
    let keyword = |limit: &str| {
        format!("    - {{name: a, type: keyword, ignore_above: {limit}, parameters: {{null_value: {long}}}}}")
    };
    check_extension(&keyword("1024"), &[]);
    check_extension(&keyword("none"), &[("invalid-value", "3:65")]);
}

#[test]
fn parameters_that_engines_refuse_are_refused() {
    for kind in ["keyword", "flattened"] {
        let field =
            |options: &str| format!("    - {{name: a, type: {kind}, parameters: {{index_options: {options}}}}}");
        check_extension(&field("freqs"), &[]);
        for options in ["positions", "offsets"] {
            check_extension(&field(options), &[("invalid-value", &format!("3:{}", 38 + kind.len()))]);
        }
    }
    let depth = |limit: u8| format!("    - {{name: a, type: flattened, parameters: {{depth_limit: {limit}}}}}");
    check_extension(&depth(20), &[]);
    check_extension(&depth(19), &[("invalid-value", "3:47")]);
    let text = |index: bool| format!("    - {{name: a, type: text, index: {index}, parameters: {{fielddata: true}}}}");
    check_extension(&text(true), &[]);
    check_extension(&text(false), &[("invalid-value", "3:56")]);
}

#[test]
fn values_are_copied_to_where_engines_copy_them() {
    let targets = "    - {name: key, type: keyword}\n    - {name: long, type: long}\n    - {name: free, type: flattened}\n    \
                   - {name: list, type: nested}\n    - {name: list.key, type: keyword}\n    - {name: seconds, type: date, parameters: {format: epoch_second}}\n";
    let copy = |name: &str, kind: &str, target: &str| {
        format!("{targets}    - {{name: {name}, type: {kind}, parameters: {{copy_to: x.{target}}}}}")
    };
    for (name, kind, target) in
        [("a", "ip", "key"), ("a", "integer", "long"), ("list.a", "keyword", "list.key"), ("list.a", "long", "key")]
    {
        check_extension(&copy(name, kind, target), &[]);
    }
    for (name, kind, target) in [
        ("a", "keyword", "long"),
        ("a", "double", "long"),
        ("a", "keyword", "free"),
        ("a", "date", "seconds"),
        ("a", "geo_point", "key"),
        ("a", "long_range", "key"),
        ("a", "keyword", "list.key"),
    ] {
        check_extension(&copy(name, kind, target), &[("alias-target", "9:14")]);
    }
}

#[test]
fn alias_is_in_the_nested_object_of_its_target() {
    let alias = |name: &str, target: &str| {
        format!(
            "    - {{name: key, type: keyword}}\n    - {{name: list, type: nested}}\n    - {{name: list.key, type: keyword}}\n    - {{name: {name}, type: alias, path: x.{target}}}"
        )
    };
    check_extension(&alias("a", "key"), &[]);
    check_extension(&alias("list.a", "list.key"), &[]);
    check_extension(&alias("a", "list.key"), &[("alias-target", "6:14")]);
    check_extension(&alias("list.a", "key"), &[("alias-target", "6:14")]);
}

#[test]
fn the_policy_of_a_long_name_fits_the_engines() {
    let log = |length: usize, rest: &str| log_with(rest).replace("name: log", &format!("name: {}", "n".repeat(length)));
    check(&[(LOG, &log(248, ""))], &[]);
    check(&[(LOG, &log(249, ""))], &[("invalid-index-name", "log.yaml:1:7")]);
    check(&[(LOG, &log(249, "lifecycle: {policy: mine, rollover: {max_age: 1d}}\n"))], &[]);
}

/// What Elasticsearch's own parser of policies refuses.
#[test]
fn actions_have_values_that_a_policy_can_have() {
    let log =
        |phases: &str| log_with(&format!("lifecycle: {{rollover: {{max_age: 1d}}, keep: 9d, phases: {{{phases}}}}}\n"));
    for (phases, column) in [
        ("warm: {forcemerge: {max_num_segments: 1, index_codec: zip}}", 111),
        ("cold: {searchable_snapshot: {snapshot_repository: ''}}", 107),
        ("delete: {wait_for_snapshot: {policy: ''}}", 94),
    ] {
        check(&[(LOG, &log(phases))], &[("invalid-value", &format!("log.yaml:5:{column}"))]);
    }
    check(&[(LOG, &log("warm: {forcemerge: {max_num_segments: 1, index_codec: best_compression}}"))], &[]);
}
