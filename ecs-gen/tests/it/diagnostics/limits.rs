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
fn each_of_many_keys_that_stand_twice_is_reported() {
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
fn a_name_of_a_megabyte_is_not_compared_and_not_printed_whole() {
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
