//! When indices roll over, change phase and go: one declaration, from which ILM, data stream lifecycle and ISM follow.
//!
//! [`resolve`] turns a log's `index` and `lifecycle` options into the finished values below and reports what is wrong
//! with them; [`check_overlaps`] compares the logs of one run. Neither knows how an engine writes any of it down.
//!
//! Ages count from the rollover of an index, in all three: an index is written to for at most `rollover.max_age`, then
//! lives for `keep`. No event is older than the sum of both, [`Lifecycle::worst_case_age`].

mod action;
mod names;
mod overlap;
mod owned;
mod phases;
mod quantity;
mod resolve;
mod rules;
mod settings;
mod target;

use std::collections::BTreeMap;

use serde_json::Value as Json;

pub use action::{ACTIONS, ActionForm, ActionParameter, ActionSpec, IsmAction, PhaseName};
pub use overlap::{LogNames, check_overlaps};
pub use quantity::{ByteSize, Duration, QuantityError};
pub use resolve::{DEFAULT_MAX_AGE, DEFAULT_MAX_PRIMARY_SHARD_SIZE, Storage, resolve};
pub use settings::{DEFAULT_PRIORITY, LEAST_OPENSEARCH, resolve_opensearch};
pub use target::check_opensearch;

/// What is declared.
#[derive(Clone, Debug, PartialEq)]
pub struct Lifecycle {
    /// What carries it out on Elasticsearch.
    pub manager: Manager,
    /// Name of the ISM policy, and of the ILM policy where there is one.
    pub policy: String,
    /// When the index that is written to gives way to the next. `None`: never, and ages count from creation. With
    /// [`Manager::DataStream`] the conditions hold on OpenSearch only; Elasticsearch takes its cluster's.
    pub rollover: Option<Rollover>,
    /// Phases with actions besides rollover and deletion, in the order in which an index passes them.
    pub phases: Vec<Phase>,
    /// The age since rollover at which an index goes. `None`: it is kept for ever.
    pub keep: Option<Duration>,
}

/// What carries a lifecycle out on Elasticsearch. Never both: the engine would follow only one of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manager {
    /// An ILM policy.
    Policy,
    /// The data stream lifecycle in the index template.
    DataStream,
}

/// Conditions of a rollover; the first that is met suffices. At least one is set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rollover {
    /// Age of the index since its creation.
    pub max_age: Option<Duration>,
    /// Size of all primary shards together.
    pub max_size: Option<ByteSize>,
    /// Size of the largest primary shard.
    pub max_primary_shard_size: Option<ByteSize>,
    /// Documents in all primary shards together.
    pub max_docs: Option<u64>,
    /// Documents in the largest primary shard.
    pub max_primary_shard_docs: Option<u64>,
}

/// A phase of an index's life.
#[derive(Clone, Debug, PartialEq)]
pub struct Phase {
    /// Which.
    pub name: PhaseName,
    /// Age since rollover at which it begins; `None`: at once.
    pub after: Option<Duration>,
    /// What is done, in the order in which the engine does it.
    pub actions: Vec<Action>,
}

/// Something that is done to an index.
#[derive(Clone, Debug, PartialEq)]
pub struct Action {
    /// What.
    pub spec: &'static ActionSpec,
    /// How; all of them parameters of the action.
    pub parameters: BTreeMap<&'static str, Json>,
}

impl Lifecycle {
    /// The phase of that name, when it is declared.
    #[must_use]
    pub fn phase(&self, name: PhaseName) -> Option<&Phase> {
        self.phases.iter().find(|phase| phase.name == name)
    }

    /// The age that no event exceeds: that of an index at its rollover and what it is kept after that. `None` when
    /// indices are kept for ever, or when no rollover has an age, so that a quiet log's last index never goes.
    #[must_use]
    pub fn worst_case_age(&self) -> Option<Duration> {
        let keep = self.keep.as_ref()?;
        let max_age = self.rollover.as_ref()?.max_age.as_ref()?;
        Some(keep.plus(max_age))
    }

    /// The lifecycle in a few sentences, for people. `interval`: how often the engine looks.
    #[must_use]
    pub fn describe(&self, interval: &str) -> String {
        let rollover = match &self.rollover {
            Some(rollover) => format!("Rolls over at {}", rollover.describe()),
            None => "Never rolls over".to_owned(),
        };
        match (&self.keep, self.worst_case_age()) {
            (None, _) => format!("{rollover}. Nothing is ever deleted."),
            (Some(keep), Some(worst)) => {
                format!(
                    "{rollover}; an index goes {keep} after that, so no event is kept longer than {worst} and the time \
                     that the engine takes: it looks {interval}, and does one step at a time.{}",
                    self.describe_delay()
                )
            }
            (Some(keep), None) => format!(
                "{rollover}; an index goes {keep} after that. Without an age among the conditions there is no longest \
                 time for which an event is kept."
            ),
        }
    }
}

impl Lifecycle {
    /// Sizes and counts are of what a refresh has made visible.
    fn describe_delay(&self) -> &'static str {
        let counts = self.rollover.as_ref().is_some_and(|rollover| {
            rollover.max_size.is_some()
                || rollover.max_primary_shard_size.is_some()
                || rollover.max_docs.is_some()
                || rollover.max_primary_shard_docs.is_some()
        });
        if counts { " Sizes and counts are seen late where nothing refreshes the index." } else { "" }
    }
}

impl Phase {
    /// The action of that name, when the phase has it.
    #[must_use]
    pub fn action(&self, name: &str) -> Option<&Action> {
        self.actions.iter().find(|action| action.spec.name == name)
    }
}

impl Rollover {
    fn describe(&self) -> String {
        let mut conditions = Vec::new();
        conditions.extend(self.max_age.as_ref().map(ToString::to_string));
        conditions.extend(self.max_size.as_ref().map(ToString::to_string));
        conditions.extend(self.max_primary_shard_size.as_ref().map(|size| format!("{size} in one primary shard")));
        conditions.extend(self.max_docs.map(|count| format!("{count} documents")));
        conditions.extend(self.max_primary_shard_docs.map(|count| format!("{count} documents in one primary shard")));
        conditions.join(" or ")
    }
}
