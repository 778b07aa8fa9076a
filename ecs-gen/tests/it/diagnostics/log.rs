//! Names, producers and what several logs of one run may not share.

use super::{LOG, check, check_logs, check_says, log, log_with};

#[test]
fn log_name_can_be_a_folder_and_a_type() {
    for name in ["../up", "a/b", "a_b", "My-Log", "1log", "a--b", "-a", "a.b", "a b", "ä", "''"] {
        let text = log("{base: {fields: {message: {}}}}").replacen("name: log", &format!("name: {name}"), 1);
        check(&[(LOG, &text)], &[("invalid-name", "log.yaml:1:7")]);
    }
    for name in ["a", "a-b", "web-2", "type"] {
        let text = log("{base: {fields: {message: {}}}}").replacen("name: log", &format!("name: {name}"), 1);
        check(&[(LOG, &text)], &[]);
    }
}

#[test]
fn a_name_of_the_engine_is_refused() {
    let text = log("{base: {fields: {message: {}}}}").replacen("name: log", "name: logs", 1);
    check(&[(LOG, &text)], &[("invalid-index-name", "log.yaml:1:7")]);
}

#[test]
fn an_action_is_listed_once() {
    let text = log_with("providers: {a: [run, stop, run], b: [run]}\n");
    check(&[(LOG, &text)], &[("duplicate-value", "log.yaml:5:28")]);
}

#[test]
fn two_logs_may_not_match_the_same_indices() {
    let one = log("{base: {fields: {message: {}}}}");
    let two = one.replace("name: log", "name: two").replace("alias: log", "alias: log-two");
    let files = [("one.yaml", one.as_str()), ("two.yaml", two.as_str())];
    check_logs(&files, &["one.yaml", "two.yaml"], &[("overlapping-patterns", "two.yaml:3:8")]);
    check_logs(&files, &["two.yaml", "one.yaml"], &[("overlapping-patterns", "one.yaml:3:8")]);
}

#[test]
fn two_logs_may_not_have_one_name() {
    let one = log("{base: {fields: {message: {}}}}");
    let same = one.replace("alias: log", "alias: other");
    let files = [("one.yaml", one.as_str()), ("two.yaml", same.as_str())];
    check_logs(&files, &["one.yaml", "two.yaml"], &[("duplicate-log", "two.yaml:1:7")]);
    check_says(&[(LOG, "name: log\n")], "the option `fields` is missing");
}

#[test]
fn what_is_described_is_selected() {
    let text = log_with("descriptions: {message: what happened, mesage: x}\n");
    check(&[(LOG, &text)], &[("unknown-field", "log.yaml:5:40")]);
    check_says(&[(LOG, &text)], "help: did you mean `message`?");
}
