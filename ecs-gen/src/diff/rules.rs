//! The rules: one row each in [`RULES`], from which findings, `ecs-gen diff --rules` and the docs read. An id is stable:
//! people write it behind `--allow`.
//!
//! `elasticsearch` and `opensearch` say what each engine answers to an in-place `PUT _mapping` of the change, for rules
//! about mappings; for others there is nothing to put. A rule never says what is true of a single change only:
//! [`super::predict_put_mapping`] decides that.

use std::fmt::Write as _;

use super::finding::{Action, Class, Severity};

mod table;

pub use table::{RULES, Rule};

/// What an engine answers to the mapping change of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It takes it.
    Accepted,
    /// It refuses it.
    Rejected,
    /// There is no mapping to put.
    NoMapping,
    /// The engine has no such type or parameter, or another rule is about it.
    Absent,
}

impl Answer {
    /// For the docs table.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Rejected => "rejected",
            Self::NoMapping => "–",
            Self::Absent => "no such change",
        }
    }
}

/// What there is to know of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RuleSpec {
    /// The rule.
    pub rule: Rule,
    /// Its stable name.
    pub id: &'static str,
    /// Whom it concerns.
    pub class: Class,
    /// How bad it is.
    pub severity: Severity,
    /// What is to be done.
    pub action: Action,
    /// What Elasticsearch answers to the put.
    pub elasticsearch: Answer,
    /// What OpenSearch answers to the put.
    pub opensearch: Answer,
    /// What happens and why.
    pub explanation: &'static str,
    /// The engine's or language's own page about it.
    pub reference: &'static str,
}

impl Rule {
    /// Its row in [`RULES`].
    #[must_use]
    pub fn spec(self) -> &'static RuleSpec {
        &RULES[self as usize]
    }

    /// The rule of that id.
    #[must_use]
    pub fn from_id(id: &str) -> Option<Self> {
        RULES.iter().find(|spec| spec.id == id).map(|spec| spec.rule)
    }
}

/// All rules as a table in Markdown.
#[must_use]
pub fn to_markdown() -> String {
    let mut text = String::from(
        "| rule | class | severity | action | Elasticsearch | OpenSearch | what happens |\n\
         | --- | --- | --- | --- | --- | --- | --- |\n",
    );
    for spec in RULES {
        let RuleSpec { id, class, severity, action, elasticsearch, opensearch, explanation, .. } = spec;
        let (elasticsearch, opensearch) = (elasticsearch.word(), opensearch.word());
        let _ = writeln!(
            text,
            "| `{id}` | {class} | {severity} | {action} | {elasticsearch} | {opensearch} | {explanation} |"
        );
    }
    text
}
