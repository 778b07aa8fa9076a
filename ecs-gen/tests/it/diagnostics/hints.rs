//! What people write who know the engines, ECS or its policies: one finding for each cause, which says what to write here.

use std::collections::{BTreeMap, BTreeSet};

use ecs_gen::input::GRAMMARS;
use ecs_gen::input::hints::{HINTS, PHASE};
use serde_json::Value as Json;

use super::{LOG, check_says, extended_log, extension, findings, folder, log, log_with};

/// Files in which `key` is written at `place`, with everything else right.
fn files_with(place: &str, key: &str) -> [(&'static str, String); 2] {
    let stream = "lifecycle: {rollover: {max_age: 30d}, keep: 90d";
    let log = match place {
        "LogInput" => log_with(&format!("{key}: x\n")),
        "IndexInput" => log_with("").replace("alias: log", &format!("alias: log, {key}: x")),
        "PipelineInput" => log_with("")
            .replace("alias: log", &format!("alias: log, default_pipeline: {{name: p, file: ext.yaml, {key}: x}}")),
        "OpenSearchInput" => log_with(&format!("opensearch: {{{key}: x}}\n")),
        "LifecycleInput" => log_with(&format!("{stream}, {key}: x}}\n")),
        "RolloverInput" => log_with(&format!("lifecycle: {{rollover: {{{key}: x}}, keep: 90d}}\n")),
        "Phases" => log_with(&format!("{stream}, phases: {{{key}: x}}}}\n")),
        PHASE => log_with(&format!("{stream}, phases: {{warm: {{{key}: {{}}}}}}}}\n")),
        "Selection" => log(&format!("{{base: {{fields: {{message: {{{key}: x}}}}}}}}")),
        _ => extended_log(),
    };
    let extension = match place {
        "FieldsetInput" => format!("- name: x\n  {key}: x\n  fields: [{{name: a, type: long}}]\n"),
        "ReusableInput" => format!("- name: x\n  reusable: {{{key}: x}}\n  fields: [{{name: a, type: long}}]\n"),
        "ExpectedAs" => {
            format!(
                "- name: x\n  reusable: {{expected: [{{at: user, {key}: x}}]}}\n  fields: [{{name: a, type: long}}]\n"
            )
        }
        "MultiFieldInput" => {
            extension(&format!("    - {{name: a, type: keyword, multi_fields: [{{type: text, {key}: x}}]}}"))
        }
        "AllowedValueInput" => {
            extension(&format!("    - {{name: a, type: keyword, allowed_values: [{{name: b, {key}: x}}]}}"))
        }
        "FieldInput" => extension(&format!("    - {{name: a, type: keyword, {key}: x}}")),
        _ => "{}\n".to_owned(),
    };
    [(LOG, log), ("ext.yaml", extension)]
}

#[test]
fn every_hint_is_given_alone_at_its_place() {
    for hint in HINTS {
        for key in hint.keys {
            let files = files_with(hint.place, key);
            let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (*name, text.as_str())).collect();
            let (found, text) = findings(folder(&files).path(), &[LOG]);
            assert_eq!(found.len(), 1, "`{key}` in {}:\n{text}", hint.place);
            assert!(text.contains(hint.help), "`{key}` in {}: no `{}` in\n{text}", hint.place, hint.help);
        }
    }
}

#[test]
fn hint_is_about_a_type_and_no_option_of_it() {
    let mut options: BTreeMap<String, BTreeSet<String>> = BTreeMap::from([(PHASE.to_owned(), BTreeSet::new())]);
    for (_, schema) in GRAMMARS {
        let schema = schema();
        let named = schema["$defs"].as_object().into_iter().flatten();
        let named =
            named.chain(schema["title"].as_str().map(|title| (&*Box::leak(Box::new(title.to_owned())), &schema)));
        for (name, schema) in named {
            let properties = schema["properties"].as_object().into_iter().flatten();
            options.entry(name.clone()).or_default().extend(properties.map(|(name, _): (&String, &Json)| name.clone()));
        }
    }
    for hint in HINTS {
        let known = options.get(hint.place).unwrap_or_else(|| panic!("no input type is called {}", hint.place));
        for key in hint.keys {
            assert!(!known.contains(*key), "`{key}` is an option of {}", hint.place);
        }
    }
}

#[test]
fn mapping_parameters_belong_under_parameters() {
    for field in ["{name: a, type: keyword, normalizer: lowercase}", "{name: a, type: date, null_value: 0}"] {
        let files = [(LOG, extended_log()), ("ext.yaml", extension(&format!("    - {field}")))];
        let files = files.each_ref().map(|(name, text)| (*name, text.as_str()));
        check_says(&files, "is a mapping parameter: write `parameters: {");
    }
}

#[test]
fn wrong_form_is_shown_in_the_right_one() {
    let cases = [
        (log_with("required: message\n"), "write `[message]`"),
        (log_with("samples: a.json\n"), "write `[a.json]`"),
        (log_with("title: [a]\n"), "write `a`"),
        (log_with("version: \"2\"\n"), "write it without quotes: `2`"),
        (log_with("lifecycle: 90d\n"), "write `{rollover: {max_age: 30d}, keep: 90d}`"),
        (log_with("lifecycle: {rollover: 30d}\n"), "write `{max_age: 30d}`"),
        (log_with("").replace("{alias: log}", "log"), "write `{alias: log}`"),
        (log_with("").replace("alias: log", "alias: log, shards: \"2\""), "write it without quotes: `2`"),
        (log_with("").replace("alias: log", "alias: log, hidden: yes"), "write `true`"),
        (log("{base: '*'}"), "write `{fields: '*'}`"),
        (log("{base: [message, tags]}"), "write `{fields: {message: {}, tags: {}}}`"),
        (log("{base: {fields: [message]}}"), "write `{message: {}}`"),
        (log("{base: {message: {}}}"), "name fields under `fields`: `{fields: {message: {}}}`"),
        (log("{x: {fields: '*'}}\nextensions: ext.yaml"), "write `[ext.yaml]`"),
    ];
    for (text, help) in cases {
        check_alone(&[(LOG, &text)], help);
    }
    let cases = [
        ("{name: a, type: keyword, allowed_values: [open]}", "write `{name: open}`"),
        ("{name: a, type: keyword, allowed_values: open}", "write `[{name: open}]`"),
        ("{name: a, type: keyword, expected_values: open}", "write `[open]`"),
        ("{name: a, type: keyword, multi_fields: text}", "write `[{type: text}]`"),
        ("{name: a, type: keyword, multi_fields: [text]}", "write `{type: text}`"),
        ("{name: a, type: keyword, multi_fields: {type: text}}", "write a list, each of whose items begins with `-`"),
        ("{name: a, type: keyword, index: 'no'}", "write `false`"),
        ("a", "write `{name: a, type: keyword}`"),
    ];
    for (field, help) in cases {
        let (log, extension) = (extended_log(), extension(&format!("    - {field}")));
        check_alone(&[(LOG, &log), ("ext.yaml", &extension)], help);
    }
}

#[test]
fn follow_up_errors_are_left_out() {
    let cases = [
        log_with("").replace("alias: log", "allias: log"),
        log_with("").replace("name: log", "nme: log"),
        log_with("lifecycle: {rollover: {min_index_age: 3d}, keep: 90d}\n"),
        log_with("lifecycle: {rolover: {max_age: 3d}, keep: 90d}\n"),
        log_with("lifecycle: {rollover: {max_age: 3d}, phases: {delete: {min_age: 90d}}}\n"),
        log("{base: {fields: {message: {}}}, user: [name]}\nrequired: [user.name]"),
        log("{x: {fields: '*'}}\nextensions: ext.yaml\nrequired: [x.a]"),
        log("{x: {fields: '*'}}\nextensions: [none.yaml]\nrequired: [x.a]"),
    ];
    for text in cases {
        check_alone(&[(LOG, &text)], "");
    }
    let required = format!("{}required: [x.a, x.b]\n", extended_log());
    for field in ["{name: a, tpe: keyword}", "{name: a, type: keywrod}", "{name: a, type: alias, path: x.a.b.c d}"] {
        let extension = extension(&format!("    - {field}\n    - {{name: b, type: long}}"));
        check_alone(&[(LOG, &required), ("ext.yaml", &extension)], "");
    }
}

#[track_caller]
fn check_alone(files: &[(&str, &str)], help: &str) {
    let (found, text) = findings(folder(files).path(), &[LOG]);
    assert_eq!(found.len(), 1, "{files:?}\n{text}");
    assert!(text.contains(help), "no `{help}` in\n{text}");
}
