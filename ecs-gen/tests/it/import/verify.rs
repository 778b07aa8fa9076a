//! Comparing a committed file with a published package.

use ecs_gen::diagnostic::Diagnostics;
use ecs_gen::ecs::{verify, write_release};
use ecs_gen::source::Sources;

use super::{assert_reports, folder, import_module, module, package};

const FIELDS: &str = "
    'agent.id': { flat_name: 'agent.id', type: 'keyword', level: 'core', ignore_above: 1024 },
    'event.kind': { flat_name: 'event.kind', type: 'wildcard', level: 'core', allowed_values: [{name: 'a'}] },";

/// The differences between the package and its own facts after `change`, as they are printed.
fn differences(change: impl FnOnce(String) -> String) -> String {
    let module = module(FIELDS);
    let folder = folder(&[("ecs.tgz", &package(&module))]);
    let facts = change(write_release(&import_module(&module).unwrap().release));
    let mut sources = Sources::default();
    let committed = sources.add("ecs/1.2.3.yaml", facts);
    let mut diagnostics = Diagnostics::default();
    let found = verify(&mut sources, &folder.path().join("ecs.tgz"), committed, &mut diagnostics);
    match found {
        Some(found) => found.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"),
        None => diagnostics.render(&sources),
    }
}

#[test]
fn equal_facts_have_no_difference() {
    assert_eq!(differences(|facts| facts), "");
}

#[test]
fn every_kind_of_difference_is_shown() {
    let cases = [
        (
            "  fields:\n  - {name: id, type: keyword, level: core, ignore_above: 1024}\n",
            "",
            "+ agent.id: {type: keyword, level: core, ignore_above: 1024}",
        ),
        (
            "- name: event\n",
            "- name: apple\n  fields:\n  - {name: pie, type: ip}\n- name: event\n",
            "- apple.pie: {type: ip}",
        ),
        (
            "type: keyword, level: core, ignore_above: 1024",
            "type: long",
            "- agent.id: {type: long}\n+ agent.id: {type: keyword, level: core, ignore_above: 1024}",
        ),
        (
            "[{name: a}]",
            "[{name: a}, {name: b}]",
            "- event.kind: {type: wildcard, level: core, allowed_values: [{name: a}, {name: b}]}\n\
             + event.kind: {type: wildcard, level: core, allowed_values: [{name: a}]}",
        ),
        ("fieldsets:\n", "fieldsets:\n\n", "! the file is not as `ecs-gen import` writes it"),
    ];
    for (from, to, expected) in cases {
        assert_eq!(differences(|facts| facts.replace(from, to)), expected);
    }
}

#[test]
fn a_file_that_cannot_be_read_is_reported() {
    assert_reports(&differences(|_| "[]".to_owned()), "error[wrong-form]: expected a mapping, found a list");
}
