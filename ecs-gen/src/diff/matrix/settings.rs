//! A change of each index setting that the generator emits.

use crate::diff::engine::Engine;

/// A change of one index setting.
#[derive(Clone, Debug, PartialEq)]
pub struct SettingCase {
    /// Its dotted name.
    pub name: &'static str,
    /// The value of the index.
    pub old: &'static str,
    /// The value that is put.
    pub new: &'static str,
}

/// A change of each setting that the generator emits for an engine.
pub fn setting_cases(engine: Engine) -> impl Iterator<Item = SettingCase> {
    const OF_BOTH: &[(&str, &str, &str)] = &[
        ("index.auto_expand_replicas", "0-1", "0-2"),
        ("index.codec", "default", "best_compression"),
        ("index.default_pipeline", "_none", "event-log-test-pipeline"),
        ("index.hidden", "true", "false"),
        ("index.mapping.nested_fields.limit", "51", "60"),
        ("index.mapping.total_fields.limit", "1100", "1200"),
        ("index.number_of_replicas", "0", "1"),
        ("index.number_of_shards", "1", "2"),
        ("index.refresh_interval", "1s", "5s"),
    ];
    const OF_ELASTICSEARCH: &[(&str, &str, &str)] =
        &[("index.lifecycle.name", "one", "other"), ("index.lifecycle.rollover_alias", "one", "other")];
    const OF_OPENSEARCH: &[(&str, &str, &str)] =
        &[("index.plugins.index_state_management.rollover_alias", "one", "other")];
    let own = match engine {
        Engine::Elasticsearch => OF_ELASTICSEARCH,
        Engine::OpenSearch => OF_OPENSEARCH,
    };
    OF_BOTH.iter().chain(own).map(|(name, old, new)| SettingCase { name, old, new })
}
