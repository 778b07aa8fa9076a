//! Inputs that are large or repetitive, which must not take long.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use super::{LOG, extended_log, findings, folder, log};

/// Far above what an unoptimised build needs, far below what a quadratic step takes.
const LIMIT: Duration = Duration::from_secs(10);

#[track_caller]
fn check_quick(files: &[(&str, &str)], count: usize) {
    let folder = folder(files);
    let started = Instant::now();
    let (found, _) = findings(folder.path(), &[LOG]);
    assert!(started.elapsed() < LIMIT, "{:?}", started.elapsed());
    assert_eq!(found.len(), count);
}

#[test]
fn many_keys_that_stand_twice_do_not_take_long() {
    let mut fields = String::new();
    for _ in 0..2 {
        for number in 0..5_000 {
            let _ = writeln!(fields, "  k{number}: {{}}");
        }
    }
    // Each is unknown, and each stands twice.
    check_quick(&[(LOG, &log(&format!("\n{fields}")))], 10_000);
}

#[test]
fn many_wrong_fields_do_not_take_long() {
    let mut fields = String::new();
    for number in 0..3_000 {
        let _ = writeln!(fields, "    - {{name: Bad{number}, type: keywrod}}");
    }
    let text = super::extension(&fields);
    check_quick(&[(LOG, &extended_log()), ("ext.yaml", &text)], 6_000);
}

#[test]
fn a_name_of_a_megabyte_is_not_compared_and_not_printed_whole() {
    let name = "a".repeat(1_000_000);
    let text = log(&format!("{{{name}: {{fields: '*'}}}}"));
    let folder = folder(&[(LOG, &text)]);
    let started = Instant::now();
    let (found, printed) = findings(folder.path(), &[LOG]);
    assert!(started.elapsed() < LIMIT, "{:?}", started.elapsed());
    assert_eq!(found.len(), 1);
    assert!(printed.len() < 2_000, "{}", printed.len());
}
