//! The ILM policy: body of `PUT _ilm/policy/NAME`.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};
use serde_json::Value as Json;

use crate::lifecycle::{Duration, Lifecycle, PhaseName, Rollover};
use crate::model::Model;

/// How often the engine looks, unless the cluster says otherwise.
const INTERVAL: &str = "every ten minutes";

/// The body.
#[derive(Debug, Serialize)]
pub(super) struct PolicyBody {
    policy: Policy,
}

#[derive(Debug, Serialize)]
struct Policy {
    #[serde(rename = "_meta")]
    meta: PolicyMeta,
    phases: BTreeMap<&'static str, Phase>,
}

/// What people see who open the policy in Kibana. `managed: false` tells Kibana that it is theirs to edit.
#[derive(Debug, Serialize)]
struct PolicyMeta {
    description: String,
    log: String,
    managed: bool,
    version: u32,
    /// The age that no event exceeds.
    #[serde(skip_serializing_if = "Option::is_none")]
    worst_case_age: Option<Duration>,
}

#[derive(Debug, Serialize)]
struct Phase {
    min_age: String,
    actions: BTreeMap<&'static str, Actions>,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Actions {
    Rollover(RolloverBody),
    Declared(BTreeMap<&'static str, Json>),
}

/// The conditions by their names.
#[derive(Debug)]
struct RolloverBody(Vec<(String, Json)>);

impl Serialize for RolloverBody {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

/// What ILM writes for "at once".
const AT_ONCE: &str = "0ms";

pub(super) fn policy(model: &Model) -> PolicyBody {
    let lifecycle = &model.log.lifecycle;
    let phases = PhaseName::ALL.iter().filter_map(|name| Some((name.name(), phase(lifecycle, *name)?))).collect();
    let description = format!(
        "{} Made once by an installer; edit it as you like, an upgrade keeps it.",
        lifecycle.describe(INTERVAL)
    );
    let meta = PolicyMeta {
        description,
        log: model.log.name.clone(),
        managed: false,
        version: model.log.version,
        worst_case_age: lifecycle.worst_case_age(),
    };
    PolicyBody { policy: Policy { meta, phases } }
}

fn phase(lifecycle: &Lifecycle, name: PhaseName) -> Option<Phase> {
    let declared = lifecycle.phase(name);
    let mut actions: BTreeMap<&'static str, Actions> = BTreeMap::new();
    for action in declared.into_iter().flat_map(|phase| &phase.actions) {
        actions.insert(action.spec.name, Actions::Declared(action.parameters.clone()));
    }
    let min_age = match name {
        PhaseName::Hot => {
            if let Some(rollover) = &lifecycle.rollover {
                actions.insert("rollover", Actions::Rollover(rollover_body(rollover)));
            }
            AT_ONCE.to_owned()
        }
        PhaseName::Delete => {
            actions.entry("delete").or_insert_with(|| Actions::Declared(BTreeMap::new()));
            lifecycle.keep.as_ref()?.to_string()
        }
        _ => declared?.after.as_ref().map_or_else(|| AT_ONCE.to_owned(), ToString::to_string),
    };
    Some(Phase { min_age, actions })
}

fn rollover_body(Rollover { max, min }: &Rollover) -> RolloverBody {
    let max = max.named().map(|(name, value)| (format!("max_{name}"), value));
    let min = min.named().map(|(name, value)| (format!("min_{name}"), value));
    RolloverBody(max.chain(min).collect())
}
