//! `data-view.ndjson`: the log as a Kibana data view, for “Saved objects → Import” of Kibana 8.0 and later, 9 included.
//!
//! The first line is the saved object of type `index-pattern`, whose structured attributes are JSON within strings; the
//! second the summary that an export ends with, which an import skips. The object says that it is of version 8.0.0 in
//! the way that 8.0 to 8.7 do (`migrationVersion`), which later ones convert: without a version Kibana would run its
//! oldest migrations, which drop `allowNoIndex`; with the newer keywords, releases before 8.8 would refuse it.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Value, json};

use super::Emitter;
use crate::files::Files;
use crate::model::Model;

/// The release whose form the object has.
const KIBANA_FORM: &str = "8.0.0";
/// What Kibana's editor takes for a field's description (`MAX_DATA_VIEW_FIELD_DESCRIPTION_LENGTH`).
const MAX_DESCRIPTION: usize = 300;

/// Emits the log as a Kibana data view.
pub struct DataView;

impl Emitter for DataView {
    fn name(&self) -> &'static str {
        "data-view"
    }

    fn about(&self) -> &'static str {
        "data-view.ndjson: the log as a data view, importable into Kibana"
    }

    fn emit(&self, model: &Model, out: &mut Files) {
        out.add_output(model, "data-view.ndjson", format!("{}\n{}\n", text(&saved_object(model)), text(&summary())));
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SavedObject<'m> {
    attributes: Attributes<'m>,
    core_migration_version: &'static str,
    /// The log's name: importing again replaces it, and dashboards can refer to it.
    id: &'m str,
    migration_version: BTreeMap<&'static str, &'static str>,
    references: [(); 0],
    #[serde(rename = "type")]
    kind: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Attributes<'m> {
    /// Whether the view is fine before the first index exists.
    allow_no_index: bool,
    /// Whether wildcards find hidden indices.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    allow_hidden: bool,
    field_attrs: String,
    field_format_map: String,
    fields: &'static str,
    name: &'m str,
    runtime_field_map: &'static str,
    source_filters: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    time_field_name: Option<&'static str>,
    title: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct FieldAttributes<'m> {
    custom_description: &'m str,
}

/// The field by which documents have a time.
pub(super) fn time_field(model: &Model) -> Option<&'static str> {
    model.children(&model.roots).find(|field| field.path.as_str() == "@timestamp").map(|_| "@timestamp")
}

fn saved_object(model: &Model) -> SavedObject<'_> {
    let log = &model.log;
    let attributes = Attributes {
        allow_no_index: true,
        allow_hidden: log.settings.hidden,
        field_attrs: text(&descriptions(model)),
        field_format_map: text(&formats(model, &duration())),
        fields: "[]",
        name: &log.title,
        runtime_field_map: "{}",
        source_filters: "[]",
        time_field_name: time_field(model),
        title: log.target.patterns().join(","),
    };
    SavedObject {
        attributes,
        core_migration_version: KIBANA_FORM,
        id: &log.name,
        migration_version: BTreeMap::from([("index-pattern", KIBANA_FORM)]),
        references: [],
        kind: "index-pattern",
    }
}

/// The line that an export ends with.
pub(super) fn summary() -> Value {
    json!({
        "excludedObjects": [],
        "excludedObjectsCount": 0,
        "exportedCount": 1,
        "missingRefCount": 0,
        "missingReferences": [],
    })
}

fn descriptions(model: &Model) -> BTreeMap<&str, FieldAttributes<'_>> {
    let described = model.leaves().filter(|field| !field.description.is_empty());
    let named = described
        .map(|field| (field.path.as_str(), FieldAttributes { custom_description: shortened(&field.description) }));
    named.collect()
}

/// The first characters, as many as Kibana takes.
fn shortened(description: &str) -> &str {
    description.char_indices().nth(MAX_DESCRIPTION).map_or(description, |(end, _)| &description[..end])
}

/// The formatter of each field that has one.
pub(super) fn formats<'m>(model: &'m Model, duration: &Value) -> BTreeMap<&'m str, Value> {
    let formatted = model
        .leaves()
        .filter_map(|field| Some((field.path.as_str(), format(field.display_format.as_deref()?, duration)?)));
    formatted.collect()
}

/// The formatter for a display format of ECS; `None` for one that neither Kibana nor OpenSearch Dashboards has.
fn format(name: &str, duration: &Value) -> Option<Value> {
    match name {
        "duration" => Some(json!({"id": "duration", "params": duration})),
        _ => is_display_format(name).then(|| json!({"id": name})),
    }
}

/// How Kibana shows a duration; those of ECS are nanoseconds.
fn duration() -> Value {
    json!({
        "includeSpaceWithSuffix": true,
        "inputFormat": "nanoseconds",
        "outputFormat": "humanizePrecise",
        "outputPrecision": 1,
        "useShortSuffix": true,
    })
}

/// The display formats that reach Kibana.
pub(crate) const DISPLAY_FORMATS: &[&str] =
    &["boolean", "bytes", "color", "date", "date_nanos", "duration", "ip", "number", "percent", "string", "url"];

/// Whether a display format reaches Kibana.
pub(crate) fn is_display_format(name: &str) -> bool {
    DISPLAY_FORMATS.contains(&name)
}

/// A value as JSON.
pub(super) fn text(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("bodies have text keys and finite numbers")
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::{DataView, format, shortened};
    use crate::emit::Emitter;
    use crate::files::Files;
    use crate::testing::small_model;

    #[test]
    fn data_view_of_a_small_log() {
        let mut out = Files::default();
        DataView.emit(&small_model(), &mut out);
        let bytes = out.get("generated/example/data-view.ndjson").unwrap();
        insta::assert_snapshot!(std::str::from_utf8(bytes).unwrap());
    }

    #[test]
    fn hidden_indices_are_found_by_their_view() {
        let mut model = small_model();
        model.log.settings.hidden = true;
        let view = super::saved_object(&model);
        assert!(view.attributes.allow_hidden);
    }

    #[test]
    fn unknown_formats_are_left_out() {
        assert_eq!(format("bytes", &Value::Null).unwrap()["id"], "bytes");
        assert_eq!(format("furlongs", &Value::Null), None);
    }

    #[test]
    fn descriptions_are_cut_to_what_kibana_takes() {
        assert_eq!(shortened(&"ä".repeat(301)), "ä".repeat(300));
        assert_eq!(shortened("short"), "short");
    }
}
