//! What a finding looks like.

use super::{LOG, check_says, extended_log, extension, log, log_with, rendered};

#[test]
fn finding_has_place_line_caret_and_help() {
    insta::assert_snapshot!(rendered(&[(LOG, &log("{evnt: {fields: '*'}, event: {fields: {acton: {}}}}"))]));
}

#[test]
fn findings_of_files_are_sorted_and_counted() {
    let extension = extension("    - {name: a, type: keywrod}\n    - {name: a b, type: long}");
    insta::assert_snapshot!(rendered(&[
        (LOG, &extended_log().replace("alias: log", "alias: Log")),
        ("ext.yaml", &extension)
    ]));
}

#[test]
fn a_finding_of_a_whole_file_has_no_line() {
    insta::assert_snapshot!(rendered(&[]));
}

#[test]
fn a_conflict_with_ecs_is_explained() {
    let text = log("{event: {fields: '*'}}\nextensions: [ext.yaml]");
    let extension = "- name: event\n  fields:\n    - {name: action, type: text}\n    - {name: kind, type: keyword}\n";
    insta::assert_snapshot!(rendered(&[(LOG, &text), ("ext.yaml", extension)]));
}

#[test]
fn caret_is_right_behind_tabs_and_wide_characters() {
    let line = |before: &str| log_with(&format!("title: {before}, x\nproviders: {{\"{before}\": [a], b: c}}\n"));
    check_says(&[(LOG, &line("äö"))], "6 | providers: {\"äö\": [a], b: c}\n  |                           ^\n");
    check_says(&[(LOG, &line("事件"))], "6 | providers: {\"事件\": [a], b: c}\n  |                             ^\n");
    check_says(
        &[(LOG, &line("e\u{301}"))],
        "6 | providers: {\"e\u{301}\": [a], b: c}\n  |                          ^\n",
    );
    check_says(
        &[(LOG, &log_with("providers: {a:\t[a],\tb: c}\n"))],
        "5 | providers: {a: [a], b: c}\n  |                        ^\n",
    );
}

#[test]
fn of_a_long_line_the_part_in_question_is_shown() {
    let text = log_with(&format!("providers: {{{}, last: wrong, {}}}\n", pairs(0, 60), pairs(60, 99)));
    let printed = rendered(&[(LOG, &text)]);
    let lines: Vec<&str> = printed.lines().collect();
    assert!(lines[3].chars().count() <= 164, "{printed}");
    let caret = lines[4].chars().position(|c| c == '^').unwrap();
    assert_eq!(lines[3].chars().skip(caret).take(5).collect::<String>(), "wrong", "{printed}");
}

fn pairs(from: usize, to: usize) -> String {
    (from..to).map(|number| format!("provider{number}: [a]")).collect::<Vec<_>>().join(", ")
}

#[test]
fn what_a_terminal_would_obey_is_not_printed() {
    let printed = rendered(&[(LOG, &log_with("\"\\e[31m\\n\\x07\": 1\n"))]);
    assert!(printed.contains("unknown option `\\u{1b}[31m\\n\\u{7}`"), "{printed}");
    assert!(!printed.contains(['\u{1b}', '\u{7}']), "{printed}");
}

#[test]
fn a_warning_alone_counts_no_errors() {
    let text = log("{base: {fields: {message: {}}}}\nextensions: [ext.yaml]");
    insta::assert_snapshot!(rendered(&[(LOG, &text), ("ext.yaml", &extension("    - {name: a, type: long}"))]));
}
