//! Findings about roles: what each may do, as a set of rights.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use super::finding_collector::{FindingCollector, Place};
use crate::diff::engine::Engine;
use crate::diff::rules::Rule;

pub(super) fn compare(engine: Engine, findings: &mut FindingCollector<'_>) {
    let file = "roles.json";
    let document = format!("{}/{file}", engine.name());
    let (Some(old), Some(new)) = (findings.old.document(engine, file), findings.new.document(engine, file)) else {
        return;
    };
    let (Some(old), Some(new)) = (old.as_object(), new.as_object()) else { return };
    let names: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    for name in names {
        let place = Place::new(format!("role.{name}"), &document, format!("/{name}"));
        match (old.get(name), new.get(name)) {
            (None, Some(_)) => findings.add(Rule::RoleAdded, &place.only_new(), format!("the role `{name}` is new")),
            (Some(_), None) => findings.add(Rule::RoleRemoved, &place.only_old(), format!("the role `{name}` is gone")),
            (Some(old), Some(new)) => compare_rights(name, (&rights(old), &rights(new)), &place, findings),
            (None, None) => {}
        }
    }
}

fn compare_rights(
    name: &str,
    (old, new): (&BTreeSet<String>, &BTreeSet<String>),
    place: &Place<'_>,
    findings: &mut FindingCollector<'_>,
) {
    let listed =
        |rights: Vec<&String>| rights.into_iter().map(|right| format!("`{right}`")).collect::<Vec<_>>().join(", ");
    let (more, less): (Vec<_>, Vec<_>) = (new.difference(old).collect(), old.difference(new).collect());
    if !more.is_empty() {
        findings.add(Rule::RoleWidened, place, format!("the role `{name}` has {} now", listed(more)));
    }
    if !less.is_empty() {
        findings.add(Rule::RoleNarrowed, place, format!("the role `{name}` no longer has {}", listed(less)));
    }
}

/// Every right of a role: on the cluster, and each privilege on each name of indices.
fn rights(role: &Json) -> BTreeSet<String> {
    let texts = |value: Option<&Json>| -> Vec<String> {
        let list = value.and_then(Json::as_array).into_iter().flatten();
        list.filter_map(|text| text.as_str().map(str::to_owned)).collect()
    };
    let mut rights = BTreeSet::new();
    for key in ["cluster", "cluster_permissions"] {
        rights.extend(texts(role.get(key)));
    }
    for (list, names, privileges) in
        [("indices", "names", "privileges"), ("index_permissions", "index_patterns", "allowed_actions")]
    {
        for entry in role.get(list).and_then(Json::as_array).into_iter().flatten() {
            for name in texts(entry.get(names)) {
                rights.extend(texts(entry.get(privileges)).into_iter().map(|right| format!("{right} on {name}")));
            }
        }
    }
    rights
}
