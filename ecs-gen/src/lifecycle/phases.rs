//! The phases of a policy: which action may stand where, with what, and in what company.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::action::{ACTIONS, ActionForm, ActionParameter, ActionSpec, PhaseName};
use super::quantity::Duration;
use super::resolve::Findings;
use super::{Action, Phase};
use crate::diagnostic::{Code, Diagnostics};
use crate::input::Entries;
use crate::input::index::IndexInput;
use crate::input::lifecycle::{LifecycleInput, PhaseEntry};
use crate::source::{Span, Spanned};

/// Actions that Elasticsearch allows in the hot phase only behind a rollover.
const HOT_AFTER_ROLLOVER: &[&str] = &["readonly", "downsample", "searchable_snapshot", "shrink", "forcemerge"];

/// Actions that an index which is mounted from a snapshot cannot have any more.
const NOT_ON_SNAPSHOT: &[&str] = &["downsample", "shrink", "forcemerge"];

type PhaseInput = Entries<Spanned<PhaseEntry>>;

/// A phase with the places of its parts, for the rules that compare them.
struct Placed<'i> {
    phase: Phase,
    /// Places of the actions' names, in written order.
    spans: BTreeMap<&'i str, Span>,
}

pub(super) fn resolve_phases(
    input: &LifecycleInput,
    index: &IndexInput,
    rolls_over: bool,
    findings: &mut Findings<'_>,
) -> Vec<Phase> {
    let mut placed: Vec<Placed<'_>> = Vec::new();
    for (name, phase) in &input.phases.0.0 {
        // Other names were reported when the file was read.
        if let Some(phase_name) = PhaseName::from_name(name) {
            placed.push(resolve_phase(phase_name, name.span, phase, input, findings));
        }
    }
    placed.sort_by_key(|placed| placed.phase.name);
    check_hot(&placed, rolls_over, findings);
    check_snapshots(&placed, findings);
    check_frozen(&placed, input, findings);
    check_downsampling(&placed, findings);
    for phase in &placed {
        check_allocation(phase, findings);
        check_shrink(phase, index, findings);
    }
    placed.into_iter().map(|placed| placed.phase).collect()
}

fn resolve_phase<'i>(
    name: PhaseName,
    span: Span,
    entries: &'i PhaseInput,
    input: &LifecycleInput,
    findings: &mut Findings<'_>,
) -> Placed<'i> {
    let mut placed = Placed { phase: Phase { name, after: None, actions: Vec::new() }, spans: BTreeMap::new() };
    for (key, entry) in &entries.0 {
        if key.value == "after" {
            placed.phase.after = resolve_after(name, entry, findings);
        } else if let Some(action) = resolve_action(name, key, entry, findings) {
            placed.spans.insert(&key.value, key.span);
            placed.phase.actions.push(action);
        }
    }
    if name == PhaseName::Delete && input.keep.is_none() {
        findings
            .error(Code::LifecycleConflict, span, "there is a `delete` phase and nothing says when it begins")
            .help("add `keep` to `lifecycle`, or remove the phase")
            .done();
    }
    let order = |action: &Action| ACTIONS.iter().position(|spec| spec.name == action.spec.name);
    placed.phase.actions.sort_by_key(order);
    placed
}

fn resolve_after(phase: PhaseName, entry: &Spanned<PhaseEntry>, findings: &mut Findings<'_>) -> Option<Duration> {
    let PhaseEntry::Text(text) = &entry.value else {
        findings.error(Code::WrongForm, entry.span, "expected an age after `after`").help("write such as `7d`").done();
        return None;
    };
    let help = match phase {
        PhaseName::Hot => "remove `after`: the hot phase begins at once",
        PhaseName::Delete => "remove `after`: the age at which an index goes is `lifecycle.keep`",
        _ => return findings.duration(&Spanned::new(entry.span, text.clone()), "after"),
    };
    let message = format!("the phase `{}` has no `after`", phase.name());
    findings.error(Code::LifecycleConflict, entry.span, message).help(help).done();
    None
}

fn resolve_action(
    phase: PhaseName,
    key: &Spanned<String>,
    entry: &Spanned<PhaseEntry>,
    findings: &mut Findings<'_>,
) -> Option<Action> {
    let Some(spec) = ActionSpec::from_name(key) else {
        report_unknown(phase, key, findings);
        return None;
    };
    if spec.name == "rollover" {
        findings
            .error(Code::LifecycleConflict, key.span, "the conditions of the rollover do not stand in a phase")
            .help("move them to `lifecycle.rollover`")
            .done();
        return None;
    }
    if !spec.phases.contains(&phase) {
        let phases: Vec<_> = spec.phases.iter().map(|phase| format!("`{}`", phase.name())).collect();
        let message = format!("the action `{}` is not allowed in the phase `{}`", spec.name, phase.name());
        findings.error(Code::ActionPhase, key.span, message).help(format!("move it to {}", phases.join(" or "))).done();
        return None;
    }
    let parameters = match &entry.value {
        PhaseEntry::Parameters(parameters) => resolve_parameters(spec, parameters, findings),
        PhaseEntry::Nothing => {
            for parameter in spec.parameters.iter().filter(|parameter| parameter.required) {
                let message = format!("the option `{}` is missing", parameter.name);
                findings.error(Code::MissingOption, key.span, message).help("add it").done();
            }
            BTreeMap::new()
        }
        PhaseEntry::Text(_) => {
            let message = format!("expected the parameters of `{}`", spec.name);
            findings.error(Code::WrongForm, entry.span, message).help("write a mapping, such as `{}`").done();
            return None;
        }
    };
    Some(Action { spec, parameters })
}

fn report_unknown(phase: PhaseName, key: &Spanned<String>, findings: &mut Findings<'_>) {
    let here = ACTIONS.iter().filter(|action| action.phases.contains(&phase)).map(|action| action.name);
    let here: Vec<&str> = here.filter(|name| *name != "rollover").collect();
    let near = Diagnostics::did_you_mean(key, ACTIONS.iter().map(|action| action.name));
    let help = near.unwrap_or_else(|| format!("the actions of this phase are {}", here.join(", ")));
    findings.error(Code::UnknownAction, key.span, format!("unknown action `{}`", key.value)).help(help).done();
}

fn resolve_parameters(
    spec: &'static ActionSpec,
    entries: &Entries<Spanned<Json>>,
    findings: &mut Findings<'_>,
) -> BTreeMap<&'static str, Json> {
    let mut parameters = BTreeMap::new();
    for (name, value) in &entries.0 {
        // Other names and wrong forms were reported when the file was read.
        if let Some(parameter) = spec.parameter(name) {
            parameters.insert(parameter.name, resolve_parameter(parameter, value, findings));
        }
    }
    parameters
}

/// The value in the engine's form; as it was written where something was reported.
fn resolve_parameter(parameter: &ActionParameter, value: &Spanned<Json>, findings: &mut Findings<'_>) -> Json {
    let text = Spanned::new(value.span, text_of(&value.value));
    let resolved = match parameter.form {
        ActionForm::Flag | ActionForm::Count | ActionForm::Positive => None,
        ActionForm::Text => Some(text.value.into()),
        ActionForm::Duration => findings.duration(&text, parameter.name).map(|duration| duration.to_string().into()),
        ActionForm::Size => findings.size(&text, parameter.name).map(|size| size.to_string().into()),
        ActionForm::Attributes => value.value.as_object().map(|attributes| {
            attributes.iter().map(|(name, value)| (name.clone(), Json::from(text_of(value)))).collect()
        }),
    };
    resolved.unwrap_or_else(|| value.value.clone())
}

fn text_of(value: &Json) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

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

fn check_hot(placed: &[Placed<'_>], rolls_over: bool, findings: &mut Findings<'_>) {
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

fn check_snapshots(placed: &[Placed<'_>], findings: &mut Findings<'_>) {
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

fn check_frozen(placed: &[Placed<'_>], input: &LifecycleInput, findings: &mut Findings<'_>) {
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

/// Each downsampling must be coarser than the one before, by a whole factor.
fn check_downsampling(placed: &[Placed<'_>], findings: &mut Findings<'_>) {
    let mut before: Option<Duration> = None;
    for phase in placed {
        let Some(action) = phase.phase.action("downsample") else { continue };
        let interval = action.parameters.get("fixed_interval").and_then(Json::as_str);
        let Some(interval) = interval.and_then(|text| Duration::parse(text).ok()) else { continue };
        if let Some(finer) = before.filter(|finer| interval <= *finer || !finer.divides(&interval)) {
            let message = format!("the interval {interval} is no multiple of {finer}, that of the phase before");
            findings
                .error(Code::LifecycleConflict, phase.spans["downsample"], message)
                .help("make each interval a multiple of the one before")
                .done();
        }
        before = Some(interval);
    }
}

fn check_allocation(phase: &Placed<'_>, findings: &mut Findings<'_>) {
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

fn check_shrink(phase: &Placed<'_>, index: &IndexInput, findings: &mut Findings<'_>) {
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
