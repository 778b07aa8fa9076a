//! Two sides, compared part by part: each part of a log has a file here that turns what differs into findings.
//!
//! Architecture Invariant: nothing here reads a disk or knows how a finding is printed, and which of the loaders made
//! a side does not matter.

mod fields;
mod finding_collector;
mod lifecycle;
mod parameters;
mod pipeline;
mod renames;
mod roles;
mod settings;
mod structs;
mod templates;
mod versions;

use std::collections::BTreeSet;

use super::engine::Engine;
use super::finding::{Finding, Severity};
use super::rules::Rule;
use super::side::{LogSide, Side};
use finding_collector::{FindingCollector, Place};
pub(crate) use settings::{
    COMPONENTS as SETTING_COMPONENTS, flatten as flatten_settings, is_static as is_static_setting,
};

/// What to compare, and what is fine.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The engines; both when empty. What concerns no engine is found once.
    pub engines: Vec<Engine>,
    /// Rules whose findings are information only.
    pub allowed: BTreeSet<Rule>,
}

/// Everything that differs between two sides.
///
/// Logs go by their names; a mapping of its own is compared with the one log of the other side.
#[must_use]
pub fn compare(old: &Side, new: &Side, options: &Options) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (name, old, new) in pairs(old, new) {
        findings.extend(compare_logs(&name, old, new, options));
    }
    for finding in &mut findings {
        finding.allowed = options.allowed.contains(&finding.rule);
    }
    findings
}

/// What is found of one log for one engine.
pub(crate) fn of_engine(name: &str, old: &LogSide, new: &LogSide, engine: Engine) -> Vec<Finding> {
    compare_logs(name, Some(old), Some(new), &Options { engines: vec![engine], ..Options::default() })
}

/// The logs of both sides, by name.
pub(crate) fn pairs<'s>(old: &'s Side, new: &'s Side) -> Vec<(String, Option<&'s LogSide>, Option<&'s LogSide>)> {
    if let (Some((old_name, one)), Some((new_name, other))) = (only(old), only(new)) {
        let same = old_name == new_name || !one.is_whole || !other.is_whole;
        if same {
            let name = if new_name.is_empty() { old_name } else { new_name };
            return vec![(name.to_owned(), Some(one), Some(other))];
        }
    }
    let names: BTreeSet<&String> = old.logs.keys().chain(new.logs.keys()).collect();
    names.into_iter().map(|name| (name.clone(), old.logs.get(name), new.logs.get(name))).collect()
}

fn only(side: &Side) -> Option<(&str, &LogSide)> {
    let mut logs = side.logs.iter();
    let (name, log) = logs.next()?;
    logs.next().is_none().then_some((name.as_str(), log))
}

fn compare_logs(name: &str, old: Option<&LogSide>, new: Option<&LogSide>, options: &Options) -> Vec<Finding> {
    let engines = if options.engines.is_empty() { &Engine::ALL[..] } else { &options.engines[..] };
    let (old, new) = match (old, new) {
        (Some(old), Some(new)) => (old, new),
        (None, Some(new)) => return one_sided(Rule::LogAdded, name, new, engines),
        (Some(old), None) => return one_sided(Rule::LogRemoved, name, old, engines),
        (None, None) => return Vec::new(),
    };
    let mut findings = FindingCollector::new(name, old, new, engines);
    for engine in engines {
        findings.set_engine(*engine);
        fields::compare(*engine, &mut findings);
        settings::compare(*engine, &mut findings);
        templates::compare(*engine, &mut findings);
        lifecycle::compare(*engine, &mut findings);
        pipeline::compare(*engine, &mut findings);
        roles::compare(*engine, &mut findings);
    }
    findings.set_all_engines();
    structs::compare(&mut findings);
    let allowed = |finding: &Finding| options.allowed.contains(&finding.rule);
    let breaks = findings.found().any(|finding| finding.severity() == Severity::Breaking && !allowed(finding));
    versions::compare(engines, breaks, &mut findings);
    findings.finish()
}

fn one_sided(rule: Rule, name: &str, log: &LogSide, engines: &[Engine]) -> Vec<Finding> {
    let mut findings = FindingCollector::new(name, log, log, engines);
    // A mapping of its own has no name.
    let what = if name.is_empty() { "the mapping".to_owned() } else { format!("the log `{name}`") };
    let (message, place) = match rule {
        Rule::LogAdded => (format!("{what} is new"), Place::whole(name).only_new()),
        _ => (format!("{what} is gone"), Place::whole(name).only_old()),
    };
    findings.add(rule, &place, message);
    findings.finish()
}
