//! Three roles with the least that each needs: bodies of `PUT _security/role/NAME` by name. For a `roles.yml`, each goes on
//! a line of its own, `NAME: BODY`: Elasticsearch cuts that file at every line that is not indented.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::lifecycle::Manager;
use crate::model::{IndexTarget, Model};

#[derive(Debug, Serialize)]
pub(super) struct Role {
    cluster: Vec<&'static str>,
    indices: Vec<IndexPrivileges>,
}

#[derive(Debug, Serialize)]
struct IndexPrivileges {
    names: Vec<String>,
    privileges: Vec<&'static str>,
}

pub(super) fn roles(model: &Model) -> BTreeMap<String, Role> {
    let log = &model.log.name;
    let role = |cluster: Vec<&'static str>, privileges: Vec<&'static str>| Role {
        cluster,
        indices: vec![IndexPrivileges { names: names(model), privileges }],
    };
    BTreeMap::from([
        (format!("{log}-writer"), role(vec![], writer_privileges(&model.log.target).to_vec())),
        (format!("{log}-reader"), role(vec![], vec!["read", "view_index_metadata"])),
        (format!("{log}-installer"), role(installer_cluster(model), vec!["create_index", "manage"])),
    ])
}

/// Neither changes nor deletes documents, and makes no index where the alias is missing.
///
/// In plain indices by `_bulk` alone, with the action `create`. The named privilege `create_doc` would also allow changes of
/// the mapping there until version 9 (measured on 8.19.21, whose deprecation log says so), and an action given by its own
/// name covers all that start with it, so that `indices:data/write/index` would allow overwriting.
///
/// Besides, a writer may ask which index its alias or data stream writes to, and get documents whose ids it knows: a request
/// that may have arrived is repeated to the same index, or looked for once a rollover has put another one in its place. That
/// shows neither mappings nor settings, as `view_index_metadata` would, and finds nothing, as `read` would.
const fn writer_privileges(target: &IndexTarget) -> &'static [&'static str] {
    match target {
        IndexTarget::DataStream(_) => &["create_doc", "indices:admin/data_stream/get", "indices:data/read/mget"],
        IndexTarget::Aliases(_) => &[
            "indices:admin/aliases/get",
            "indices:data/read/mget",
            "indices:data/write/bulk",
            "indices:data/write/index:op_type/create",
        ],
    }
}

fn installer_cluster(model: &Model) -> Vec<&'static str> {
    let mut privileges = vec!["manage_index_templates"];
    if model.log.lifecycle.manager == Manager::Policy {
        privileges.push("manage_ilm");
    }
    if model.log.pipeline.is_some() {
        privileges.push("manage_pipeline");
    }
    privileges.push("monitor");
    privileges
}

/// An alias and its indices, because privileges on one do not cover requests that name the other.
fn names(model: &Model) -> Vec<String> {
    match &model.log.target {
        IndexTarget::DataStream(stream) => vec![stream.name.clone()],
        IndexTarget::Aliases(aliases) => {
            aliases.iter().flat_map(|alias| [alias.name.clone(), alias.pattern.clone()]).collect()
        }
    }
}
