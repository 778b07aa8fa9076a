//! Rules between the phases and actions of a policy, as Elasticsearch has them: what an action needs beside or before it.

use serde_json::Value as Json;

use super::action::PhaseName;
use super::phases::Placed;
use super::quantity::Duration;
use super::resolve::Findings;
use super::{Action, Phase};
use crate::diagnostic::Code;
use crate::input::index::IndexInput;
use crate::input::lifecycle::LifecycleInput;
use crate::source::Span;

/// Actions that Elasticsearch allows in the hot phase only behind a rollover.
const HOT_AFTER_ROLLOVER: &[&str] = &["readonly", "searchable_snapshot", "shrink", "forcemerge"];

/// Actions that an index which is mounted from a snapshot cannot have any more.
const NOT_ON_SNAPSHOT: &[&str] = &["shrink", "forcemerge"];

/// Reports phases whose beginnings do not rise, as Elasticsearch does, and phases that begin after the index is gone.
pub(super) fn check_ages(
    input: &LifecycleInput,
    phases: &[Phase],
    keep: Option<&Duration>,
    findings: &mut Findings<'_>,
) {
    let mut before: Option<(&Phase, &Duration)> = None;
    for phase in phases {
        let Some(after) = &phase.after else { continue };
        let Some(span) = after_span(input, phase.name) else { continue };
        if let Some((earlier, age)) = before.filter(|(_, age)| after < *age) {
            let (name, earlier) = (phase.name.name(), earlier.name.name());
            let message = format!("`{name}` is to begin at {after}, before `{earlier}` at {age}");
            findings
                .warning(Code::LifecycleConflict, span, message)
                .help(format!("it begins with `{earlier}` then; raise this `after`, or lower the other"))
                .done();
        }
        if let Some(keep) = keep.filter(|keep| *keep < after) {
            let message = format!("`{}` is to begin at {after}, when the index has gone at {keep}", phase.name.name());
            findings.error(Code::LifecycleConflict, span, message).help("raise `keep`, or remove the phase").done();
        }
        before = Some((phase, after));
    }
}

fn after_span(input: &LifecycleInput, phase: PhaseName) -> Option<Span> {
    let (_, entries) = input.phases.0.0.iter().find(|(name, _)| name.value == phase.name())?;
    entries.0.iter().find(|(key, _)| key.value == "after").map(|(_, entry)| entry.span)
}

/// Actions behind which an index takes no documents any more.
const CLOSING: &[&str] = &["readonly", "searchable_snapshot", "shrink"];

/// Without a rollover the index that is written to would be closed, and the log ends: the engines refuse each later event
/// with 403.
pub(super) fn check_closing(placed: &[Placed<'_>], rolls_over: bool, findings: &mut Findings<'_>) {
    for phase in placed.iter().filter(|placed| placed.phase.name != PhaseName::Hot && !rolls_over) {
        for name in CLOSING {
            let Some(span) = phase.spans.get(name) else { continue };
            let stays_open =
                phase.phase.action(name).and_then(|action| action.parameters.get("allow_write_after_shrink"));
            if stays_open != Some(&Json::Bool(true)) {
                let message = format!("`{name}` without a rollover closes the index that is written to");
                findings
                    .error(Code::LifecycleConflict, *span, message)
                    .help("add `lifecycle.rollover`, so that another index takes the events, or remove the action")
                    .done();
            }
        }
    }
}

pub(super) fn check_hot(placed: &[Placed<'_>], rolls_over: bool, findings: &mut Findings<'_>) {
    for hot in placed.iter().filter(|placed| placed.phase.name == PhaseName::Hot && !rolls_over) {
        for name in HOT_AFTER_ROLLOVER {
            if let Some(span) = hot.spans.get(name) {
                findings
                    .error(Code::LifecycleConflict, *span, format!("`{name}` in `hot` needs a rollover before it"))
                    .help("add `lifecycle.rollover`, or move the action to `warm`")
                    .done();
            }
        }
    }
}

pub(super) fn check_snapshots(placed: &[Placed<'_>], findings: &mut Findings<'_>) {
    let mut first: Option<(&Placed<'_>, Option<&Json>)> = None;
    for phase in placed {
        if let Some((mounted, _)) = &first {
            for name in NOT_ON_SNAPSHOT {
                if let Some(span) = phase.spans.get(name) {
                    let earlier = mounted.phase.name.name();
                    let message = format!("`{name}` comes after the `searchable_snapshot` of the phase `{earlier}`");
                    findings
                        .error(Code::LifecycleConflict, *span, message)
                        .help(format!("move it to `{earlier}` or before, or remove it"))
                        .done();
                }
            }
        }
        let Some(snapshot) = phase.phase.action("searchable_snapshot") else { continue };
        let repository = snapshot.parameters.get("snapshot_repository");
        match first {
            None => first = Some((phase, repository)),
            Some((_, other)) if other != repository => {
                findings
                    .error(Code::LifecycleConflict, phase.spans["searchable_snapshot"], "a second snapshot repository")
                    .help("name the same `snapshot_repository` in every phase")
                    .done();
            }
            Some(_) => {}
        }
    }
}

pub(super) fn check_frozen(placed: &[Placed<'_>], input: &LifecycleInput, findings: &mut Findings<'_>) {
    let frozen = placed.iter().find(|placed| placed.phase.name == PhaseName::Frozen);
    let span = input.phases.0.0.iter().find(|(name, _)| name.value == "frozen").map(|(name, _)| name.span);
    if let (Some(frozen), Some(span)) = (frozen, span)
        && frozen.phase.action("searchable_snapshot").is_none()
    {
        findings
            .error(Code::LifecycleConflict, span, "the phase `frozen` has no `searchable_snapshot`")
            .help("add `searchable_snapshot: {snapshot_repository: …}`, or remove the phase")
            .done();
    }
}

pub(super) fn check_allocation(phase: &Placed<'_>, findings: &mut Findings<'_>) {
    let Some(allocate) = phase.phase.action("allocate") else { return };
    let span = phase.spans["allocate"];
    if allocate.parameters.is_empty() {
        findings
            .error(Code::MissingOption, span, "`allocate` says neither where nor how many")
            .help("add `number_of_replicas`, `include`, `exclude` or `require`")
            .done();
    }
    let has_rules = ["include", "exclude", "require"].iter().any(|rule| allocate.parameters.contains_key(rule));
    let migrates = |action: &Action| action.parameters.get("enabled") != Some(&Json::Bool(false));
    if has_rules && phase.phase.action("migrate").is_some_and(migrates) {
        findings
            .error(Code::LifecycleConflict, span, "`allocate` by attributes and `migrate` to a tier stand together")
            .help("keep one, or write `migrate: {enabled: false}`")
            .done();
    }
}

pub(super) fn check_shrink(phase: &Placed<'_>, index: &IndexInput, findings: &mut Findings<'_>) {
    let Some(shrink) = phase.phase.action("shrink") else { return };
    let span = phase.spans["shrink"];
    let number = shrink.parameters.get("number_of_shards").and_then(Json::as_u64);
    match (number, shrink.parameters.contains_key("max_primary_shard_size")) {
        (Some(_), false) | (None, true) => {}
        _ => findings
            .error(
                Code::LifecycleConflict,
                span,
                "`shrink` needs one of `number_of_shards` and `max_primary_shard_size`",
            )
            .help("keep exactly one")
            .done(),
    }
    let shards = index.shards.as_ref().map_or(1, |shards| u64::from(shards.value));
    if let Some(number) = number.filter(|number| *number > 0 && !shards.is_multiple_of(*number)) {
        findings
            .error(Code::LifecycleConflict, span, format!("{shards} shards cannot shrink to {number}"))
            .help("write a number that divides `index.shards`")
            .done();
    }
}
