//! The ISM policy: body of `PUT _plugins/_ism/policies/NAME`.
//!
//! Every state can go straight to `delete`, and that transition stands first, because the first that matches wins: an
//! index whose job was stopped for long goes at its age and is not merged before. Ages are `min_rollover_age`, which fails
//! on an index that never rolled over, so without a rollover they are `min_index_age`. No condition is ever empty: the
//! plugin would never fire it. Each action stands in an object of its own: of two in one, the first is lost.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value as Json;

use crate::lifecycle::{Action, ByteSize, Duration, Lifecycle, Phase, PhaseName, Rollover};
use crate::model::{Model, Version};

/// The version that can leave empty indices alone at rollover, as ILM does.
pub(super) const PREVENTS_EMPTY_ROLLOVER: Version = Version { major: 3, minor: 5 };

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

#[derive(Debug, Serialize)]
struct RolloverBody {
    #[serde(skip_serializing_if = "Option::is_none")]
    min_index_age: Option<Duration>,
    #[serde(skip_serializing_if = "Option::is_none")]
    min_size: Option<ByteSize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    min_primary_shard_size: Option<ByteSize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    min_doc_count: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    prevent_empty_rollover: Option<bool>,
}

#[derive(Debug, Serialize)]
struct Transition {
    state_name: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    conditions: Option<Conditions>,
}

/// Exactly one, as the plugin demands.
#[derive(Debug, Serialize)]
#[serde(rename_all = "snake_case")]
enum Conditions {
    MinRolloverAge(Duration),
    MinIndexAge(Duration),
}

/// Which new indices get the policy. A data stream's name stands for its indices.
#[derive(Debug, Serialize)]
struct Attachment {
    index_patterns: Vec<String>,
    priority: u32,
}

pub(super) fn policy(model: &Model) -> PolicyBody {
    let lifecycle = &model.log.lifecycle;
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

fn age(lifecycle: &Lifecycle, age: &Duration) -> Conditions {
    if lifecycle.rollover.is_some() {
        Conditions::MinRolloverAge(age.clone())
    } else {
        Conditions::MinIndexAge(age.clone())
    }
}

fn rollover_action(rollover: &Rollover, shards: u32, since: Version) -> BTreeMap<&'static str, ActionBody> {
    let Rollover { max_age, max_size, max_primary_shard_size, max_docs, max_primary_shard_docs } = rollover.clone();
    // The plugin counts all primary shards together.
    let of_shards = max_primary_shard_docs.map(|count| count.saturating_mul(u64::from(shards)));
    let body = RolloverBody {
        min_index_age: max_age,
        min_size: max_size,
        min_primary_shard_size: max_primary_shard_size,
        min_doc_count: max_docs.into_iter().chain(of_shards).min(),
        prevent_empty_rollover: (since >= PREVENTS_EMPTY_ROLLOVER).then_some(true),
    };
    BTreeMap::from([("rollover", ActionBody::Rollover(body))])
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
