//! Files that are not there, cannot be read or are too large.

use super::{LOG, check, check_logs, check_says, extended_log, folder, log, log_with};

#[test]
fn missing_file_is_reported_where_it_is_named() {
    check(&[], &[("file-unreadable", LOG)]);
    check(&[(LOG, &extended_log())], &[("file-unreadable", "log.yaml:5:14")]);
    check(&[(LOG, &log_with("samples: [one.json]\n"))], &[("file-unreadable", "log.yaml:5:11")]);
    let pipeline = log("{base: {fields: {message: {}}}}")
        .replace("alias: log", "alias: log, default_pipeline: {name: p, file: p.yaml, samples: [flat.json]}");
    check(&[(LOG, &pipeline)], &[("file-unreadable", "log.yaml:3:55"), ("file-unreadable", "log.yaml:3:73")]);
}

#[test]
fn what_is_missing_is_named_by_its_path() {
    check_says(&[(LOG, &extended_log())], "cannot read `ext.yaml`: No such file or directory");
    let above = extended_log().replace("ext.yaml", "sub/../ext.yaml");
    check_says(&[(LOG, &above)], "cannot read `ext.yaml`");
}

#[test]
fn a_folder_is_no_file() {
    check(&[(LOG, &extended_log().replace("ext.yaml", "ext")), ("ext/x", "")], &[("file-unreadable", "log.yaml:5:14")]);
}

#[test]
fn a_file_that_is_not_utf8_is_reported() {
    let folder = folder(&[(LOG, "")]);
    std::fs::write(folder.path().join(LOG), b"name: log\ntitle: \xff\xfe\n").unwrap();
    let (found, text) = super::findings(folder.path(), &[LOG]);
    assert_eq!(found, [("file-unreadable", LOG.to_owned())]);
    assert!(text.contains("is not UTF-8 at byte 17"), "{text}");
}

#[test]
fn a_file_of_ten_megabytes_is_refused_unread() {
    let large = "# a comment\n".repeat(10 * 1024 * 1024 / 12);
    check(&[(LOG, &large)], &[("too-large", LOG)]);
    check(&[(LOG, &extended_log()), ("ext.yaml", &large)], &[("too-large", "log.yaml:5:14")]);
}

#[cfg(unix)]
#[test]
fn a_file_without_an_end_is_not_read_for_ever() {
    let text = extended_log().replace("ext.yaml", "/dev/zero");
    check(&[(LOG, &text)], &[("too-large", "log.yaml:5:14")]);
}

#[test]
fn a_sample_that_is_no_json_object_is_reported() {
    let log = log_with("samples: [one.json]\n");
    check(&[(LOG, &log), ("one.json", "{\n  \"a\": é}\n")], &[("invalid-sample", "one.json:2:8")]);
    check(&[(LOG, &log), ("one.json", "{\"é\": 1} x")], &[("invalid-sample", "one.json:1:10")]);
    check(&[(LOG, &log), ("one.json", "")], &[("invalid-sample", "one.json:1:1")]);
    check(&[(LOG, &log), ("one.json", "[1]")], &[("invalid-sample", "one.json:1:1")]);
    check(&[(LOG, &log), ("one.json", &"[".repeat(100_000))], &[("invalid-sample", "one.json:1:128")]);
    check(&[(LOG, &log), ("one.json", "\u{feff}{\"message\": \"a\"}")], &[]);
}

#[test]
fn two_samples_of_one_name_are_refused() {
    let log = log_with("samples: [a/one.json, b/one.json]\n");
    let files = [(LOG, log.as_str()), ("a/one.json", "{}"), ("b/one.json", "{}")];
    check(&files, &[("duplicate-value", "log.yaml:5:23")]);
}

#[test]
fn broken_pipeline_is_reported_in_its_own_file() {
    let log = log("{base: {fields: {message: {}}}}")
        .replace("alias: log", "alias: log, default_pipeline: {name: p, file: p.yaml}");
    check(&[(LOG, &log), ("p.yaml", "processors: [")], &[("yaml-syntax", "p.yaml:2:1")]);
}

#[test]
fn unknown_ecs_version_is_reported() {
    let log = |ecs: &str| log("{base: {fields: {message: {}}}}").replace("9.4.0", ecs);
    check(&[(LOG, &log("9.4.1"))], &[("unknown-ecs-version", "log.yaml:2:6")]);
    check_says(&[(LOG, &log("9.4.1"))], "help: did you mean `9.4.0`?");
    check(&[(LOG, &log("mine.yaml"))], &[("unknown-ecs-version", "log.yaml:2:6")]);
    check_says(&[(LOG, &log("sub/../mine.yaml"))], "there is no file `mine.yaml`");
}

#[test]
fn extension_listed_twice_is_read_once() {
    let text = extended_log().replace("[ext.yaml]", "[ext.yaml, ./ext.yaml]");
    let files = [(LOG, text.as_str()), ("ext.yaml", "name: x\nfields: [{name: a, type: long}]")];
    check(&files, &[("duplicate-value", "log.yaml:5:24")]);
}

#[test]
fn problems_of_a_shared_file_are_reported_once() {
    let one = log("{x: {fields: '*'}}\nextensions: [../ext.yaml]");
    let two = one.replace("log", "other");
    let files = [
        ("a/one.yaml", one.as_str()),
        ("b/two.yaml", &two),
        ("ext.yaml", "name: x\nfields: [{name: a b, type: long}]"),
    ];
    // Without the field, `x` is empty in either log, which is not said again.
    check_logs(&files, &["a/one.yaml", "b/two.yaml"], &[("invalid-name", "ext.yaml:2:17")]);
}
