//! Selections that select what is not there, or not as it is.

use super::{LOG, check, check_says, extension, log};

#[test]
fn unknown_field_set_is_reported_with_the_nearest() {
    check(&[(LOG, &log("{evnt: {fields: '*'}}"))], &[("unknown-fieldset", "log.yaml:4:10")]);
    check_says(&[(LOG, &log("{evnt: {fields: '*'}}"))], "help: did you mean `event`?");
    check_says(&[(LOG, &log("{tracin: {fields: '*'}}"))], "help: did you mean `tracing`?");
    check(&[(LOG, &log("{'': {fields: '*'}}"))], &[("unknown-fieldset", "log.yaml:4:10")]);
}

#[test]
fn field_for_a_field_set_is_told_where_it_belongs() {
    check(&[(LOG, &log("{message: {}}"))], &[("unknown-fieldset", "log.yaml:4:10")]);
    check_says(&[(LOG, &log("{message: {}}"))], "help: select it as `base: {fields: {\"message\": {}}}`");
    let root = extension("    - {name: marker, type: long}").replace("- name: x", "- name: x\n  root: true");
    let text = log("{marker: {}, x: {fields: {marker: {}}}}\nextensions: [ext.yaml]");
    check(&[(LOG, &text), ("ext.yaml", &root)], &[("unknown-fieldset", "log.yaml:4:10")]);
    check_says(&[(LOG, &text), ("ext.yaml", &root)], "help: select it as `x: {fields: {\"marker\": {}}}`");
}

#[test]
fn unknown_field_is_reported_with_its_path() {
    let cases = [
        ("{event: {fields: {acton: {}}}}", "4:27", "unknown field `event.acton`", "did you mean `action`?"),
        ("{base: {fields: {mesage: {}}}}", "4:26", "unknown field `mesage`", "did you mean `message`?"),
    ];
    for (fields, place, message, help) in cases {
        check(&[(LOG, &log(fields))], &[("unknown-field", &format!("log.yaml:{place}"))]);
        check_says(&[(LOG, &log(fields))], message);
        check_says(&[(LOG, &log(fields))], &format!("help: {help}\n"));
    }
}

#[test]
fn an_object_needs_to_say_which_of_its_fields() {
    for fields in ["{event: {}}", "{event: }", "{event: {index: true}}"] {
        check(&[(LOG, &log(fields))], &[("selection-needs-fields", "log.yaml:4:10")]);
    }
    check(&[(LOG, &log("{http: {fields: {request: {}}}}"))], &[("selection-needs-fields", "log.yaml:4:26")]);
}

#[test]
fn a_leaf_has_no_fields_to_select() {
    for selected in ["'*'", "{x: {}}"] {
        let text = log(&format!("{{event: {{fields: {{action: {{fields: {selected}}}}}}}}}"));
        check(&[(LOG, &text)], &[("selection-on-leaf", "log.yaml:4:27")]);
        check_says(&[(LOG, &text)], "help: drop `fields`: `action: {}` selects the field itself");
    }
}

#[test]
fn index_false_is_refused_without_the_parameter() {
    let cases = [
        ("{file: {fields: {path: {multi: 1}}}}", vec![("unknown-option", "4:33")]),
        ("{error: {fields: {stack_trace: {index: false}}}}", vec![("parameter-not-of-type", "4:48")]),
        ("{base: {fields: {message: {index: false}}}}", vec![("parameter-not-of-type", "4:43")]),
        ("{event: {index: false, fields: {action: {}}}}", vec![("parameter-not-of-type", "4:25")]),
    ];
    for (fields, expected) in cases {
        let places: Vec<String> = expected.iter().map(|(_, place)| format!("log.yaml:{place}")).collect();
        let expected: Vec<(&str, &str)> =
            expected.iter().zip(&places).map(|((code, _), place)| (*code, place.as_str())).collect();
        check(&[(LOG, &log(fields))], &expected);
    }
    check_says(
        &[(LOG, &log("{event: {index: false, fields: {action: {}}}}"))],
        "help: use `enabled: false`: the object is kept as it is, and nothing in it is indexed",
    );
}

#[test]
fn enabled_false_is_refused_on_what_is_no_object() {
    let text = log("{event: {fields: {action: {enabled: false}}}}");
    check(&[(LOG, &text)], &[("parameter-not-of-type", "log.yaml:4:45")]);
    check_says(&[(LOG, &text)], "help: use `index: false` to keep a value without indexing it");
}

#[test]
fn a_required_field_must_be_selected() {
    let text = |required: &str| {
        log(&format!("{{event: {{fields: {{action: {{}}, kind: {{docs_only: true}}}}}}}}\nrequired: [{required}]"))
    };
    check(&[(LOG, &text("event.action, event.acton"))], &[("required-not-selected", "log.yaml:5:26")]);
    check_says(&[(LOG, &text("event.acton"))], "help: did you mean `event.action`?");
    check_says(&[(LOG, &text("user.name"))], "help: select it under `fields`, or drop it from `required`");
    check_says(&[(LOG, &text("event.kind"))], "help: drop `docs_only` where it is selected");
    check(&[(LOG, &text("event/action"))], &[("invalid-name", "log.yaml:5:12")]);
    check(&[(LOG, &text("event.action, event.action"))], &[("duplicate-value", "log.yaml:5:26")]);
}

#[test]
fn open_objects_name_selected_open_objects() {
    let text = |path: &str| {
        log(&format!("{{base: {{fields: {{labels: {{}}, message: {{}}}}}}}}\nopen_objects: {{{path}: stored}}"))
    };
    check(&[(LOG, &text("labels"))], &[]);
    check(&[(LOG, &text("message"))], &[("unknown-field", "log.yaml:5:16")]);
    check_says(&[(LOG, &text("message"))], "help: the open objects of this log are labels");
    check_says(&[(LOG, &text("label"))], "help: did you mean `labels`?");
    let none = log("{base: {fields: {message: {}}}}\nopen_objects: {labels: stored}");
    check_says(&[(LOG, &none)], "help: this log selects no object with open keys: drop the entry");
}

#[test]
fn more_fields_than_the_budget_are_refused() {
    check(&[(LOG, &log("'*'"))], &[("field-budget", "log.yaml:1:7")]);
    let text = log("{base: {fields: {message: {}, tags: {}}}}\nfield_budget: 1");
    check(&[(LOG, &text)], &[("field-budget", "log.yaml:5:15")]);
    check_says(&[(LOG, &text)], "the mapping has 2 fields, objects and multi-fields; the budget is 1");
    check(&[(LOG, &text.replace("budget: 1", "budget: 2"))], &[]);
}
