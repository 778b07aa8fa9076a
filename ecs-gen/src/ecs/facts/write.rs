//! [`EcsRelease`] → text of the committed form.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::Value as Json;

use super::super::EcsRelease;
use crate::declaration::FieldDeclaration;
use crate::fieldset::Released;
use crate::input::fieldset::{
    AllowedValueInput, ExpectedInput, FieldInput, FieldsetInput, IgnoreAboveInput, LevelInput, MultiFieldInput,
    NormalizeInput, ReusableInput,
};
use crate::model::Level;
use crate::source::Spanned;

/// What the first lines of a file say.
const HEADER: &str = "\
# Facts of the Elastic Common Schema, made by `ecs-gen import`; do not edit. Field sets with their reuse, and what of them
# the release documents; no descriptions. Left out where it is the rule: `level: extended`.
";

/// What they say where one line of each description was kept.
const HEADER_WITH_TEXTS: &str = "\
# Facts of the Elastic Common Schema, made by `ecs-gen import --descriptions`; do not edit. Field sets with their reuse, and
# what of them the release documents. The descriptions are those of ECS, by Elasticsearch B.V., licensed under the Apache
# License, Version 2.0. Left out where it is the rule: `level: extended`.
";

/// Writes a release in its committed form.
#[must_use]
pub fn write_release(release: &EcsRelease) -> String {
    let has_text = |set: &FieldsetInput| set.short.is_some() || set.fields.iter().any(|field| field.short.is_some());
    let header = if release.inputs.iter().any(has_text) { HEADER_WITH_TEXTS } else { HEADER };
    let mut out = format!("{header}ecs: {}\n", release.version);
    if let Some(shown) = &release.shown.0 {
        out.push_str("released:\n");
        for (name, released) in shown {
            let _ = writeln!(out, "  {}: {}", scalar(name), selection(released));
        }
    }
    out.push_str("fieldsets:\n");
    for set in &release.inputs {
        write_fieldset(set, &mut out);
    }
    out
}

/// A field of a flat list in one line, for a comparison.
pub(in crate::ecs) fn declaration_line(field: &FieldDeclaration) -> String {
    let mut parts = Parts::default();
    parts.text("type", Some(field.field_type.name()));
    parts.text("level", Some(field.level.name()).filter(|_| field.level != Level::Extended));
    parts.flag("required", field.required);
    parts.flag("beta", field.beta);
    if field.is_array {
        parts.push("normalize", "[array]");
    }
    for (parameter, value) in &field.parameters {
        parts.push(parameter.name(), &flow(value));
    }
    let multi = field.multi_fields.iter().map(|multi| {
        let parameters = multi.parameters.iter().map(|(name, value)| format!(", {}: {}", name.name(), flow(value)));
        format!(
            "{{name: {}, type: {}{}}}",
            scalar(&multi.name),
            multi.field_type.name(),
            parameters.collect::<String>()
        )
    });
    parts.list("multi_fields", multi);
    parts.list("expected_values", field.expected_values.iter().map(|value| scalar(value)));
    let allowed = field.allowed.iter().map(|value| allowed_value(&value.name, &value.expected_event_types));
    parts.list("allowed_values", allowed);
    parts.text("pattern", field.pattern.as_deref());
    parts.text("format", field.display_format.as_deref());
    parts.text("original_fieldset", field.original_fieldset.as_deref());
    format!("{}: {}", scalar(field.path.as_str()), parts.into_flow())
}

fn selection(released: &Released) -> String {
    match released {
        Released::All => "{fields: \"*\"}".to_owned(),
        Released::Some(children) => format!("{{fields: {}}}", children_of(children)),
    }
}

fn children_of(children: &BTreeMap<String, Released>) -> String {
    let child = |(name, below): (&String, &Released)| match below {
        // Whether it has others below it is told by the schemas.
        Released::All => format!("{}: {{}}", scalar(name)),
        Released::Some(_) => format!("{}: {}", scalar(name), selection(below)),
    };
    format!("{{{}}}", children.iter().map(child).collect::<Vec<_>>().join(", "))
}

fn write_fieldset(set: &FieldsetInput, out: &mut String) {
    let _ = writeln!(out, "- name: {}", scalar(&set.name));
    if let Some(short) = &set.short {
        let _ = writeln!(out, "  short: {}", scalar(short));
    }
    if let Some(root) = set.root {
        let _ = writeln!(out, "  root: {root}");
    }
    if let Some(reusable) = &set.reusable {
        write_reusable(reusable, out);
    }
    if set.fields.is_empty() {
        return;
    }
    out.push_str("  fields:\n");
    let fields: BTreeMap<&str, &FieldInput> = set.fields.iter().map(|field| (field.name.as_str(), field)).collect();
    for field in fields.values() {
        let _ = writeln!(out, "  - {}", field_line(field));
    }
}

fn write_reusable(reusable: &ReusableInput, out: &mut String) {
    out.push_str("  reusable:\n");
    if let Some(top_level) = reusable.top_level {
        let _ = writeln!(out, "    top_level: {top_level}");
    }
    if let Some(order) = reusable.order {
        let _ = writeln!(out, "    order: {order}");
    }
    if reusable.expected.is_empty() {
        return;
    }
    out.push_str("    expected:\n");
    for place in &reusable.expected {
        let line = match &place.value {
            ExpectedInput::At(at) => scalar(at),
            ExpectedInput::As(there) => {
                let mut parts = Parts::default();
                parts.text("at", Some(&there.at));
                parts.text("as", there.name.as_deref());
                parts.normalize(&there.normalize);
                parts.transitive(there.transitive);
                parts.flag("beta", there.beta.is_some());
                parts.into_flow()
            }
        };
        let _ = writeln!(out, "    - {line}");
    }
}

fn field_line(field: &FieldInput) -> String {
    let mut parts = Parts::default();
    parts.text("name", Some(&field.name));
    parts.text("type", field.field_type.as_ref().map(|name| name.as_str()));
    parts.text("level", field.level.and_then(level));
    parts.flag("required", field.required == Some(true));
    parts.normalize(&field.normalize);
    parts.value("index", field.index.as_ref());
    parts.value("doc_values", field.doc_values.as_ref());
    parts.ignore_above(field.ignore_above.as_ref());
    parts.value("norms", field.norms.as_ref());
    parts.value("scaling_factor", field.scaling_factor.as_ref());
    parts.text("value", field.value.as_ref().map(|value| value.as_str()));
    parts.text("path", field.path.as_ref().map(|path| path.as_str()));
    parts.value("enabled", field.enabled.as_ref());
    parts.text("synthetic_source_keep", field.synthetic_source_keep.as_ref().map(|keep| keep.as_str()));
    parts.free(&field.parameters.0);
    parts.list("multi_fields", field.multi_fields.iter().map(multi_field));
    let expected = field.expected_values.as_deref().unwrap_or_default();
    parts.list("expected_values", expected.iter().map(|value| scalar(value)));
    let allowed = field.allowed_values.as_deref().unwrap_or_default();
    let allowed = allowed
        .iter()
        .map(|AllowedValueInput { name, expected_event_types, .. }| allowed_value(name, expected_event_types));
    parts.list("allowed_values", allowed);
    parts.text("pattern", field.pattern.as_ref().map(|pattern| pattern.as_str()));
    parts.text("format", field.format.as_ref().map(|format| format.as_str()));
    parts.text("unit", field.unit.as_ref().map(|unit| unit.as_str()));
    parts.text("metric_type", field.metric_type.as_ref().map(|metric_type| metric_type.as_str()));
    parts.text("object_type", field.object_type.as_ref().map(|object_type| object_type.as_str()));
    parts.flag("beta", field.beta.is_some());
    parts.flag("alpha", field.alpha.is_some());
    parts.text("original_fieldset", field.original_fieldset.as_deref());
    parts.text("short", field.short.as_deref());
    parts.into_flow()
}

fn allowed_value(name: &str, expected_event_types: &[String]) -> String {
    let mut parts = Parts::default();
    parts.text("name", Some(name));
    parts.list("expected_event_types", expected_event_types.iter().map(|value| scalar(value)));
    parts.into_flow()
}

fn multi_field(multi: &MultiFieldInput) -> String {
    let mut parts = Parts::default();
    parts.text("name", multi.name.as_ref().map(|name| name.as_str()));
    parts.text("type", Some(&multi.field_type));
    parts.ignore_above(multi.ignore_above.as_ref());
    parts.value("norms", multi.norms.as_ref());
    parts.text("normalizer", multi.normalizer.as_ref().map(|name| name.as_str()));
    parts.text("analyzer", multi.analyzer.as_ref().map(|name| name.as_str()));
    parts.value("scaling_factor", multi.scaling_factor.as_ref());
    parts.free(&multi.parameters.0);
    parts.into_flow()
}

fn level(level: LevelInput) -> Option<&'static str> {
    match level {
        LevelInput::Core => Some("core"),
        LevelInput::Extended => None,
        LevelInput::Custom => Some("custom"),
    }
}

/// The attributes of a flow mapping.
#[derive(Default)]
struct Parts(Vec<String>);

impl Parts {
    fn push(&mut self, name: &str, value: &str) {
        self.0.push(format!("{name}: {value}"));
    }

    fn text(&mut self, name: &str, text: Option<&str>) {
        if let Some(text) = text {
            self.push(name, &scalar(text));
        }
    }

    fn flag(&mut self, name: &str, is_set: bool) {
        if is_set {
            self.push(name, "true");
        }
    }

    fn transitive(&mut self, transitive: Option<bool>) {
        if let Some(transitive) = transitive {
            self.push("transitive", if transitive { "true" } else { "false" });
        }
    }

    fn value<T: Clone + Into<Json>>(&mut self, name: &str, value: Option<&Spanned<T>>) {
        if let Some(value) = value {
            self.push(name, &flow(&value.value.clone().into()));
        }
    }

    fn list(&mut self, name: &str, items: impl Iterator<Item = String>) {
        let items: Vec<String> = items.collect();
        if !items.is_empty() {
            self.push(name, &format!("[{}]", items.join(", ")));
        }
    }

    fn normalize(&mut self, normalize: &NormalizeInput) {
        if normalize.is_array() {
            self.push("normalize", "[array]");
        }
    }

    fn ignore_above(&mut self, limit: Option<&Spanned<IgnoreAboveInput>>) {
        match limit.map(|limit| &limit.value) {
            Some(IgnoreAboveInput::Limit(limit)) => self.push("ignore_above", &limit.to_string()),
            Some(IgnoreAboveInput::None(_)) => self.push("ignore_above", "none"),
            None => {}
        }
    }

    fn free(&mut self, parameters: &[(Spanned<String>, Spanned<Json>)]) {
        let entries: Vec<_> =
            parameters.iter().map(|(name, value)| format!("{}: {}", scalar(name), flow(value))).collect();
        if !entries.is_empty() {
            self.push("parameters", &format!("{{{}}}", entries.join(", ")));
        }
    }

    fn into_flow(self) -> String {
        format!("{{{}}}", self.0.join(", "))
    }
}

/// A value in YAML's flow style, in one line.
pub(crate) fn flow(value: &Json) -> String {
    match value {
        Json::String(text) => scalar(text),
        Json::Array(items) => format!("[{}]", items.iter().map(flow).collect::<Vec<_>>().join(", ")),
        Json::Object(entries) => {
            let entries: Vec<_> =
                entries.iter().map(|(key, value)| format!("{}: {}", scalar(key), flow(value))).collect();
            format!("{{{}}}", entries.join(", "))
        }
        other => other.to_string(),
    }
}

/// A text as a YAML scalar: plain where no reader can take it for anything else, in double quotes otherwise.
pub(crate) fn scalar(text: &str) -> String {
    let begins_plain = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    let all_plain = text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-' | '/' | '+' | ' '));
    if begins_plain && all_plain && !text.ends_with(' ') && !has_meaning(text) {
        text.to_owned()
    } else {
        // JSON's escapes are YAML's.
        Json::from(text).to_string()
    }
}

/// Whether YAML, in this version or an older one, reads the plain word as a boolean or null.
fn has_meaning(word: &str) -> bool {
    let words = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"];
    words.iter().any(|meant| word.eq_ignore_ascii_case(meant))
}
