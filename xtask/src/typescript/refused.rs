//! Bodies with a mistake each, which every client must refuse: without them a type that quietly became `any` would let
//! everything pass.

use super::body::BodyKind;
use super::client::Client;
use super::source::{TypeScriptFile, push_refused};

/// Mistakes in bodies that both engines take.
const MISTAKES: &[(BodyKind, &str)] = &[
    (BodyKind::Mappings, r#"{ "propertie": {} }"#),
    (BodyKind::Mappings, r#"{ "dynamic": "strct" }"#),
    (BodyKind::Mappings, r#"{ "properties": { "a": { "type": "keywrd" } } }"#),
    (BodyKind::Mappings, r#"{ "properties": { "a": { "type": "keyword", "ignore_abov": 1 } } }"#),
    (BodyKind::Mappings, r#"{ "properties": { "a": { "type": "keyword", "ignore_above": "1" } } }"#),
    (BodyKind::Mappings, r#"{ "properties": { "a": { "properties": {}, "enabld": true } } }"#),
    (BodyKind::Mappings, r#"{ "properties": { "a": { "properties": { "b": { "type": "date", "formt": "x" } } } } }"#),
    (
        BodyKind::Mappings,
        r#"{ "properties": { "a": { "type": "nested", "properties": { "b": { "type": "lng" } } } } }"#,
    ),
    (BodyKind::Mappings, r#"{ "properties": { "a": { "type": "text", "fields": { "b": { "type": "lng" } } } } }"#),
    (BodyKind::IndexTemplate, r#"{ "index_pattern": ["a-*"] }"#),
    (BodyKind::IndexTemplate, r#"{ "priority": "high" }"#),
    (BodyKind::IndexTemplate, r#"{ "template": { "mapping": {} } }"#),
    (BodyKind::IndexTemplate, r#"{ "template": { "settings": { "number_of_shards": "1" } } }"#),
    (BodyKind::IndexTemplate, r#"{ "template": { "settings": { "index": { "number_of_shard": "1" } } } }"#),
    (
        BodyKind::IndexTemplate,
        r#"{ "template": { "settings": { "index": { "mapping": { "total_fields": { "limt": 1 } } } } } }"#,
    ),
    (BodyKind::ComponentTemplate, r#"{ "version": 1 }"#),
    (BodyKind::ComponentTemplate, r#"{ "template": { "setting": {} } }"#),
    (BodyKind::ComponentTemplate, r#"{ "template": { "mappings": { "propertie": {} } } }"#),
    (BodyKind::LifecyclePolicy, r#"{ "polic": {} }"#),
    (BodyKind::FirstIndex, r#"{ "aliases": { "a": { "is_write": true } } }"#),
    (BodyKind::FirstIndex, r#"{ "settings": { "index": { "number_of_shard": "1" } } }"#),
    (BodyKind::IngestPipeline, r#"{ "processor": [] }"#),
    (BodyKind::IngestPipeline, r#"{ "processors": [{ "scrpt": { "source": "" } }] }"#),
    (BodyKind::IngestPipeline, r#"{ "processors": [{ "script": { "sorce": "" } }] }"#),
    (BodyKind::IngestPipeline, r#"{ "processors": [{ "script": { "source": "", "descripton": "" } }] }"#),
    (BodyKind::IngestPipeline, r#"{ "processors": [{ "fail": { "message": "", "iff": "" } }] }"#),
    (BodyKind::Roles, r#"{ "writer": { "clustr": [] } }"#),
];

/// Mistakes in bodies that only Elasticsearch takes, and in what OpenSearch takes as well but nobody may send it.
const ELASTICSEARCH: &[(BodyKind, &str)] = &[
    (BodyKind::Mappings, r#"{ "properties": { "a": { "type": "flat_object" } } }"#),
    (BodyKind::IndexTemplate, r#"{ "template": { "settings": { "index": { "lifecycle": { "nam": "p" } } } } }"#),
    (BodyKind::IndexTemplate, r#"{ "template": { "settings": { "index": { "plugins": {} } } } }"#),
    (BodyKind::LifecyclePolicy, r#"{ "policy": { "phases": { "hott": {} } } }"#),
    (BodyKind::LifecyclePolicy, r#"{ "policy": { "phases": { "hot": { "actions": { "rolover": {} } } } } }"#),
    (
        BodyKind::LifecyclePolicy,
        r#"{ "policy": { "phases": { "hot": { "actions": { "rollover": { "max_ag": "1d" } } } } } }"#,
    ),
    (BodyKind::Roles, r#"{ "writer": { "indices": [{ "names": ["a"], "privilege": ["read"] }] } }"#),
];

/// The same for OpenSearch.
const OPENSEARCH: &[(BodyKind, &str)] = &[
    (BodyKind::Mappings, r#"{ "properties": { "a": { "type": "flattened" } } }"#),
    (BodyKind::IndexTemplate, r#"{ "template": { "lifecycle": {} } }"#),
    (BodyKind::IndexTemplate, r#"{ "template": { "settings": { "index": { "lifecycle": { "name": "p" } } } } }"#),
    (
        BodyKind::IndexTemplate,
        r#"{ "template": { "settings": { "index": { "plugins": { "index_state_management": { "rollover": "" } } } } } }"#,
    ),
    (BodyKind::LifecyclePolicy, r#"{ "policy": { "state": [] } }"#),
    (BodyKind::LifecyclePolicy, r#"{ "policy": { "states": [{ "name": "hot", "action": [] }] } }"#),
    (BodyKind::LifecyclePolicy, r#"{ "policy": { "states": [{ "actions": [{ "rolover": {} }] }] } }"#),
    (BodyKind::LifecyclePolicy, r#"{ "policy": { "states": [{ "actions": [{ "rollover": { "min_ag": "1d" } }] }] } }"#),
    (BodyKind::Roles, r#"{ "writer": { "index_permissions": [{ "allowed_action": ["read"] }] } }"#),
];

/// The mistakes that a client must refuse, and how many they are.
pub fn source(client: Client) -> (TypeScriptFile, usize) {
    let own = match client {
        Client::Elasticsearch9 | Client::Elasticsearch8 => ELASTICSEARCH,
        Client::OpenSearch3 => OPENSEARCH,
    };
    let mut text = format!("import type * as client from \"./{}.js\";\n", client.module());
    for (number, (kind, literal)) in MISTAKES.iter().chain(own).enumerate() {
        push_refused(&mut text, number, &format!("client.{}", kind.type_name()), literal);
    }
    let path = format!("refused-{}.ts", client.module());
    let about = format!("mistakes that the types of {} must refuse", client.package());
    (TypeScriptFile { path, text, about }, MISTAKES.len() + own.len())
}
