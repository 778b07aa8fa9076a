//! Bodies with a mistake each, which every client must refuse: without them a type that quietly became `any` would let
//! everything pass.

use super::body::Kind;
use super::client::Client;
use super::source::{Source, push_refused};

/// Mistakes in bodies that both engines take.
const MISTAKES: &[(Kind, &str)] = &[
    (Kind::Mappings, r#"{ "propertie": {} }"#),
    (Kind::Mappings, r#"{ "dynamic": "strct" }"#),
    (Kind::Mappings, r#"{ "properties": { "a": { "type": "keywrd" } } }"#),
    (Kind::Mappings, r#"{ "properties": { "a": { "type": "keyword", "ignore_abov": 1 } } }"#),
    (Kind::Mappings, r#"{ "properties": { "a": { "type": "keyword", "ignore_above": "1" } } }"#),
    (Kind::Mappings, r#"{ "properties": { "a": { "properties": {}, "enabld": true } } }"#),
    (Kind::Mappings, r#"{ "properties": { "a": { "properties": { "b": { "type": "date", "formt": "x" } } } } }"#),
    (Kind::Mappings, r#"{ "properties": { "a": { "type": "nested", "properties": { "b": { "type": "lng" } } } } }"#),
    (Kind::Mappings, r#"{ "properties": { "a": { "type": "text", "fields": { "b": { "type": "lng" } } } } }"#),
    (Kind::IndexTemplate, r#"{ "index_pattern": ["a-*"] }"#),
    (Kind::IndexTemplate, r#"{ "priority": "high" }"#),
    (Kind::IndexTemplate, r#"{ "template": { "mapping": {} } }"#),
    (Kind::IndexTemplate, r#"{ "template": { "settings": { "number_of_shards": "1" } } }"#),
    (Kind::IndexTemplate, r#"{ "template": { "settings": { "index": { "number_of_shard": "1" } } } }"#),
    (
        Kind::IndexTemplate,
        r#"{ "template": { "settings": { "index": { "mapping": { "total_fields": { "limt": 1 } } } } } }"#,
    ),
    (Kind::ComponentTemplate, r#"{ "version": 1 }"#),
    (Kind::ComponentTemplate, r#"{ "template": { "setting": {} } }"#),
    (Kind::ComponentTemplate, r#"{ "template": { "mappings": { "propertie": {} } } }"#),
    (Kind::LifecyclePolicy, r#"{ "polic": {} }"#),
    (Kind::FirstIndex, r#"{ "aliases": { "a": { "is_write": true } } }"#),
    (Kind::FirstIndex, r#"{ "settings": { "index": { "number_of_shard": "1" } } }"#),
    (Kind::IngestPipeline, r#"{ "processor": [] }"#),
    (Kind::IngestPipeline, r#"{ "processors": [{ "scrpt": { "source": "" } }] }"#),
    (Kind::IngestPipeline, r#"{ "processors": [{ "script": { "sorce": "" } }] }"#),
    (Kind::IngestPipeline, r#"{ "processors": [{ "script": { "source": "", "descripton": "" } }] }"#),
    (Kind::IngestPipeline, r#"{ "processors": [{ "fail": { "message": "", "iff": "" } }] }"#),
    (Kind::Roles, r#"{ "writer": { "clustr": [] } }"#),
];

/// Mistakes in bodies that only Elasticsearch takes, and in what OpenSearch takes as well but nobody may send it.
const ELASTICSEARCH: &[(Kind, &str)] = &[
    (Kind::Mappings, r#"{ "properties": { "a": { "type": "flat_object" } } }"#),
    (Kind::IndexTemplate, r#"{ "template": { "settings": { "index": { "lifecycle": { "nam": "p" } } } } }"#),
    (Kind::IndexTemplate, r#"{ "template": { "settings": { "index": { "plugins": {} } } } }"#),
    (Kind::LifecyclePolicy, r#"{ "policy": { "phases": { "hott": {} } } }"#),
    (Kind::LifecyclePolicy, r#"{ "policy": { "phases": { "hot": { "actions": { "rolover": {} } } } } }"#),
    (
        Kind::LifecyclePolicy,
        r#"{ "policy": { "phases": { "hot": { "actions": { "rollover": { "max_ag": "1d" } } } } } }"#,
    ),
    (Kind::Roles, r#"{ "writer": { "indices": [{ "names": ["a"], "privilege": ["read"] }] } }"#),
];

/// The same for OpenSearch.
const OPENSEARCH: &[(Kind, &str)] = &[
    (Kind::Mappings, r#"{ "properties": { "a": { "type": "flattened" } } }"#),
    (Kind::IndexTemplate, r#"{ "template": { "lifecycle": {} } }"#),
    (Kind::IndexTemplate, r#"{ "template": { "settings": { "index": { "lifecycle": { "name": "p" } } } } }"#),
    (
        Kind::IndexTemplate,
        r#"{ "template": { "settings": { "index": { "plugins": { "index_state_management": { "rollover": "" } } } } } }"#,
    ),
    (Kind::LifecyclePolicy, r#"{ "policy": { "state": [] } }"#),
    (Kind::LifecyclePolicy, r#"{ "policy": { "states": [{ "name": "hot", "action": [] }] } }"#),
    (Kind::LifecyclePolicy, r#"{ "policy": { "states": [{ "actions": [{ "rolover": {} }] }] } }"#),
    (Kind::LifecyclePolicy, r#"{ "policy": { "states": [{ "actions": [{ "rollover": { "min_ag": "1d" } }] }] } }"#),
    (Kind::Roles, r#"{ "writer": { "index_permissions": [{ "allowed_action": ["read"] }] } }"#),
];

/// The mistakes that a client must refuse, and how many they are.
pub fn source(client: Client) -> (Source, usize) {
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
    (Source { path, text, about }, MISTAKES.len() + own.len())
}
