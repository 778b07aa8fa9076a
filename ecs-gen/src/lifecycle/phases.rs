//! The phases of a policy: which action may stand where, and with what.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::action::{ACTIONS, ActionForm, ActionParameter, ActionSpec, PhaseName};
use super::quantity::Duration;
use super::resolve::Findings;
use super::{Action, Phase, rules};
use crate::diagnostic::{Code, Diagnostics};
use crate::input::index::IndexInput;
use crate::input::lifecycle::{LifecycleInput, PhaseEntry};
use crate::input::{Entries, hints};
use crate::source::{Span, Spanned};

type PhaseInput = Entries<Spanned<PhaseEntry>>;

/// A phase with the places of its parts, for the rules that compare them.
pub(super) struct Placed<'i> {
    pub(super) phase: Phase,
    /// Places of the actions' names.
    pub(super) spans: BTreeMap<&'i str, Span>,
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
    rules::check_hot(&placed, rolls_over, findings);
    rules::check_closing(&placed, rolls_over, findings);
    rules::check_snapshots(&placed, findings);
    rules::check_frozen(&placed, input, findings);
    for phase in &placed {
        rules::check_allocation(phase, findings);
        rules::check_shrink(phase, index, findings);
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
    let says_when = |key: &Spanned<String>| key.value != "actions" && NO_ACTIONS.contains(&key.as_str());
    let is_reported = entries.0.iter().any(|(key, _)| says_when(key) || key.value == "after");
    if name == PhaseName::Delete && input.keep.is_none() && !is_reported {
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

/// What people write in a phase that names no action.
const NO_ACTIONS: &[&str] = &["min_age", "min_index_age", "age", "transitions", "conditions", "actions"];

fn report_unknown(phase: PhaseName, key: &Spanned<String>, findings: &mut Findings<'_>) {
    let hint = hints::find(hints::PHASE, key);
    if let Some(help) = hint.as_ref().filter(|_| NO_ACTIONS.contains(&key.as_str())) {
        let help = match phase {
            PhaseName::Hot if key.value != "actions" => "drop it: the hot phase begins at once",
            PhaseName::Delete if key.value != "actions" => "the age at which an index goes is `lifecycle.keep`",
            _ => help,
        };
        let message = format!("the phase `{}` has no option `{}`", phase.name(), key.value);
        findings.error(Code::UnknownOption, key.span, message).help(help).done();
        return;
    }
    let here = ACTIONS.iter().filter(|action| action.phases.contains(&phase)).map(|action| action.name);
    let here: Vec<&str> = here.filter(|name| *name != "rollover").collect();
    let near = Diagnostics::did_you_mean(key, ACTIONS.iter().map(|action| action.name));
    let help = hint.or(near).unwrap_or_else(|| format!("the actions of this phase are {}", here.join(", ")));
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
    let is_count = matches!(parameter.form, ActionForm::Count | ActionForm::Positive);
    if is_count && value.value.as_u64().is_some_and(|count| i32::try_from(count).is_err()) {
        let message = format!("`{}` is more than the engines take", parameter.name);
        findings.error(Code::InvalidValue, value.span, message).help(format!("write at most {}", i32::MAX)).done();
    }
    let resolved = match parameter.form {
        ActionForm::Flag | ActionForm::Count | ActionForm::Positive => None,
        ActionForm::Text => {
            if text.is_empty() {
                let message = format!("`{}` is empty", parameter.name);
                findings.error(Code::InvalidValue, value.span, message).help("write the name of one").done();
            }
            Some(text.value.into())
        }
        ActionForm::OneOf(list) => {
            if !list.contains(&text.as_str()) {
                let message = format!("`{}` cannot be `{}`", parameter.name, text.value);
                let help = format!("write {}, or leave it out", list.join(" or "));
                findings.error(Code::InvalidValue, value.span, message).help(help).done();
            }
            Some(text.value.into())
        }
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
