//! Inputs that are large or repetitive: of a size at which a step that is quadratic would not come to its end.

use std::fmt::Write as _;

use super::{LOG, extended_log, findings, folder, log};

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
