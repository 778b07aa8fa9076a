//! Files that are YAML and do not have the form of their grammar.

use super::{LOG, check, check_extension, check_files_extension, check_says, extended_log, extension, log, log_with};

#[test]
fn an_unknown_option_is_reported_at_its_key() {
    check(&[(LOG, &log_with("titel: A log\n"))], &[("unknown-option", "log.yaml:5:1")]);
    check_says(&[(LOG, &log_with("titel: A log\n"))], "help: did you mean `title`?");
    check(
        &[(LOG, &log_with("index_: {}\nx: 1\n"))],
        &[("unknown-option", "log.yaml:5:1"), ("unknown-option", "log.yaml:6:1")],
    );
    check(&[(LOG, &log("{base: {fields: {message: {indx: false}}}}"))], &[("unknown-option", "log.yaml:4:36")]);
    check_says(&[(LOG, &log("{base: {fields: {message: {indx: false}}}}"))], "help: did you mean `index`?");
    check_extension("    - {name: a, type: keyword, ignore_abov: 10}", &[("unknown-option", "3:32")]);
    check_files_extension("- name: x\n  titel: X\n  fields: [{name: a, type: long}]", &[("unknown-option", "2:3")]);
    check_extension(
        "    - {name: a, type: keyword, multi_fields: [{type: text, nme: b}]}",
        &[("unknown-option", "3:60")],
    );
    check_extension("    - {name: a, type: long, parameters: {coerc: false}}", &[("unknown-option", "3:42")]);
}

#[test]
fn missing_option_is_reported_at_its_mapping() {
    check(
        &[(LOG, "title: x\n")],
        &[
            ("missing-option", "log.yaml:1:1"),
            ("missing-option", "log.yaml:1:1"),
            ("missing-option", "log.yaml:1:1"),
            ("missing-option", "log.yaml:1:1"),
        ],
    );
    check_says(&[(LOG, "title: x\n")], "the option `ecs` is missing");
    check_files_extension(
        "- fields: []\n- {name: x, fields: [{name: a}]}\n",
        &[("missing-option", "1:3"), ("missing-option", "2:29")],
    );
    check_extension("    - {name: a}", &[("missing-option", "3:14")]);
    check_extension("    - {type: long}", &[("missing-option", "3:7")]);
    check(&[(LOG, &log_with("").replace("{alias: log}", "{}"))], &[("missing-option", "log.yaml:3:8")]);
}

#[test]
fn wrong_form_is_reported_with_the_wanted_one() {
    let cases = [
        ("- name: log\n", "1:1", "expected a mapping, found a list"),
        ("log\n", "1:1", "expected a mapping, found text"),
        (&log_with("required: message\n"), "5:11", "expected a list, found text"),
        (&log_with("title: [a]\n"), "5:8", "expected text, found a list"),
        (&log_with("version: \"1\"\n"), "5:10", "expected a whole number, found text"),
        (&log_with("version: 1.5\n"), "5:10", "expected a whole number, found a number"),
        (&log_with("providers: {a: b}\n"), "5:16", "expected a list, found text"),
        (&log_with("lifecycle: 30d\n"), "5:12", "expected a mapping, found text"),
        (&log("[base]"), "4:9", "expected `'*'` or a mapping, found a list"),
        (&log("{base: {fields: {message: 5}}}"), "4:35", "expected a mapping, found a number"),
        (&log("{base: {fields: {message: {index: no}}}}"), "4:43", "expected `true` or `false`, found text"),
        (&log_with("").replace("name: log", "name:"), "1:5", "expected text, found nothing"),
    ];
    for (text, place, message) in cases {
        check(&[(LOG, text)], &[("wrong-form", &format!("log.yaml:{place}"))]);
        check_says(&[(LOG, text)], message);
    }
    check_extension("    - {name: a, type: [long]}", &[("wrong-form", "3:23")]);
    check_extension("    - {name: a, type: long, parameters: [coerce]}", &[("wrong-form", "3:41")]);
    check_extension("    - {name: a, type: keyword, ignore_above: [1]}", &[("wrong-form", "3:46")]);
    check_files_extension("x\n", &[("wrong-form", "1:1")]);
}

#[test]
fn wrong_choice_is_reported_with_the_choices() {
    let open = log("{base: {fields: {labels: {}}}}\nopen_objects: {labels: flat}");
    check(&[(LOG, &open)], &[("invalid-value", "log.yaml:5:24")]);
    check_says(&[(LOG, &open)], "`flat` is none of `flattened`, `stored`");
    check_extension("    - {name: a, type: long, normalize: [list]}", &[("invalid-value", "3:41")]);
    check_extension("    - {name: a, type: long, level: customs}", &[("invalid-value", "3:36")]);
    check_extension("    - {name: a, type: keyword, ignore_above: never}", &[("invalid-value", "3:46")]);
    let limit = extension("    - {name: a, type: keyword, ignore_above: never}");
    check_says(&[(LOG, &extended_log()), ("ext.yaml", &limit)], "expected a whole number or `none`, found `never`");
    check(&[(LOG, &log("all"))], &[("invalid-value", "log.yaml:4:9")]);
    check_says(&[(LOG, &log("all"))], "expected `'*'` or a mapping, found `all`");
    check_files_extension("- name: x\n  type: nested\n  fields: [{name: a, type: long}]", &[("invalid-value", "2:9")]);
}

#[test]
fn a_number_out_of_range_is_reported() {
    for number in ["-1", "4294967296"] {
        let text = log_with(&format!("version: {number}\n"));
        check(&[(LOG, &text)], &[("invalid-value", "log.yaml:5:10")]);
        check_says(&[(LOG, &text)], "help: write a number from 0 to 4294967295");
    }
    check_extension("    - {name: a, type: keyword, ignore_above: -1}", &[("invalid-value", "3:46")]);
    check_extension("    - {name: a, type: keyword, ignore_above: 99999999999}", &[("invalid-value", "3:46")]);
    check_extension("    - {name: a, type: scaled_float, scaling_factor: 0}", &[("invalid-value", "3:53")]);
}

#[test]
fn a_parameter_of_the_wrong_form_is_reported() {
    check_extension("    - {name: a, type: long, parameters: {coerce: yes}}", &[("invalid-value", "3:42")]);
    check_extension("    - {name: a, type: date, parameters: {format: yyyy}}", &[("invalid-value", "3:42")]);
    check_extension(
        "    - {name: a, type: text, multi_fields: [{type: text, analyzer: mine}]}",
        &[("invalid-value", "3:14")],
    );
    check_extension("    - {name: a, type: keyword, parameters: {copy_to: [b c]}}", &[("invalid-value", "3:45")]);
}

#[test]
fn a_parameter_that_is_given_twice_is_reported() {
    check_extension(
        "    - {name: a, type: long, index: false, parameters: {index: true}}",
        &[("duplicate-key", "3:56")],
    );
}

#[test]
fn problems_are_reported_sorted_by_place() {
    let text = "name: log\necs: 9.4.0\ntitel: x\nindex: {alias: log, shards: many}\nextensions: [ext.yaml, none.yaml]\n\
                lifecycle: {keep: 7w}\nfields:\n  evnt: {fields: '*'}\n  event: {fields: {acton: {}}}\n  x: {fields: '*'}\n\
                required: [user.name]\n";
    let extension = "name: x\nfields:\n  - {name: a, type: keywrod}\n  - {name: b c, type: long}\n  - {name: c, type: long, x: 1}\n";
    check(
        &[(LOG, text), ("ext.yaml", extension)],
        &[
            ("unknown-type", "ext.yaml:3:21"),
            ("invalid-name", "ext.yaml:4:12"),
            ("unknown-option", "ext.yaml:5:27"),
            ("unknown-option", "log.yaml:3:1"),
            ("wrong-form", "log.yaml:4:29"),
            ("file-unreadable", "log.yaml:5:24"),
            ("invalid-duration", "log.yaml:6:19"),
            ("lifecycle-conflict", "log.yaml:6:19"),
            ("unknown-fieldset", "log.yaml:8:3"),
            ("unknown-field", "log.yaml:9:20"),
            ("required-not-selected", "log.yaml:11:12"),
        ],
    );
}

#[test]
fn problem_does_not_hide_one_of_the_next_file() {
    let text = extended_log().replace("name: log", "name: log\ntitel: x");
    let files = [
        (LOG, text.as_str()),
        ("ext.yaml", "name: x\nfields: [{name: a, type: long}]\nreusable: {expected: [{as: y}]}\n"),
    ];
    check(&files, &[("missing-option", "ext.yaml:3:23"), ("unknown-option", "log.yaml:2:1")]);
}
