//! The ISM policy: body of `PUT _plugins/_ism/policies/NAME`.
//!
//! Every state can go straight to `delete`, and that transition stands first, because the first that matches wins: an
//! index whose job was stopped for long goes at its age and is not merged before. Ages are `min_rollover_age`, which fails
//! on an index that never rolled over, so without a rollover they are `min_index_age`. No condition is ever empty: the
//! plugin would never fire it. Each action stands in an object of its own: of two in one, the first is lost.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value as Json;

use crate::lifecycle::{Action, ByteSize, Conditions, Duration, Lifecycle, Phase, PhaseName, Rollover};
use crate::model::{Log, Model, Version};

/// The version that can leave empty indices alone at rollover, as ILM does.
pub(super) const PREVENTS_EMPTY_ROLLOVER: Version = Version { major: 3, minor: 5 };

/// The version that can demand several conditions together.
pub(super) const DEMANDS_SEVERAL: Version = Version { major: 3, minor: 8 };

/// How often the plugin looks, unless the cluster says otherwise.
pub(super) const INTERVAL: &str = "every five minutes";

/// The body.
#[derive(Debug, Serialize)]
pub(super) struct PolicyBody {
    policy: Policy,
}

#[derive(Debug, Serialize)]
struct Policy {
    description: String,
    default_state: &'static str,
    states: Vec<State>,
    ism_template: Vec<Attachment>,
}

#[derive(Debug, Serialize)]
struct State {
    name: &'static str,
    actions: Vec<BTreeMap<&'static str, ActionBody>>,
    transitions: Vec<Transition>,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum ActionBody {
    Rollover(RolloverBody),
    Declared(BTreeMap<&'static str, Json>),
}

/// Conditions of which the first that is met suffices, or groups of which all of one must be met.
#[derive(Debug, Serialize)]
struct RolloverBody {
    #[serde(flatten)]
    first: ReachedBody,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    any_of: Vec<ReachedBody>,
    #[serde(skip_serializing_if = "Option::is_none")]
    prevent_empty_rollover: Option<bool>,
}

#[derive(Clone, Debug, Default, Serialize)]
#[expect(clippy::struct_field_names, reason = "the names are the plugin's")]
struct ReachedBody {
    #[serde(skip_serializing_if = "Option::is_none")]
    min_index_age: Option<Duration>,
    #[serde(skip_serializing_if = "Option::is_none")]
    min_size: Option<ByteSize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    min_primary_shard_size: Option<ByteSize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    min_doc_count: Option<u64>,
}

#[derive(Debug, Serialize)]
struct Transition {
    state_name: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    conditions: Option<AgeCondition>,
}

/// Exactly one, as the plugin demands.
#[derive(Debug, Serialize)]
#[serde(rename_all = "snake_case")]
enum AgeCondition {
    MinRolloverAge(Duration),
    MinIndexAge(Duration),
}

/// Which new indices get the policy. A data stream's name stands for its indices.
#[derive(Debug, Serialize)]
struct Attachment {
    index_patterns: Vec<String>,
    priority: u32,
}

/// The lifecycle as the plugin can carry it out: without what holds a rollover back, where it cannot demand several
/// conditions together.
pub(super) fn lifecycle(log: &Log) -> Cow<'_, Lifecycle> {
    let mut lifecycle = Cow::Borrowed(&log.lifecycle);
    if log.opensearch_since < DEMANDS_SEVERAL
        && lifecycle.rollover.as_ref().is_some_and(|rollover| !rollover.min.is_empty())
        && let Some(rollover) = &mut lifecycle.to_mut().rollover
    {
        rollover.min = Conditions::default();
    }
    lifecycle
}

pub(super) fn policy(model: &Model) -> PolicyBody {
    let lifecycle = &*lifecycle(&model.log);
    let index_patterns = model.log.target.patterns().into_iter().map(str::to_owned).collect();
    let policy = Policy {
        description: lifecycle.describe(INTERVAL),
        default_state: PhaseName::Hot.name(),
        states: states(lifecycle, model.log.settings.shards, model.log.opensearch_since),
        ism_template: vec![Attachment { index_patterns, priority: model.log.settings.priority }],
    };
    PolicyBody { policy }
}

fn states(lifecycle: &Lifecycle, shards: u32, since: Version) -> Vec<State> {
    let mut hot = Vec::new();
    let declared = lifecycle.phase(PhaseName::Hot).map(actions).unwrap_or_default();
    // In the order of ILM: the priority counts while the index is written to, everything else comes after rollover.
    let (first, rest): (Vec<_>, Vec<_>) =
        declared.into_iter().partition(|action| action.contains_key("index_priority"));
    hot.extend(first);
    hot.extend(lifecycle.rollover.as_ref().map(|rollover| rollover_action(rollover, shards, since)));
    hot.extend(rest);
    let later: Vec<(&Phase, Vec<_>)> = lifecycle
        .phases
        .iter()
        .filter(|phase| !matches!(phase.name, PhaseName::Hot | PhaseName::Delete))
        .map(|phase| (phase, actions(phase)))
        .filter(|(_, actions)| !actions.is_empty())
        .collect();
    let mut states = vec![State { name: PhaseName::Hot.name(), actions: hot, transitions: Vec::new() }];
    for (phase, actions) in later {
        let conditions = phase.after.as_ref().map(|after| age(lifecycle, after));
        let enter = Transition { state_name: phase.name.name(), conditions };
        states.last_mut().expect("the hot state is there").transitions.push(enter);
        states.push(State { name: phase.name.name(), actions, transitions: Vec::new() });
    }
    if let Some(keep) = &lifecycle.keep {
        for state in &mut states {
            let delete = Transition { state_name: PhaseName::Delete.name(), conditions: Some(age(lifecycle, keep)) };
            state.transitions.insert(0, delete);
        }
        let actions = vec![BTreeMap::from([("delete", ActionBody::Declared(BTreeMap::new()))])];
        states.push(State { name: PhaseName::Delete.name(), actions, transitions: Vec::new() });
    }
    states
}

fn age(lifecycle: &Lifecycle, age: &Duration) -> AgeCondition {
    if lifecycle.rollover.is_some() {
        AgeCondition::MinRolloverAge(age.clone())
    } else {
        AgeCondition::MinIndexAge(age.clone())
    }
}

fn rollover_action(rollover: &Rollover, shards: u32, since: Version) -> BTreeMap<&'static str, ActionBody> {
    let Rollover { max, min } = rollover;
    let of_shards = |conditions: &Conditions| {
        // The plugin counts all primary shards together.
        conditions.primary_shard_docs.map(|count| count.saturating_mul(u64::from(shards)))
    };
    let first = ReachedBody {
        min_index_age: max.age.clone(),
        min_size: max.size.clone(),
        min_primary_shard_size: max.primary_shard_size.clone(),
        min_doc_count: max.docs.into_iter().chain(of_shards(max)).min(),
    };
    let besides = ReachedBody {
        min_index_age: min.age.clone(),
        min_size: min.size.clone(),
        min_primary_shard_size: min.primary_shard_size.clone(),
        min_doc_count: min.docs.max(of_shards(min)),
    };
    let prevent_empty_rollover = (since >= PREVENTS_EMPTY_ROLLOVER).then_some(true);
    let body = if min.is_empty() {
        RolloverBody { first, any_of: Vec::new(), prevent_empty_rollover }
    } else {
        let any_of = first.each().map(|one| one.and(&besides)).collect();
        RolloverBody { first: ReachedBody::default(), any_of, prevent_empty_rollover }
    };
    BTreeMap::from([("rollover", ActionBody::Rollover(body))])
}

impl ReachedBody {
    /// Each condition by itself.
    fn each(self) -> impl Iterator<Item = Self> {
        let Self { min_index_age, min_size, min_primary_shard_size, min_doc_count } = self;
        let none = Self::default;
        let age = min_index_age.map(|age| Self { min_index_age: Some(age), ..none() });
        let size = min_size.map(|size| Self { min_size: Some(size), ..none() });
        let shard_size = min_primary_shard_size.map(|size| Self { min_primary_shard_size: Some(size), ..none() });
        let docs = min_doc_count.map(|count| Self { min_doc_count: Some(count), ..none() });
        [age, size, shard_size, docs].into_iter().flatten()
    }

    /// What has been reached when both have.
    fn and(self, other: &Self) -> Self {
        Self {
            min_index_age: self.min_index_age.max(other.min_index_age.clone()),
            min_size: self.min_size.max(other.min_size.clone()),
            min_primary_shard_size: self.min_primary_shard_size.max(other.min_primary_shard_size.clone()),
            min_doc_count: self.min_doc_count.max(other.min_doc_count),
        }
    }
}

fn actions(phase: &Phase) -> Vec<BTreeMap<&'static str, ActionBody>> {
    phase.actions.iter().flat_map(translate).collect()
}

/// The ISM actions that do what an ILM action does.
fn translate(action: &Action) -> Vec<BTreeMap<&'static str, ActionBody>> {
    let mut list = Vec::new();
    for counterpart in action.spec.ism {
        let taken = counterpart.parameters.iter();
        let parameters: BTreeMap<&'static str, Json> =
            taken.filter_map(|(ilm, ism)| Some((*ism, action.parameters.get(ilm)?.clone()))).collect();
        if counterpart.parameters.is_empty() || !parameters.is_empty() {
            list.push(BTreeMap::from([(counterpart.name, ActionBody::Declared(parameters))]));
        }
    }
    list
}
