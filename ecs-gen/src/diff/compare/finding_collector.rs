//! Where findings come together, with the places that they are about.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use crate::diff::engine::Engine;
use crate::diff::finding::{Finding, PutMapping};
use crate::diff::rules::Rule;
use crate::diff::side::LogSide;

/// Findings of one log.
pub(super) struct FindingCollector<'s> {
    log: String,
    /// The log before.
    pub(super) old: &'s LogSide,
    /// The log after.
    pub(super) new: &'s LogSide,
    findings: Vec<Finding>,
    /// Both engines have most changes alike; each is reported once, where it is in the list.
    seen: BTreeMap<(Rule, String, String, Option<PutMapping>), usize>,
    /// The engines that were asked for.
    asked: &'s [Engine],
    /// Those of them that are compared at present.
    engines: Vec<Engine>,
}

/// What a finding is about.
#[derive(Clone, Debug)]
pub(super) struct Place<'p> {
    /// Its name for people: a field path, or such as `settings.index.codec`.
    path: String,
    /// The document that it stands in; empty for the log as a whole.
    document: String,
    /// Pointers there, before and after; none where it is not.
    pointers: (Option<String>, Option<String>),
    /// The field that it is about; empty when it is about none.
    field: &'p str,
    /// Where a mapping changes.
    put: Option<PutMapping>,
}

impl<'p> Place<'p> {
    /// A thing that both sides have.
    pub(super) fn new(path: impl Into<String>, document: impl Into<String>, pointer: impl Into<String>) -> Self {
        let pointer = pointer.into();
        Self {
            path: path.into(),
            document: document.into(),
            pointers: (Some(pointer.clone()), Some(pointer)),
            field: "",
            put: None,
        }
    }

    /// The log.
    pub(super) fn whole(name: &str) -> Self {
        Self::new(name, "", "")
    }

    /// The pointers differ.
    pub(super) fn at(mut self, old: String, new: String) -> Self {
        self.pointers = (Some(old), Some(new));
        self
    }

    /// It is a field.
    pub(super) fn of_field(mut self, field: &'p str) -> Self {
        self.field = field;
        self
    }

    /// What the engine answers to the put.
    pub(super) fn answered(mut self, put: PutMapping) -> Self {
        self.put = Some(put);
        self
    }

    /// It was not there before.
    pub(super) fn only_new(mut self) -> Self {
        self.pointers.0 = None;
        self
    }

    /// It is not there any more.
    pub(super) fn only_old(mut self) -> Self {
        self.pointers.1 = None;
        self
    }

    /// It is there on the sides on which it has a value.
    pub(super) fn where_given(mut self, old: Option<&Json>, new: Option<&Json>) -> Self {
        self.pointers.0 = self.pointers.0.filter(|_| old.is_some());
        self.pointers.1 = self.pointers.1.filter(|_| new.is_some());
        self
    }
}

impl<'s> FindingCollector<'s> {
    /// An empty one, about all engines that were asked for.
    pub(super) fn new(log: &str, old: &'s LogSide, new: &'s LogSide, asked: &'s [Engine]) -> Self {
        let (findings, seen) = (Vec::new(), BTreeMap::new());
        Self { log: log.to_owned(), old, new, findings, seen, asked, engines: asked.to_vec() }
    }

    /// What is added from now on comes of the comparison for this engine.
    pub(super) fn set_engine(&mut self, engine: Engine) {
        self.engines = vec![engine];
    }

    /// What is added from now on concerns no engine, and so whichever was asked for.
    pub(super) fn set_all_engines(&mut self) {
        self.engines = self.asked.to_vec();
    }

    /// Adds a finding, once.
    pub(super) fn add(&mut self, rule: Rule, place: &Place<'_>, message: impl Into<String>) {
        let message = message.into();
        let key = (rule, place.path.clone(), message.clone(), place.put);
        if let Some(known) = self.seen.get(&key) {
            let known = &mut self.findings[*known].engines;
            known.extend(self.engines.iter().filter(|engine| !known.contains(engine)).copied().collect::<Vec<_>>());
            return;
        }
        self.seen.insert(key, self.findings.len());
        let find = |side: &LogSide, pointer: &Option<String>| {
            pointer.as_deref().map(|pointer| side.position(&place.document, pointer, place.field))
        };
        self.findings.push(Finding {
            rule,
            path: place.path.clone(),
            log: self.log.clone(),
            engines: self.engines.clone(),
            is_of_all_engines: true,
            put_mapping: place.put,
            message,
            old: find(self.old, &place.pointers.0),
            new: find(self.new, &place.pointers.1),
            allowed: false,
        });
    }

    /// What was found so far.
    pub(super) fn found(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter()
    }

    /// All findings: what concerns one thing together, the worst first.
    pub(super) fn finish(self) -> Vec<Finding> {
        let mut findings = self.findings;
        for finding in &mut findings {
            finding.is_of_all_engines = self.asked.iter().all(|engine| finding.engines.contains(engine));
        }
        findings.sort_by(|one, other| {
            (&one.path, std::cmp::Reverse(one.spec().severity), one.rule).cmp(&(
                &other.path,
                std::cmp::Reverse(other.spec().severity),
                other.rule,
            ))
        });
        findings
    }
}

/// A value for people: text as it is, everything else as JSON; `nothing` where there is none.
pub(super) fn shown(value: Option<&Json>) -> String {
    match value {
        None => "nothing".to_owned(),
        Some(Json::String(text)) => format!("`{text}`"),
        Some(value) => format!("`{value}`"),
    }
}
