//! Lifecycles and indices that an engine would refuse or understand otherwise.

use super::{LOG, check, check_says, log_with};

#[track_caller]
fn check_lifecycle(lifecycle: &str, expected: &[(&str, &str)]) {
    let places: Vec<String> = expected.iter().map(|(_, place)| format!("log.yaml:5:{place}")).collect();
    let expected: Vec<(&str, &str)> =
        expected.iter().zip(&places).map(|((code, _), place)| (*code, place.as_str())).collect();
    check(&[(LOG, &log_with(&format!("lifecycle: {lifecycle}\n")))], &expected);
}

#[test]
fn durations_and_sizes_have_the_engines_units() {
    check_lifecycle("{keep: 7w, rollover: {max_age: 1d}}", &[("invalid-duration", "19")]);
    check_lifecycle("{rollover: {max_age: 1.5d}}", &[("invalid-duration", "33")]);
    check_lifecycle("{rollover: {max_size: 5gigs}}", &[("invalid-size", "34")]);
    check_lifecycle("{rollover: {max_primary_shard_size: 50}}", &[("invalid-size", "48")]);
    check_says(&[(LOG, &log_with("lifecycle: {rollover: {max_age: 7w}}\n"))], "help: write `49d`");
    check_says(&[(LOG, &log_with("lifecycle: {rollover: {max_size: 5gigs}}\n"))], "help: write `5gb`");
}

#[test]
fn an_action_stands_in_a_phase_that_allows_it() {
    check_lifecycle(
        "{rollover: {max_age: 1d}, phases: {cold: {after: 7d, forcemerge: {max_num_segments: 1}}}}",
        &[("action-phase", "65")],
    );
    check_lifecycle(
        "{rollover: {max_age: 1d}, phases: {warm: {after: 7d, forcemrge: {}}}}",
        &[("unknown-action", "65")],
    );
    check_lifecycle(
        "{rollover: {max_age: 1d}, phases: {warn: {after: 7d, readonly: {}}}}",
        &[("unknown-option", "47")],
    );
}

#[test]
fn a_rollover_has_a_condition() {
    check_lifecycle("{rollover: {}}", &[("rollover-condition", "23")]);
    check_lifecycle("{rollover: {max_docs: 0}}", &[("rollover-condition", "34")]);
}

#[test]
fn policy_and_stream_lifecycle_exclude_each_other() {
    let text =
        log_with("lifecycle: {policy: mine, data_stream: true, keep: 90d}\n").replace("alias: log", "data_stream: log");
    let text = text.replace("message: {}", "message: {}, '@timestamp': {}");
    check(&[(LOG, &text)], &[("policy-and-lifecycle", "log.yaml:5:21")]);
}

#[test]
fn a_pattern_matches_the_indices_of_its_alias() {
    let text = log_with("").replace("alias: log", "alias: log, pattern: logs-*");
    check(&[(LOG, &text)], &[("pattern-alias", "log.yaml:3:30")]);
}

#[test]
fn closing_action_needs_a_rollover() {
    for (phase, action) in [
        ("warm", "readonly: {}"),
        ("cold", "readonly: {}"),
        ("warm", "shrink: {number_of_shards: 1}"),
        ("cold", "searchable_snapshot: {snapshot_repository: r}"),
        ("frozen", "searchable_snapshot: {snapshot_repository: r}"),
    ] {
        let lifecycle = format!("{{phases: {{{phase}: {{after: 7d, {action}}}}}}}");
        let place = (36 + phase.len()).to_string();
        check_lifecycle(&lifecycle, &[("lifecycle-conflict", &place)]);
        let rolling = lifecycle.replacen('{', "{rollover: {max_age: 1d}, ", 1);
        check_lifecycle(&rolling, &[]);
    }
    check_lifecycle(
        "{phases: {warm: {after: 7d, shrink: {number_of_shards: 1, allow_write_after_shrink: true}}}}",
        &[("rollover-condition", "12")],
    );
}
