//! What several logs of one run may not share.

use std::collections::BTreeSet;

use super::names;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::IndexTarget;
use crate::source::{Span, Spanned};

/// A log among others.
#[derive(Clone, Copy, Debug)]
pub struct LogNames<'a> {
    /// Its name.
    pub name: &'a Spanned<String>,
    /// Where its option `index` stands.
    pub index: Span,
    /// Where its documents go on each engine: on Elasticsearch, on OpenSearch.
    pub targets: [&'a IndexTarget; 2],
    /// Name of its policy.
    pub policy: &'a str,
}

/// Reports logs with the same name or policy, and patterns of different logs that match the same indices; each pair once, at the
/// later of the two.
pub fn check_overlaps(logs: &[LogNames<'_>], diagnostics: &mut Diagnostics) {
    for (position, log) in logs.iter().enumerate() {
        for other in &logs[..position] {
            if log.name.value == other.name.value {
                let message = format!("there already is a log `{}`", log.name.value);
                let help = "give one of the two another name: they would write the same files";
                diagnostics.push(Diagnostic::error(Code::DuplicateLog, message).at(log.name.span).help(help));
            } else {
                check_policies(log, other, diagnostics);
                check_patterns(log, other, diagnostics);
            }
        }
    }
}

/// Installed under one name, the later log's policy would take the earlier one's place.
fn check_policies(log: &LogNames<'_>, other: &LogNames<'_>, diagnostics: &mut Diagnostics) {
    if log.policy == other.policy {
        let message = format!("the log `{}` already has the policy `{}`", other.name.value, log.policy);
        let help = "name another `lifecycle.policy`";
        diagnostics.push(Diagnostic::error(Code::LifecycleConflict, message).at(log.index).help(help));
    }
}

fn check_patterns(log: &LogNames<'_>, other: &LogNames<'_>, diagnostics: &mut Diagnostics) {
    let mut said = BTreeSet::new();
    for (theirs, ours) in other.targets.iter().zip(log.targets).flat_map(pairs) {
        if names::overlap(ours, theirs) && said.insert((ours, theirs)) {
            let message = format!("`{ours}` and `{theirs}` of the log `{}` match the same indices", other.name.value);
            let help = "rename an alias or a data stream: the engine would give an index only one of the templates";
            diagnostics.push(Diagnostic::error(Code::OverlappingPatterns, message).at(log.index).help(help));
        }
    }
}

/// Every pattern of one log with every pattern of the other on an engine.
fn pairs<'a>((theirs, ours): (&&'a IndexTarget, &'a IndexTarget)) -> Vec<(&'a str, &'a str)> {
    let ours = ours.patterns();
    theirs.patterns().into_iter().flat_map(|theirs| ours.iter().map(move |ours| (theirs, *ours))).collect()
}
