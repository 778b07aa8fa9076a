//! Field sets of ECS in whose place a log has its own, as one whose installed mapping contradicts ECS.

use std::path::Path;

use ecs_gen::field_type::FieldType;
use ecs_gen::model::Origin;

use crate::diagnostics::{LOG, check, extended_log, extension, loader, log};
use crate::selection::{find, model_of, paths};

/// A log that has its own sets of these names, each declared with a keyword `mine`, and selects all of them.
fn own(sets: &[&str]) -> [(&'static str, String); 2] {
    let selected: Vec<String> = sets.iter().map(|set| format!("{set}: {{fields: '*'}}")).collect();
    let names = sets.join(", ");
    let text = format!("{{{}}}\nown_fieldsets: [{names}]\nextensions: [ext.yaml]", selected.join(", "));
    let declare = |set: &&str| format!("- {{name: {set}, fields: [{{name: mine, type: keyword}}]}}\n");
    [(LOG, log(&text)), ("ext.yaml", sets.iter().map(declare).collect())]
}

#[track_caller]
fn check_own(sets: &[&str]) {
    let files = own(sets);
    let model = model_of(&files.each_ref().map(|(name, text)| (*name, text.as_str())));
    let is_root = |set: &str| matches!(set, "base" | "tracing");
    let mut expected: Vec<String> = Vec::new();
    for set in sets {
        if is_root(set) {
            expected.push("mine".to_owned());
        } else {
            expected.extend([(*set).to_owned(), format!("{set}.mine")]);
        }
    }
    expected.sort();
    expected.dedup();
    assert_eq!(paths(&model), expected, "{sets:?}");
    let is_of_ecs = |field: &&ecs_gen::model::Field| matches!(field.origin, Origin::Ecs { .. });
    assert_eq!(model.fields.iter().find(is_of_ecs).map(|field| field.path.as_str()), None, "{sets:?}");
}

#[test]
fn every_set_of_ecs_can_be_replaced() {
    let mut loader = loader();
    let declared = ecs_gen::source::Spanned::new(loader.sources.add("none.yaml", "").start(), "9.4.0".to_owned());
    let release = loader.load_release(None, &declared, Path::new("")).unwrap();
    let sets: Vec<&str> = release.inputs.iter().map(|set| set.name.value.as_str()).collect();
    assert!(sets.len() > 40, "{sets:?}");
    for set in &sets {
        check_own(&[set]);
    }
    let objects: Vec<&str> = sets.into_iter().filter(|set| *set != "tracing").collect();
    check_own(&objects);
}

#[test]
fn own_set_may_contradict_ecs_in_every_way() {
    let fields = "
- name: process
  fields:
    - {name: pid, type: keyword}
    - {name: parent, type: keyword}
    - {name: hash.md5, type: long}
    - {name: user, reuse: user}
";
    let text =
        log("{process: {fields: '*'}, user: {fields: {name: {}}}}\nown_fieldsets: [process]\nextensions: [ext.yaml]");
    let model = model_of(&[(LOG, &text), ("ext.yaml", fields)]);
    let types = [("process.pid", FieldType::Keyword), ("process.parent", FieldType::Keyword)];
    for (path, expected) in types.into_iter().chain([("process.hash.md5", FieldType::Long)]) {
        assert_eq!(find(&model, path).field_type, expected, "{path}");
    }
    assert_eq!(find(&model, "process.user.name").field_type, FieldType::Keyword, "a reuse of the log's own counts");
    assert!(!paths(&model).contains(&"process.executable"));
    assert!(matches!(find(&model, "user.name").origin, Origin::Ecs { .. }));
}

#[test]
fn own_fields_are_required_only_by_the_log() {
    let fields = "- {name: base, fields: [{name: '@timestamp', type: date}, {name: message, type: keyword}]}\n";
    let text =
        |rest: &str| log(&format!("{{base: {{fields: '*'}}}}\nown_fieldsets: [base]\nextensions: [ext.yaml]\n{rest}"));
    let model = model_of(&[(LOG, &text("")), ("ext.yaml", fields)]);
    assert!(!find(&model, "@timestamp").required);
    let model = model_of(&[(LOG, &text("required: ['@timestamp']")), ("ext.yaml", fields)]);
    assert!(find(&model, "@timestamp").required && !find(&model, "message").required);
}

#[test]
fn own_set_must_be_one_of_ecs_and_be_declared() {
    let ext = extension("    - {name: a, type: keyword}");
    let check_names = |names: &str, expected: &[(&str, &str)]| {
        check(&[(LOG, &format!("{}own_fieldsets: {names}\n", extended_log())), ("ext.yaml", &ext)], expected);
    };
    check_names("[]", &[]);
    check_names("[x]", &[("unknown-fieldset", "log.yaml:6:17")]);
    check_names("[proces]", &[("unknown-fieldset", "log.yaml:6:17")]);
    check_names("[process]", &[("unknown-fieldset", "log.yaml:6:17")]);
    check_names("[process, process]", &[("unknown-fieldset", "log.yaml:6:17"), ("duplicate-value", "log.yaml:6:26")]);
    check_names("process", &[("wrong-form", "log.yaml:6:16")]);
}
