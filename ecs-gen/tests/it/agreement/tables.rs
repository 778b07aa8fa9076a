//! That the committed Rust has the rules that `rules.json` says, and that the log of every type has every type.

use ecs_gen::field_type::TYPES;
use ecs_schema::generated::{infra_events::InfraEvents, kibana_event_log::KibanaEventLog};
use ecs_schema::{Log as _, LogRules};

use super::generated::every_type::EveryType;
use super::{EVERY_TYPE, INFRA, KIBANA, emit, load, rules_of, workspace};

#[track_caller]
fn check(path: &str, committed: &LogRules) {
    let model = load(path);
    assert_eq!(
        shown(committed),
        shown(rules_of(&model)),
        "run `cargo xtask regenerate`, or fix the emitter that is wrong, Rust or rules"
    );
}

/// Everything that the rules say; whether a pattern has been compiled is not among it.
fn shown(rules: &LogRules) -> String {
    let shown = format!("{rules:#?}");
    let mut lines = String::new();
    let mut skipped = None;
    for line in shown.lines() {
        let depth = line.len() - line.trim_start().len();
        match skipped {
            Some(start) if depth > start => continue,
            Some(start) if depth == start && !line.trim_start().starts_with("compiled") => {
                skipped = None;
                continue;
            }
            _ => {}
        }
        if line.trim_start().starts_with("compiled: OnceLock(") {
            skipped = (!line.trim_end().ends_with("),")).then_some(depth);
            continue;
        }
        lines.push_str(line);
        lines.push('\n');
    }
    lines
}

#[test]
fn kibana_rules_are_equal_compiled_and_loaded() {
    check(KIBANA, KibanaEventLog::RULES);
}

#[test]
fn infra_rules_are_equal_compiled_and_loaded() {
    check(INFRA, InfraEvents::RULES);
}

#[test]
fn committed_rust_of_every_type_is_fresh() {
    let model = load(EVERY_TYPE);
    let files = emit(&model, "rust");
    let (_, fresh) = files.iter().find(|(path, _)| path.ends_with("every_type.rs")).unwrap();
    let folder = workspace().join("ecs-gen/tests/it/agreement");
    let committed = std::fs::read(folder.join("generated/every_type.rs")).unwrap();
    assert!(fresh == committed, "run `cargo xtask regenerate`");
    check(EVERY_TYPE, EveryType::RULES);
}

#[test]
fn the_log_of_every_type_has_every_type() {
    let model = load(EVERY_TYPE);
    for spec in TYPES {
        let fields = || model.fields.iter().filter(|field| field.field_type == spec.field_type);
        assert!(fields().next().is_some(), "there is no {}", spec.name);
    }
}
