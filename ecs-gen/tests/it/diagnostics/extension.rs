//! Extensions that contradict themselves, each other or ECS.

use super::{LOG, check, check_extension, check_files_extension, check_says, extended_log, extension, log};

#[track_caller]
fn check_help(fields: &str, text: &str) {
    check_says(&[(LOG, &extended_log()), ("ext.yaml", &extension(fields))], text);
}

#[test]
fn field_that_is_value_and_object_is_refused() {
    check_extension("    - {name: a, type: keyword}\n    - {name: a.b, type: long}", &[("scalar-and-object", "4:14")]);
    check_extension("    - {name: a.b, type: long}\n    - {name: a, type: keyword}", &[("scalar-and-object", "4:14")]);
    check_extension(
        "    - {name: a.b.c, type: long}\n    - {name: a.b, type: keyword}",
        &[("scalar-and-object", "4:14")],
    );
    check_extension("    - {name: a.b, type: long}\n    - {name: a, type: object}", &[]);
    check_extension("    - {name: a, type: nested}\n    - {name: a.b, type: long}", &[]);
    check_help(
        "    - {name: a, type: keyword}\n    - {name: a.b, type: long}",
        "help: declare `x.a` as `object`, or rename one of the two",
    );
}

#[test]
fn a_field_declared_twice_keeps_one_type() {
    check_extension("    - {name: a, type: keyword}\n    - {name: a, type: keyword}", &[]);
    check_extension("    - {name: a, type: keyword}\n    - {name: a, type: long}", &[("type-conflict", "4:23")]);
    let text = extended_log().replace("[ext.yaml]", "[ext.yaml, more.yaml]");
    let set = "name: x\nfields: [{name: a, type: long}]";
    check(&[(LOG, &text), ("ext.yaml", set), ("more.yaml", set)], &[]);
    let other = set.replace("long", "ip");
    let files = [(LOG, text.as_str()), ("ext.yaml", set), ("more.yaml", &other)];
    check(&files, &[("type-conflict", "more.yaml:2:26")]);
    check_says(&files, "`x.a` is `ip` here and `long` elsewhere");
    check_says(&files, "::: ext.yaml:2:26");
}

#[test]
fn what_a_number_measures_has_its_words() {
    check_extension("    - {name: a, type: long, unit: ms, metric_type: counter}", &[]);
    check_extension("    - {name: a, type: long, unit: bytes}", &[("invalid-value", "3:35")]);
    check_help("    - {name: a, type: long, unit: bytes}", "help: did you mean `byte`?");
    check_help("    - {name: a, type: long, unit: furlong}", "`parameters: {meta: {unit: furlong}}`");
    check_extension("    - {name: a, type: long, metric_type: sum}", &[("invalid-value", "3:42")]);
    check_extension("    - {name: a, type: keyword, unit: ms}", &[("parameter-not-of-type", "3:38")]);
    check_extension(
        "    - {name: a, type: long, unit: ms, parameters: {meta: {unit: s}}}",
        &[("duplicate-key", "3:35")],
    );
    check_extension(
        "    - {name: a, type: long, unit: ms, parameters: {meta: {a: b, c: d, e: f, g: h, i: j}}}",
        &[("invalid-value", "3:35")],
    );
}

#[test]
fn an_unknown_type_is_reported_with_the_nearest() {
    check_extension("    - {name: a, type: keywrod}", &[("unknown-type", "3:23")]);
    check_help("    - {name: a, type: keywrod}", "help: did you mean `keyword`?");
    check_help("    - {name: a, type: blob}", "help: the types are those of the engines");
    check_extension("    - {name: a, type: keyword, multi_fields: [{type: txt}]}", &[("unknown-type", "3:54")]);
    check_extension("    - {name: a, type: keyword, multi_fields: [{type: nested}]}", &[("unknown-type", "3:54")]);
}

#[test]
fn alias_points_to_a_selected_field() {
    let alias = |path: &str| {
        format!(
            "    - {{name: a, type: alias, path: {path}}}\n    - {{name: b.c, type: long}}\n    - {{name: d, type: alias, path: x.b.c}}"
        )
    };
    check_extension(&alias("x.b.c"), &[]);
    for path in ["x.b.d", "event.action", "x.b", "x.d"] {
        check_extension(&alias(path), &[("alias-target", "3:14")]);
    }
    check_help(&alias("x.b.d"), "`x.a` points to `x.b.d`, which is no selected field");
    check_help(&alias("x.b.d"), "help: did you mean `x.b.c`?");
    check_help(&alias("event.action"), "help: point it to a field that holds values and is selected");
    check_help(&alias("x.b"), "which is an object");
    check_help(&alias("x.d"), "which is an alias itself");
    check_extension("    - {name: a, type: alias}", &[("missing-parameter", "3:14")]);
    check_extension("    - {name: a, type: alias, path: a b}", &[("invalid-value", "3:36")]);
    check_help(&alias("b.c"), "help: write the path from the root of the document: `x.b.c`");
    check_extension("    - {name: a, type: keyword, parameters: {copy_to: x.c}}", &[("alias-target", "3:14")]);
}

#[test]
fn a_nested_object_does_not_keep_arrays_alone() {
    let fields = "    - {name: a, type: nested, synthetic_source_keep: arrays}\n    - {name: a.b, type: keyword}";
    check_extension(fields, &[("invalid-value", "3:54")]);
}

#[test]
fn parameter_of_another_type_is_refused() {
    let cases = [
        ("type: long, ignore_above: 10", "3:43"),
        ("type: keyword, scaling_factor: 10", "3:48"),
        ("type: match_only_text, index: false", "3:47"),
        ("type: object, doc_values: false", "3:43"),
        ("type: keyword, enabled: false", "3:41"),
        ("type: keyword, value: a", "3:39"),
    ];
    for (attributes, place) in cases {
        check_extension(&format!("    - {{name: a, {attributes}}}"), &[("parameter-not-of-type", place)]);
    }
    check_extension(
        "    - {name: a, type: keyword, multi_fields: [{type: match_only_text, norms: false}]}",
        &[("parameter-not-of-type", "3:78")],
    );
    check_help("    - {name: a, type: geo_point, doc_values: false}", "help: `geo_point` takes index, ");
}

#[test]
fn a_scaled_float_needs_its_factor() {
    check_extension("    - {name: a, type: scaled_float}", &[("missing-parameter", "3:14")]);
    check_extension(
        "    - {name: a, type: double, multi_fields: [{type: scaled_float, name: s}]}",
        &[("missing-parameter", "3:53")],
    );
    check_help("    - {name: a, type: scaled_float}", "help: add `scaling_factor`");
    check_extension("    - {name: a, type: scaled_float, scaling_factor: 100}", &[]);
}

#[test]
fn an_extension_may_not_contradict_ecs() {
    let extended = |set: &str, fields: &str| {
        let text = log(&format!("{{{set}: {{fields: '*'}}}}\nextensions: [ext.yaml]"));
        (text, format!("- name: {set}\n  fields: [{fields}]\n"))
    };
    let cases = [
        ("user", "{name: name, type: long}", "type-conflict", "2:31"),
        ("user", "{name: name.first, type: keyword}", "scalar-and-object", "2:19"),
        ("user", "{name: changes, type: keyword}", "scalar-and-object", "2:19"),
        ("user", "{name: changes, type: nested}", "type-conflict", "2:19"),
        ("user", "{name: changes, type: object, enabled: false}", "type-conflict", "2:19"),
        ("user", "{name: changes, type: object, normalize: [array]}", "type-conflict", "2:19"),
        ("dns", "{name: answers, type: nested}", "type-conflict", "2:34"),
    ];
    for (set, fields, code, place) in cases {
        let (text, extension) = extended(set, fields);
        check(&[(LOG, &text), ("ext.yaml", &extension)], &[(code, &format!("ext.yaml:{place}"))]);
    }
    for (set, fields) in [("user", "{name: name, type: keyword}"), ("dns", "{name: answers, type: object}")] {
        let (text, extension) = extended(set, fields);
        check(&[(LOG, &text), ("ext.yaml", &extension)], &[]);
    }
    let (text, extension) = extended("user", "{name: name.first, type: keyword}");
    check_says(&[(LOG, &text), ("ext.yaml", &extension)], "help: rename it: `user.name` is a `keyword` of ECS");
    let (text, extension) = extended("user", "{name: changes, type: object, description: What changed}");
    check(&[(LOG, &text), ("ext.yaml", &extension)], &[]);
}

#[test]
fn root_set_may_not_change_a_field_of_ecs() {
    let set = |fields: &str| format!("- name: x\n  root: true\n  fields: [{fields}]\n");
    let text = log("{x: {fields: '*'}, base: {fields: {message: {}}}}\nextensions: [ext.yaml]");
    let files = [(LOG, text.as_str()), ("ext.yaml", &set("{name: message, type: long}"))];
    check(&files, &[("type-conflict", "ext.yaml:3:19")]);
    let text = log("{base: {fields: {message: {}}}}\nextensions: [ext.yaml]");
    let files = [(LOG, text.as_str()), ("ext.yaml", "- name: message\n  fields: [{name: a, type: long}]\n")];
    check(&files, &[("scalar-and-object", "ext.yaml:1:9")]);
}

#[test]
fn a_name_that_is_no_path_is_refused() {
    for (name, message) in [
        ("a b", "the name `a b` has a space"),
        ("A/b", "has the character `/`"),
        ("a..b", "has an empty segment"),
        (".a", "has an empty segment"),
        ("''", "has an empty segment"),
        ("ä", "has the character `\\u{e4}`"),
        ("a*", "has the character `*`"),
    ] {
        let field = format!("    - {{name: {name}, type: long}}");
        check_extension(&field, &[("invalid-name", "3:14")]);
        check_help(&field, message);
    }
    check_files_extension("name: X?\nfields: [{name: a, type: long}]", &[("invalid-name", "1:7")]);
    check_extension(
        "    - {name: a, type: keyword, multi_fields: [{type: text, name: a b}]}",
        &[("invalid-name", "3:66")],
    );
    check_extension(
        "    - {name: a, type: keyword, multi_fields: [{type: text, name: b.c}]}",
        &[("invalid-name", "3:66")],
    );
}

#[test]
fn a_set_is_reused_only_at_an_object_that_exists() {
    let set =
        |place: &str| format!("- name: x\n  reusable: {{expected: [{place}]}}\n  fields: [{{name: a, type: long}}]\n");
    check_files_extension(&set("event"), &[]);
    check_files_extension(&set("evnt"), &[("reuse-target", "2:25")]);
    check_files_extension(&set("event.action"), &[("reuse-target", "2:25")]);
    check_files_extension(&set("{at: user, as: name}"), &[("scalar-and-object", "2:25")]);
    check_files_extension(&set("{at: user, as: changes, normalize: [array]}"), &[("reuse-target", "2:25")]);
    check_files_extension(&set("e vent"), &[("invalid-name", "2:25")]);
    check_says(&[(LOG, &extended_log()), ("ext.yaml", &set("evnt"))], "help: did you mean `event`?");
}

#[test]
fn fault_inside_a_set_is_said_once() {
    let set = "- name: x\n  reusable: {expected: [event, user, host]}\n  fields: [{name: a, type: long}, {name: a.b, type: long}]\n";
    check_files_extension(set, &[("scalar-and-object", "3:42")]);
}

#[test]
fn a_reuse_names_a_field_set_of_ecs() {
    check_extension("    - {name: a, reuse: goe}", &[("reuse-source", "3:24")]);
    check_help("    - {name: a, reuse: goe}", "help: did you mean `geo`?");
    check_extension("    - {name: a, reuse: geo, type: keyword}", &[("reuse-source", "3:35")]);
    check_extension("    - {name: a, reuse: geo}\n    - {name: a, reuse: geo}", &[]);
    check_extension("    - {name: a, type: keyword}\n    - {name: a, reuse: geo}", &[("reuse-source", "3:23")]);
    check_extension("    - {name: a, type: keyword}\n    - {name: a.b, reuse: geo}", &[("reuse-target", "4:14")]);
    check_extension("    - {name: a, reuse: geo}\n    - {name: a.name, type: keyword}", &[]);
    check_extension("    - {name: a, reuse: geo}\n    - {name: a.name, type: long}", &[("type-conflict", "4:14")]);
    check_extension("    - {name: a, reuse: geo}\n    - {name: a.extra, type: keyword}", &[]);
}

#[test]
fn allowed_value_listed_twice_is_refused() {
    check_extension(
        "    - {name: a, type: keyword, allowed_values: [{name: b}, {name: c}, {name: b}]}",
        &[("duplicate-value", "3:78")],
    );
}

#[test]
fn allowed_values_and_patterns_are_about_texts() {
    check_extension("    - {name: a, type: long, allowed_values: [{name: 1}]}", &[("parameter-not-of-type", "3:53")]);
    check_extension("    - {name: a, type: date, pattern: '^2'}", &[("parameter-not-of-type", "3:38")]);
}

#[test]
fn a_pattern_is_a_regular_expression() {
    check_extension("    - {name: a, type: keyword, pattern: '[a'}", &[("invalid-pattern", "3:41")]);
    check_extension("    - {name: a, type: keyword, pattern: '^[a-z]+$'}", &[]);
}

#[test]
fn multi_fields_need_own_names_and_values() {
    check_extension(
        "    - {name: a, type: keyword, multi_fields: [{type: text}, {type: match_only_text, name: text}]}",
        &[("duplicate-field", "3:91")],
    );
    for field_type in ["object", "nested"] {
        let field = format!("    - {{name: a, type: {field_type}, multi_fields: [{{type: text}}]}}");
        check_extension(&field, &[("parameter-not-of-type", "3:53")]);
    }
}

#[test]
fn a_multi_field_copies_nothing() {
    check_extension(
        "    - {name: a, type: keyword, multi_fields: [{type: text, parameters: {copy_to: other.b}}]}",
        &[("parameter-not-of-type", "3:73")],
    );
}

#[test]
fn an_extension_without_effect_is_warned_of() {
    let text = log("{base: {fields: {message: {}}}}\nextensions: [ext.yaml]");
    let set = extension("    - {name: a, type: long}");
    check(&[(LOG, &text), ("ext.yaml", &set)], &[("unused-extension", "ext.yaml:1:9")]);
    let user = "- name: user\n  fields: [{name: shoe_size, type: long}]\n";
    let some = log("{user: {fields: {name: {}}}}\nextensions: [ext.yaml]");
    check(&[(LOG, &some), ("ext.yaml", user)], &[("unused-extension", "ext.yaml:1:9")]);
    let reused = set.replace("  fields", "  reusable: {top_level: false, expected: [event]}\n  fields");
    check_says(&[(LOG, &text), ("ext.yaml", &reused)], "help: select `event.x` under `fields`");
}

#[test]
fn type_of_an_engine_is_not_called_unknown() {
    for name in ["dense_vector", "knn_vector", "join", "percolator", "flat_object", "token_count"] {
        check_extension(&format!("    - {{name: a, type: {name}}}"), &[("unsupported-type", "3:23")]);
    }
    check_extension("    - {name: a, type: keyword, multi_fields: [{type: murmur3}]}", &[("unsupported-type", "3:54")]);
}

#[test]
fn form_of_a_date_is_not_its_display() {
    for name in ["date", "date_nanos", "date_range"] {
        let field = format!("    - {{name: a, type: {name}, format: epoch_second}}");
        let place = format!("3:{}", 33 + name.len());
        check_extension(&field, &[("invalid-value", &place)]);
        check_help(&field, "is `parameters: {format: epoch_second}`");
    }
    check_extension("    - {name: a, type: long, format: byts}", &[("invalid-value", "3:37")]);
    check_help("    - {name: a, type: long, format: byts}", "help: did you mean `bytes`?");
    check_extension("    - {name: a, type: date, format: date}", &[]);
    check_extension("    - {name: a, type: date, parameters: {format: epoch_second}}", &[]);
}

#[test]
fn a_pattern_is_read_alike_by_all_readers() {
    let field = |pattern: &str| format!("    - {{name: a, type: keyword, pattern: '{pattern}'}}");
    check_extension(&field("^[^\\s]+$"), &[]);
    check_extension(&field("(?i)^till-[0-9]+$"), &[("invalid-pattern", "3:41")]);
    check_help(&field("(?i)^till-[0-9]+$"), "write the letters of both cases");
    check_extension(&field("(a"), &[("invalid-pattern", "3:41")]);
}

#[test]
fn metadata_names_are_taken_at_the_root_alone() {
    let set = |root: bool, name: &str| format!("name: x\nroot: {root}\nfields: [{{name: {name}, type: keyword}}]");
    for name in ["_id", "_source", "_source.a", "_routing", "_doc_count"] {
        check_files_extension(&set(true, name), &[("invalid-name", "3:17")]);
        check_files_extension(&set(false, name), &[]);
    }
    check_files_extension(&set(true, "_own"), &[]);
}
