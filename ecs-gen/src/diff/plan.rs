//! The requests that bring a cluster from one version of a log to another, in order. Nothing is sent.
//!
//! Order: policy and templates, so that whatever is made from now on is right; settings of existing indices, the field
//! limit before the fields that need it; what an existing mapping takes, and then the pipeline, which may set new fields;
//! a rollover when the mapping does not take all; then the copying of what searches over old and new indices cannot bear.
//!
//! A step may take values out of its answer, and later steps name them in braces: `{new_index}`. A step may list indices,
//! and the steps for each of them follow it. Architecture Invariant: a pure function of two sides.

mod carried;
mod documents;
mod install;
mod mapping;
mod migrate;
mod render;

use serde_json::Value as Json;

use super::engine::Engine;
use super::finding::{Action, Finding};
use super::rules::Rule;
use super::side::{LogSide, Side};

/// The requests for one engine.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// The engine.
    pub engine: Engine,
    /// In order.
    pub steps: Vec<Step>,
    /// What no request does, for people.
    pub unsolved: Vec<String>,
}

/// One request.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// Why, for people.
    pub comment: String,
    /// `GET`, `PUT`, `POST` or `DELETE`.
    pub method: &'static str,
    /// Path with its query.
    pub path: String,
    /// Body, if it has one.
    pub body: Option<Json>,
    /// The body that it replaces, where that is known.
    pub replaces: Option<Json>,
    /// Values of the answer that later steps need: name and JSON pointer, in which names may stand in braces too.
    pub take: Vec<(&'static str, String)>,
    /// What the answer has at a JSON pointer when it is the last: until then the request is sent again.
    pub until: Option<(&'static str, Json)>,
    /// What the last answer has to have at a JSON pointer; otherwise something is wrong, and nothing more is to be sent.
    pub expect: Option<(&'static str, Json)>,
    /// Whether the members of the answer are the indices that the next repeated steps are for.
    pub lists: bool,
    /// Whether the step is one of those that are sent, in their order, for each listed index in turn, which they call
    /// [`OLD_INDEX`].
    pub is_repeated: bool,
}

/// What repeated steps call the index that they are for.
pub const OLD_INDEX: &str = "old_index";

/// What a rollover made, which is taken out of its answer.
const NEW_INDEX: &str = "new_index";

impl Step {
    fn new(method: &'static str, path: impl Into<String>, body: Option<Json>, comment: impl Into<String>) -> Self {
        Self {
            comment: comment.into(),
            method,
            path: path.into(),
            body,
            replaces: None,
            take: Vec::new(),
            until: None,
            expect: None,
            lists: false,
            is_repeated: false,
        }
    }

    /// A request that replaces what there is, described by what differs.
    fn replacing(method: &'static str, path: impl Into<String>, old: &Json, new: &Json, about: &str) -> Self {
        let comment = carried::comment(about, &carried::names(old, new));
        Self { replaces: Some(old.clone()), ..Self::new(method, path, Some(new.clone()), comment) }
    }
}

/// What documents are written to.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Target {
    /// A write alias.
    Alias(String),
    /// A data stream.
    Stream(String),
    /// An index that nothing names: a mapping came alone.
    Index,
}

impl Target {
    /// Its name in a path.
    fn name(&self) -> &str {
        match self {
            Self::Alias(name) | Self::Stream(name) => name,
            Self::Index => "{index}",
        }
    }
}

/// The requests that bring an installed `old` to `new`; a log that is only in `new` is installed, one that is only in
/// `old` is left alone. A log that has another name and writes to the same alias is the same log.
#[must_use]
pub fn plan(engine: Engine, old: &Side, new: &Side) -> Plan {
    let mut plan = Plan { engine, steps: Vec::new(), unsolved: Vec::new() };
    let pairs = super::compare::pairs(old, new);
    let gone: Vec<&LogSide> = pairs.iter().filter_map(|(_, old, new)| old.filter(|_| new.is_none())).collect();
    for (name, old, new) in pairs {
        let Some(new) = new else { continue };
        let targets = install::targets(engine, new);
        let is_same = |old: &&&LogSide| install::targets(engine, old).iter().any(|target| targets.contains(target));
        match old.or_else(|| gone.iter().find(is_same).copied()) {
            Some(old) => upgrade(&name, old, new, &mut plan),
            None => plan.steps.extend(install::all(engine, new)),
        }
    }
    plan
}

/// What becomes of an alias or a data stream that the log writes to no more: its template is the new one's, which does not
/// match it.
fn leave(engine: Engine, name: &str, target: &Target, after: &[Target]) -> String {
    let names: Vec<String> = after.iter().map(|target| format!("`{}`", target.name())).collect();
    let (old, new) = (target.name(), names.join(", "));
    if let Target::Stream(_) = target {
        return format!(
            "{name}: the data stream `{old}` stays with its events, and cannot roll over once the template is that of {new}. Move \
             producers to {new} first, and delete it when its events have gone by their age"
        );
    }
    let remedy = match engine {
        Engine::Elasticsearch => {
            "set `index.lifecycle.indexing_complete: true` on it: the policy rolls it over no more, and deletes it at the age that \
             counts from its creation"
        }
        Engine::OpenSearch => {
            "set `index.plugins.index_state_management.rollover_skip: true` on it, and delete it yourself at its age, which the \
             policy counts from a rollover"
        }
    };
    format!(
        "{name}: the indices of the alias `{old}` stay with their events and their policy, but the template matches them no more: a \
         rollover would make one with neither mapping nor policy. Move producers to {new} first; then, for the index that `{old}` \
         writes to, {remedy}"
    )
}

fn upgrade(name: &str, old: &LogSide, new: &LogSide, plan: &mut Plan) {
    let engine = plan.engine;
    let is_installed = old.is_whole && new.is_whole;
    let (before, after) = (install::targets(engine, old), install::targets(engine, new));
    let is_stream = |targets: &[Target]| targets.iter().any(|target| matches!(target, Target::Stream(_)));
    if is_installed && is_stream(&before) != is_stream(&after) {
        plan.unsolved.push(format!(
            "{name}: an alias with its indices and a data stream do not turn into each other. Install the new version under \
             another name, let producers write there, and remove the old one when its events have gone by their age"
        ));
        return;
    }
    if is_installed {
        let left = before.iter().filter(|target| !after.contains(target));
        plan.unsolved.extend(left.map(|target| leave(engine, name, target, &after)));
    }
    // A mapping comes from an index of the row that the other side describes. What is written to no more is left alone.
    let targets: Vec<Target> = match (old.is_whole, new.is_whole) {
        (true, true) => before.iter().filter(|target| after.contains(target)).cloned().collect(),
        (false, _) => after,
        (true, false) => before,
    };
    let changed = if is_installed { install::changed(engine, old, new) } else { install::Changed::default() };
    plan.steps.extend(changed.first);
    if is_installed {
        plan.steps.extend(install::settings(engine, old, new, &targets));
    }
    let findings = super::compare::of_engine(name, old, new, engine);
    let reindexed = findings.iter().filter(|finding| finding.spec().action == Action::Reindex);
    let mut update = mapping::update(engine, old, new, &reindexed.map(|finding| finding.path.clone()).collect());
    let is_for_searchers = |finding: &&Finding| finding.rule == Rule::SortNeedsNumericType;
    plan.unsolved
        .extend(findings.iter().filter(is_for_searchers).map(|finding| format!("{name}: {}", finding.message)));
    if let Some(body) = &update.accepted {
        let about = if update.refused.is_empty() {
            "all of the new mapping, which existing indices take"
        } else {
            "as much of the new mapping as existing indices take"
        };
        let comment = carried::comment(about, &update.carried);
        for target in &targets {
            let path = format!("/{}/_mapping", target.name());
            plan.steps.push(Step::new("PUT", path, Some(body.clone()), comment.clone()));
        }
    }
    plan.steps.extend(changed.behind_mapping);
    if is_installed {
        update.refused.extend(install::static_settings(engine, old, new));
    }
    if !update.refused.is_empty() {
        for target in &targets {
            plan.steps.extend(migrate::roll_over(engine, target, (old, new), &update));
        }
    }
    if is_installed {
        plan.steps.extend(install::policies(engine, old, new, &targets));
    }
    if targets.contains(&Target::Index) && !plan.steps.is_empty() {
        plan.unsolved.push("{index} is the index that the mapping was read from".to_owned());
    }
}
