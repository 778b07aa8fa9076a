//! Lifecycle policies: which steps put one, which settings of a template name one, and how an engine without lifecycle management
//! refuses it.

use serde_json::Value;

use super::EngineKind;
use super::bundle::InstallStepKind;
use super::error::InstallError;
use super::session::InstallSession;
use crate::name::path_segment;
use crate::refusal::Refusal;
use crate::transport::Method;

/// Suffix of the hash of a bundle without its policy, so that it differs from that of the same bundle with it.
pub(super) const WITHOUT: &str = "-without-policy";

/// Where the policies of Elasticsearch and of OpenSearch are put.
const PATHS: [&str; 2] = ["/_ilm/policy/", "/_plugins/_ism/policies/"];

/// Whether a step of this path puts a policy.
pub(super) fn is_of_one(path: &str) -> bool {
    PATHS.iter().any(|start| path.starts_with(start))
}

/// The key of an index's policy in the reply to `GET _plugins/_ism/explain/INDEX`.
const POLICY_ID: &str = "index.plugins.index_state_management.policy_id";

impl InstallSession<'_> {
    /// Whether Index State Management reports that an index has no policy. The plugin takes a while to attach one to a new index,
    /// and never does to an index that is hidden or begins with a dot. Without a report the index counts as managed.
    pub(super) fn is_unmanaged(&self, index: &str) -> Result<bool, InstallError> {
        let has_policy = |step: &super::bundle::InstallStep| step.kind == InstallStepKind::Policy && !step.is_left_out;
        if self.bundle.engine() != EngineKind::OpenSearch || !self.bundle.steps().iter().any(has_policy) {
            return Ok(false);
        }
        let response = self.send(Method::Get, &format!("/_plugins/_ism/explain/{}", path_segment(index)), None)?;
        let said: Value = serde_json::from_slice(&response.body).unwrap_or_default();
        Ok(response.is_success() && said[index].get(POLICY_ID).is_some_and(Value::is_null))
    }
}

/// Whether an engine says that it knows no such path; both use the same words.
pub(super) fn is_unknown(refusal: &Refusal) -> bool {
    matches!(refusal.status, 400 | 404 | 405) && refusal.reason.starts_with("no handler found for uri")
}

/// Removes the settings that name a policy from a body, and replaces its hash.
pub(super) fn remove(body: &mut Value, hash: &str, other: &str) {
    let Some(members) = body.as_object_mut() else { return };
    if let Some(index) = members.get_mut("settings").and_then(|settings| settings.get_mut("index")) {
        remove_settings(index);
    }
    for (name, member) in members.iter_mut() {
        match name.as_str() {
            "hash" if member == hash => *member = other.into(),
            "_meta" | "template" | "mappings" => remove(member, hash, other),
            _ => {}
        }
    }
}

/// `index.lifecycle` of Elasticsearch, `index.plugins.index_state_management` of OpenSearch.
fn remove_settings(index: &mut Value) {
    let Some(settings) = index.as_object_mut() else { return };
    settings.remove("lifecycle");
    let is_empty = settings.get_mut("plugins").and_then(Value::as_object_mut).is_some_and(|plugins| {
        plugins.remove("index_state_management");
        plugins.is_empty()
    });
    if is_empty {
        settings.remove("plugins");
    }
}
