//! What people write who know Elasticsearch, OpenSearch, the Elastic Common Schema or their lifecycle policies, and what it
//! is called here. Places are the names of the input types in the JSON Schemas; a test tries every row.

use crate::parameter::Parameter;

/// A key that belongs elsewhere or has another name here.
#[derive(Debug)]
pub struct Hint {
    /// The input type in which the key was written.
    pub place: &'static str,
    /// The key, in each of its spellings.
    pub keys: &'static [&'static str],
    /// What to write instead.
    pub help: &'static str,
}

/// The place of keys in a phase, which has no type of its own.
pub const PHASE: &str = "Phase";

const fn hint(place: &'static str, keys: &'static [&'static str], help: &'static str) -> Hint {
    Hint { place, keys, help }
}

const UNDER_INDEX: &str = "where documents go, and the settings of their indices, stand under `index`";
const UNDER_LIFECYCLE: &str = "when indices roll over, change phase and go stands under `lifecycle`";
const GENERATED: &str = "mappings and templates are generated from `fields` and `extensions`";

/// Every such key that has been thought of.
pub const HINTS: &[Hint] = &[
    hint("LogInput", &["alias", "aliases", "data_stream", "pattern", "index_patterns"], UNDER_INDEX),
    hint("LogInput", &["shards", "replicas", "number_of_shards", "number_of_replicas", "settings"], UNDER_INDEX),
    hint("LogInput", &["refresh_interval", "hidden", "priority", "default_pipeline", "pipeline"], UNDER_INDEX),
    hint(
        "LogInput",
        &["policy", "rollover", "keep", "phases", "retention", "min_age", "max_age", "ilm", "ism"],
        UNDER_LIFECYCLE,
    ),
    hint("LogInput", &["mappings", "template", "index_template"], GENERATED),
    hint("LogInput", &["properties", "subset", "fieldsets"], "the selected field sets stand under `fields`"),
    hint(
        "LogInput",
        &["include", "includes", "custom", "imports"],
        "files of custom field sets stand under `extensions`",
    ),
    hint("LogInput", &["ecs_version"], "write `ecs`"),
    hint("LogInput", &["_meta", "meta"], "write `title`, `description` and `version`"),
    hint("IndexInput", &["name", "index", "rollover_alias"], "write `alias`, `aliases` or `data_stream`"),
    hint("IndexInput", &["number_of_shards", "index.number_of_shards"], "write `shards`"),
    hint("IndexInput", &["number_of_replicas", "index.number_of_replicas"], "write `replicas`"),
    hint("IndexInput", &["index_patterns", "patterns"], "write `pattern`"),
    hint("IndexInput", &["is_hidden"], "write `hidden`"),
    hint("IndexInput", &["is_write_index"], "drop it: the first index is the alias's write index"),
    hint("IndexInput", &["pipeline"], "write `default_pipeline`"),
    hint(
        "IndexInput",
        &["lifecycle", "policy", "rollover", "keep", "retention", "phases", "max_age"],
        "`lifecycle` is an option of the log, beside `index`",
    ),
    hint("IndexInput", &["mappings", "template"], GENERATED),
    hint(
        "PipelineInput",
        &["processors", "body"],
        "the body of the pipeline stands in a file of its own: write `file`",
    ),
    hint("PipelineInput", &["id"], "write `name`"),
    hint("OpenSearchInput", &["version", "min_version", "minimum", "from"], "write `since`"),
    hint("LifecycleInput", &["hot", "warm", "cold", "frozen", "states", "actions"], "phases stand under `phases`"),
    hint(
        "LifecycleInput",
        &["min_age", "max_age", "delete", "delete_after", "retention", "data_retention"],
        "the age since rollover at which an index goes is `keep`, and that at which it rolls over `rollover.max_age`",
    ),
    hint(
        "LifecycleInput",
        &["max_size", "max_docs", "max_primary_shard_size", "max_primary_shard_docs", "min_size", "min_docs"],
        "conditions of the rollover stand under `rollover`",
    ),
    hint("LifecycleInput", &["name", "policy_id", "ilm", "ism"], "the name of the policy is `policy`"),
    hint("RolloverInput", &["min_index_age", "age"], "the first condition that is met suffices: write `max_age`"),
    hint("RolloverInput", &["size"], "the first condition that is met suffices: write `max_size`"),
    hint(
        "RolloverInput",
        &["primary_shard_size"],
        "the first condition that is met suffices: write `max_primary_shard_size`",
    ),
    hint("RolloverInput", &["min_doc_count", "docs"], "the first condition that is met suffices: write `max_docs`"),
    hint("RolloverInput", &["conditions"], "write the conditions here, such as `max_age: 30d`"),
    hint("Phases", &["rollover"], "conditions of the rollover stand under `lifecycle.rollover`"),
    hint("Phases", &["keep", "retention"], "write `keep` in `lifecycle`, beside `phases`"),
    hint(
        PHASE,
        &["min_age", "min_index_age", "age", "transitions", "conditions"],
        "the age since rollover at which the phase begins is `after`",
    ),
    hint(PHASE, &["actions"], "actions stand in the phase itself: `warm: {after: 7d, readonly: {}}`"),
    hint(PHASE, &["read_only"], "write `readonly`"),
    hint(PHASE, &["force_merge"], "write `forcemerge`"),
    hint(PHASE, &["index_priority"], "write `set_priority`"),
    hint(PHASE, &["replica_count"], "write `allocate: {number_of_replicas: 1}`"),
    hint(PHASE, &["allocation"], "write `allocate`"),
    hint(
        PHASE,
        &["downsample"],
        "drop it: the engine downsamples time series, and no event log is one: events have no dimensions and metrics of their own",
    ),
    hint(PHASE, &["freeze"], "drop it: Elasticsearch has no frozen indices any more, but searchable snapshots"),
    hint("FieldsetInput", &["key", "id", "prefix"], "the object that holds the fields is the set's `name`"),
    hint("FieldsetInput", &["properties", "mappings", "field"], "the fields are a list under `fields`"),
    hint(
        "FieldsetInput",
        &["expected", "reuse", "reused_here", "order", "top_level"],
        "where else the set is used stands under `reusable`: `reusable: {expected: [user]}`",
    ),
    hint("ReusableInput", &["at", "as", "places"], "the places are a list under `expected`"),
    hint("ExpectedAs", &["order"], "`order` stands beside `expected`; how far the set goes from here is `transitive`"),
    hint("ExpectedAs", &["name", "prefix"], "the name of the set there is `as`"),
    hint("ExpectedAs", &["path", "full", "in"], "the path of the object that gets the set is `at`"),
    hint(
        "FieldInput",
        &["fields"],
        "further ways in which the value is indexed are `multi_fields: [{type: text}]`; fields of an object have entries of \
         their own with dotted names",
    ),
    hint("FieldInput", &["properties"], "fields of an object have entries of their own with dotted names"),
    hint("FieldInput", &["enum", "values", "allowed"], "write `allowed_values: [{name: open}]`"),
    hint("FieldInput", &["regex", "regexp", "match"], "write `pattern`"),
    hint("FieldInput", &["array", "is_array", "multi", "many"], "write `normalize: [array]`"),
    hint("FieldInput", &["date_format"], "write `parameters: {format: epoch_second}`"),
    hint("FieldInput", &["units"], "write `unit`"),
    hint("FieldInput", &["metric", "time_series_metric"], "write `metric_type`"),
    hint("FieldInput", &["title", "doc", "comment"], "write `description`"),
    hint("FieldInput", &["external"], "fields of ECS are not declared: select them under `fields` of the log"),
    hint(
        "FieldInput",
        &["dynamic"],
        "an object that keeps unknown fields is named in the log file, `dynamic: {PATH: false}`; one that takes any keys is of type \
         `flattened`, and one that is only kept has `enabled: false`",
    ),
    hint(
        "MultiFieldInput",
        &["fields", "multi_fields"],
        "a multi-field has none itself: add another to `multi_fields` of the field",
    ),
    hint("AllowedValueInput", &["value", "key", "id"], "the value is `name`"),
    hint("AllowedValueInput", &["event_types", "types"], "write `expected_event_types`"),
    hint("Selection", &["properties", "include"], "the selected fields stand under `fields`"),
    hint(
        "Selection",
        &["type", "multi_fields", "description", "ignore_above", "normalize", "parameters"],
        "a selection says which fields there are; what they are stands in a file under `extensions`",
    ),
];

/// How a value of a type looks, where text was written; `VALUE` is that text.
const WRITTEN: &[(&str, &str)] = &[
    ("IndexInput", "{alias: VALUE}"),
    ("LifecycleInput", "{rollover: {max_age: 30d}, keep: VALUE}"),
    ("RolloverInput", "{max_age: VALUE}"),
    ("OpenSearchInput", "{since: \"VALUE\"}"),
    ("PipelineInput", "{name: VALUE, file: VALUE.yaml}"),
    ("ReusableInput", "{expected: [VALUE]}"),
    ("FieldInput", "{name: VALUE, type: keyword}"),
    ("FieldsetInput", "{name: VALUE, fields: [{name: id, type: keyword}]}"),
    ("AllowedValueInput", "{name: VALUE}"),
    ("MultiFieldInput", "{type: VALUE}"),
    ("ExcludeInput", "{name: VALUE, fields: [{name: id}]}"),
    ("ExcludedField", "{name: VALUE}"),
];

/// What to write instead of `key` at `place`.
#[must_use]
pub fn find(place: &str, key: &str) -> Option<String> {
    let row = HINTS.iter().find(|hint| hint.place == place && hint.keys.contains(&key));
    let parameter = || {
        let takes_parameters = matches!(place, "FieldInput" | "MultiFieldInput");
        let is_parameter = takes_parameters && Parameter::from_name(key).is_some();
        is_parameter.then(|| format!("`{key}` is a mapping parameter: write `parameters: {{{key}: …}}`"))
    };
    row.map(|row| row.help.to_owned()).or_else(parameter)
}

/// How the type `place` looks with `text` in it.
pub(super) fn written(place: &str, text: &str) -> Option<String> {
    WRITTEN.iter().find(|(known, _)| *known == place).map(|(_, form)| form.replace("VALUE", text))
}
