//! Files that are no YAML, or more of it than is read.

use std::fmt::Write as _;

use super::{LOG, check, check_files_extension, check_says, log};

#[test]
fn a_syntax_error_is_reported_where_it_is() {
    check(&[(LOG, "name: log\n  ecs: 9.4.0\n")], &[("yaml-syntax", "log.yaml:2:6")]);
    check(&[(LOG, "name: [log\n")], &[("yaml-syntax", "log.yaml:2:1")]);
    check(&[(LOG, "name: 'log\n")], &[("yaml-syntax", "log.yaml:1:7")]);
}

#[test]
fn usual_slips_get_a_remedy() {
    check_says(&[(LOG, &log("\n\tbase: {}"))], "help: indent with spaces");
    check_says(&[(LOG, &log("*"))], "help: put quotes around it, as in `'*'`");
    check_says(
        &[(LOG, &log("{base: {fields: {@timestamp: {}}}}"))],
        "help: put quotes around it, as in `\"@timestamp\"`",
    );
}

#[test]
fn duplicate_key_is_reported_at_the_second() {
    let twice = "name: log\necs: 9.4.0\nname: other\nfields: {base: {fields: {message: {}, message: {}}}}\nindex: {alias: log}\n";
    check(&[(LOG, twice)], &[("duplicate-key", "log.yaml:3:1"), ("duplicate-key", "log.yaml:4:39")]);
    check_says(&[(LOG, twice)], "help: it already stands in line 1: merge the two, or remove one");
}

#[test]
fn quotes_do_not_make_another_key() {
    check(&[(LOG, &log("{base: {fields: {message: {}, 'message': {}}}}"))], &[("duplicate-key", "log.yaml:4:39")]);
}

#[test]
fn an_empty_file_is_reported() {
    for text in ["", "\n\n", "# only a comment\n"] {
        check(&[(LOG, text)], &[("yaml-syntax", "log.yaml:1:1")]);
    }
    check(&[(LOG, "---\n")], &[("wrong-form", "log.yaml:2:1")]);
}

#[test]
fn a_second_document_is_refused() {
    check(&[(LOG, "---\nname: log\n---\nname: other\n")], &[("yaml-syntax", "log.yaml:3:1")]);
    check_files_extension("---\n- name: x\n  fields: []\n---\n- name: y\n", &[("yaml-syntax", "4:1")]);
}

#[test]
fn a_key_that_is_no_text_is_refused() {
    check(&[(LOG, "? [a, b]\n: c\n")], &[("yaml-syntax", "log.yaml:1:3")]);
}

#[test]
fn deep_nesting_is_refused_in_every_style() {
    let flow = format!("name: {}x{}\n", "[".repeat(1000), "]".repeat(1000));
    check(&[(LOG, &flow)], &[("too-deep", "log.yaml:1:262")]);
    let maps = format!("name: {}x{}\n", "{a: ".repeat(1000), "}".repeat(1000));
    check(&[(LOG, &maps)], &[("too-deep", "log.yaml:1:263")]);
    let mut block = String::new();
    for depth in 0..1000 {
        let _ = writeln!(block, "{}a:", " ".repeat(depth));
    }
    check(&[(LOG, &block)], &[("too-deep", "log.yaml:66:66")]);
    let lists = format!("{}x\n", "- ".repeat(1000));
    check(&[(LOG, &lists)], &[("too-deep", "log.yaml:1:131")]);
}

#[test]
fn a_million_brackets_are_too_deep() {
    check(&[(LOG, &"[".repeat(1_000_000))], &[("too-deep", "log.yaml:1:256")]);
    check(&[(LOG, &"{a: ".repeat(1_000_000))], &[("too-deep", "log.yaml:1:1021")]);
    check(&[(LOG, &"- ".repeat(1_000_000))], &[("too-deep", "log.yaml:1:131")]);
}

#[test]
fn aliases_that_multiply_are_refused() {
    let mut bomb = "a: &a [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for (name, of) in [("b", "a"), ("c", "b"), ("d", "c"), ("e", "d"), ("f", "e"), ("g", "f")] {
        let _ = writeln!(bomb, "{name}: &{name} [{}]", vec![format!("*{of}"); 10].join(", "));
    }
    check(&[(LOG, &bomb)], &[("too-large", "log.yaml:5:32")]);
}

#[test]
fn nested_anchors_do_not_multiply_a_list() {
    let anchors: Vec<String> = (0..50).map(|number| format!("&a{number} [")).collect();
    let text = format!("{}{}{}", anchors.concat(), "1, ".repeat(30_000), "]".repeat(50));
    check(&[(LOG, &text)], &[("too-large", "log.yaml:1:267")]);
}

#[test]
fn aliases_that_nest_are_as_deep_as_they_look() {
    let mut chain = "a0: &a0 [x]\n".to_owned();
    for number in 1..200 {
        let _ = writeln!(chain, "a{number}: &a{number} [*a{}]", number - 1);
    }
    check(&[(LOG, &chain)], &[("too-deep", "log.yaml:64:12")]);
}

#[test]
fn an_alias_inside_its_own_anchor_is_refused() {
    check(&[(LOG, "name: &a [*a]\n")], &[("yaml-syntax", "log.yaml:1:11")]);
}

#[test]
fn aliases_repeat_what_they_name() {
    let text = log("{base: {fields: {message: &none {}, tags: *none}}}");
    check(&[(LOG, &text)], &[]);
}

#[test]
fn a_byte_order_mark_moves_no_column() {
    check(
        &[(LOG, &format!("\u{feff}nam: log\n{}", log("'*'").replacen("name: log\n", "", 1)))],
        &[("unknown-option", "log.yaml:1:1")],
    );
    check(&[(LOG, &format!("\u{feff}{}", log("{base: {fields: {message: {}}}}")))], &[]);
}

#[test]
fn line_ends_of_every_system_are_counted() {
    for end in ["\n", "\r\n", "\r"] {
        let text = log("{base: {fields: {mesage: {}}}}").replace('\n', end);
        check(&[(LOG, &text)], &[("unknown-field", "log.yaml:4:26")]);
        check_says(&[(LOG, &text)], "4 | fields: {base: {fields: {mesage: {}}}}\n  |                          ^\n");
    }
}
