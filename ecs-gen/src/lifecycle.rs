//! When indices roll over, change phase and go: one declaration, from which ILM, data stream lifecycle and ISM follow.
//!
//! [`resolve`] turns a log's `index` and `lifecycle` options into the finished values below and reports what is wrong
//! with them; [`check_overlaps`] compares the logs of one run. Neither knows how an engine writes any of it down.
//!
//! Ages count from the rollover of an index, in all three: an index is written to for at most `rollover.max_age`, then
//! lives for `keep`. No event is older than the sum of both, [`Lifecycle::worst_case_age`].

mod action;
mod further;
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
pub use settings::{DEFAULT_OPENSEARCH, DEFAULT_PRIORITY, LEAST_OPENSEARCH, resolve_opensearch};
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

/// When an index rolls over: at the first of `max` that it reaches, and not before it has reached all of `min`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rollover {
    /// What is declared as `max_age` and so on; at least one is set.
    pub max: Conditions,
    /// What is declared as `min_age` and so on.
    pub min: Conditions,
}

/// What an index may have reached.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Conditions {
    /// Age of the index since its creation.
    pub age: Option<Duration>,
    /// Size of all primary shards together.
    pub size: Option<ByteSize>,
    /// Size of the largest primary shard.
    pub primary_shard_size: Option<ByteSize>,
    /// Documents in all primary shards together.
    pub docs: Option<u64>,
    /// Documents in the largest primary shard.
    pub primary_shard_docs: Option<u64>,
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
    /// indices are kept without an end, or when a quiet log's last index never goes, because no rollover has an age or the index
    /// never grows to what a rollover demands.
    #[must_use]
    pub fn worst_case_age(&self) -> Option<Duration> {
        let keep = self.keep.as_ref()?;
        let rollover = self.rollover.as_ref().filter(|rollover| !rollover.min.demand_growth())?;
        Some(keep.plus(rollover.max.age.as_ref()?))
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
            (Some(keep), None) => {
                let why = if self.rollover.as_ref().is_some_and(|rollover| rollover.max.age.is_some()) {
                    "An index that never grows so far never rolls over, so there"
                } else {
                    "Without an age among the conditions there"
                };
                format!(
                    "{rollover}; an index goes {keep} after that. {why} is no longest time for which an event is kept."
                )
            }
        }
    }
}

impl Lifecycle {
    /// Sizes and counts are of what a refresh has made visible.
    fn describe_delay(&self) -> &'static str {
        let counts = self
            .rollover
            .as_ref()
            .is_some_and(|Rollover { max, min }| [max, min].iter().any(|conditions| conditions.have_growth()));
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
        let max = self.max.describe().join(" or ");
        if self.min.is_empty() {
            max
        } else {
            format!("{max}, and not before it has reached {}", self.min.describe().join(" and "))
        }
    }
}

impl Conditions {
    /// Whether none is set.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Those that are set, by the names that follow `max_` and `min_`.
    pub fn named(&self) -> impl Iterator<Item = (&'static str, Json)> {
        let text = |quantity: Option<String>| quantity.map(Json::from);
        let values = [
            ("age", text(self.age.as_ref().map(ToString::to_string))),
            ("size", text(self.size.as_ref().map(ToString::to_string))),
            ("primary_shard_size", text(self.primary_shard_size.as_ref().map(ToString::to_string))),
            ("docs", self.docs.map(Json::from)),
            ("primary_shard_docs", self.primary_shard_docs.map(Json::from)),
        ];
        values.into_iter().filter_map(|(name, value)| Some((name, value?)))
    }

    fn have_growth(&self) -> bool {
        !Self { age: None, ..self.clone() }.is_empty()
    }

    /// Whether an index that has a document may never reach them. An empty one has no event that would be kept.
    fn demand_growth(&self) -> bool {
        let more_than_one = |count: Option<u64>| count.filter(|count| *count > 1);
        let (docs, primary_shard_docs) = (more_than_one(self.docs), more_than_one(self.primary_shard_docs));
        Self { docs, primary_shard_docs, ..self.clone() }.have_growth()
    }

    fn describe(&self) -> Vec<String> {
        let mut conditions = Vec::new();
        conditions.extend(self.age.as_ref().map(ToString::to_string));
        conditions.extend(self.size.as_ref().map(ToString::to_string));
        conditions.extend(self.primary_shard_size.as_ref().map(|size| format!("{size} in one primary shard")));
        conditions.extend(self.docs.map(|count| format!("{count} documents")));
        conditions.extend(self.primary_shard_docs.map(|count| format!("{count} documents in one primary shard")));
        conditions
    }
}
