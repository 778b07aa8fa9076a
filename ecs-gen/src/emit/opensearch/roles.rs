//! Three roles with the least that each needs: bodies of `PUT _plugins/_security/api/roles/NAME` by name.
//!
//! The security plugin tells apart neither creating a document from replacing it: the writer's role allows both. A writer
//! that only creates keeps to `op_type=create`.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::model::{IndexTarget, Model};

#[derive(Debug, Serialize)]
#[expect(clippy::struct_field_names, reason = "the names are the plugin's")]
pub(super) struct Role {
    cluster_permissions: Vec<&'static str>,
    index_permissions: Vec<IndexPermissions>,
    tenant_permissions: [(); 0],
}

#[derive(Debug, Serialize)]
struct IndexPermissions {
    index_patterns: Vec<String>,
    allowed_actions: Vec<&'static str>,
}

/// What a bulk request needs on the indices that its items name; on the cluster it needs `indices:data/write/bulk`.
///
/// A writer may ask which index it writes to, and get documents by their ids, for the reason that the roles of Elasticsearch
/// give.
const fn writer_actions(target: &IndexTarget) -> &'static [&'static str] {
    match target {
        IndexTarget::DataStream(_) => &[
            "indices:admin/data_stream/get",
            "indices:data/read/mget*",
            "indices:data/write/bulk*",
            "indices:data/write/index",
        ],
        IndexTarget::Aliases(_) => &[
            "indices:admin/aliases/get",
            "indices:data/read/mget*",
            "indices:data/write/bulk*",
            "indices:data/write/index",
        ],
    }
}

const READ: &[&str] = &[
    "read",
    "indices:admin/aliases/get",
    "indices:admin/get",
    "indices:admin/mappings/get",
    "indices:admin/resolve/index",
    "indices:monitor/settings/get",
];

pub(super) fn roles(model: &Model) -> BTreeMap<String, Role> {
    let log = &model.log.name;
    let role = |cluster: Vec<&'static str>, actions: &[&'static str]| Role {
        cluster_permissions: cluster,
        index_permissions: vec![IndexPermissions { index_patterns: names(model), allowed_actions: actions.to_vec() }],
        tenant_permissions: [],
    };
    BTreeMap::from([
        (
            format!("{log}-writer"),
            role(vec!["indices:data/read/mget", "indices:data/write/bulk"], writer_actions(&model.log.target)),
        ),
        (format!("{log}-reader"), role(vec!["cluster_composite_ops_ro"], READ)),
        (format!("{log}-installer"), role(installer_cluster(model), &["manage"])),
    ])
}

fn installer_cluster(model: &Model) -> Vec<&'static str> {
    let mut permissions = vec![
        "cluster:admin/component_template/*",
        "cluster:admin/opendistro/ism/*",
        "cluster:monitor/main",
        "indices:admin/index_template/*",
        "indices:admin/template/*",
    ];
    if model.log.pipeline.is_some() {
        permissions.push("cluster:admin/ingest/pipeline/*");
    }
    permissions.sort_unstable();
    permissions
}

/// The plugin checks the indices behind an alias; the alias is named for the request that makes it. The indices of a data
/// stream have names of their own.
fn names(model: &Model) -> Vec<String> {
    match &model.log.target {
        IndexTarget::DataStream(stream) => vec![stream.name.clone(), format!(".ds-{}-*", stream.name)],
        IndexTarget::Aliases(aliases) => {
            aliases.iter().flat_map(|alias| [alias.name.clone(), alias.pattern.clone()]).collect()
        }
    }
}
