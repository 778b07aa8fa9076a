//! [`EcsRelease`] → text of the committed form.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::Value as Json;

use super::{DEFAULT_IGNORE_ABOVE, HEADER};
use crate::declaration::{EcsRelease, FieldDeclaration};
use crate::field_type::FieldType;
use crate::model::{AllowedValue, Level, MultiField};
use crate::parameter::{Parameter, Parameters};

/// The distinct lists of allowed values, each with its name.
type Lists<'r> = BTreeMap<Vec<(&'r str, &'r [String])>, &'r str>;

/// Writes a release in its committed form.
#[must_use]
pub fn write_release(release: &EcsRelease) -> String {
    let lists = name_lists(&release.fields);
    let mut out = format!("{HEADER}ecs: {}\n", release.version);
    write_lists(&lists, &mut out);
    out.push_str("fields:\n");
    for field in &release.fields {
        let list = lists.get(&list_key(&field.allowed)).copied();
        let _ = writeln!(out, "  {}", line(field, list));
    }
    out
}

/// A field as its line in the committed form; a list of allowed values is named after the field itself.
pub(in crate::ecs) fn field_line(field: &FieldDeclaration) -> String {
    line(field, (!field.allowed.is_empty()).then(|| field.path.as_str()))
}

fn list_key(values: &[AllowedValue]) -> Vec<(&str, &[String])> {
    values.iter().map(|value| (value.name.as_str(), value.expected_event_types.as_slice())).collect()
}

fn name_lists(fields: &[FieldDeclaration]) -> Lists<'_> {
    let mut lists = Lists::new();
    for field in fields.iter().filter(|field| !field.allowed.is_empty()) {
        let path = field.path.as_str();
        let name = lists.entry(list_key(&field.allowed)).or_insert(path);
        if (path.len(), path) < (name.len(), *name) {
            *name = path;
        }
    }
    lists
}

fn write_lists(lists: &Lists<'_>, out: &mut String) {
    if lists.is_empty() {
        return;
    }
    out.push_str("allowed_values:\n");
    let by_name: BTreeMap<_, _> = lists.iter().map(|(values, name)| (*name, values)).collect();
    for (name, values) in by_name {
        if values.iter().all(|(_, types)| types.is_empty()) {
            let _ = writeln!(out, "  {}: {}", scalar(name), flow_list(values.iter().map(|(value, _)| *value)));
            continue;
        }
        let _ = writeln!(out, "  {}:", scalar(name));
        for (value, types) in values {
            let _ = writeln!(out, "    {}: {}", scalar(value), flow_list(types.iter().map(String::as_str)));
        }
    }
}

fn line(field: &FieldDeclaration, list: Option<&str>) -> String {
    let mut parts = vec![format!("type: {}", field.field_type.name())];
    if field.level != Level::Extended {
        parts.push(format!("level: {}", field.level.name()));
    }
    if field.required {
        parts.push("required: true".to_owned());
    }
    if field.many {
        parts.push("normalize: [array]".to_owned());
    }
    parts.extend(parameter_parts(field));
    if !field.multi_fields.is_empty() {
        let multi: Vec<_> = field.multi_fields.iter().map(multi_field_part).collect();
        parts.push(format!("multi_fields: {{{}}}", multi.join(", ")));
    }
    if !field.expected_values.is_empty() {
        let values = flow_list(field.expected_values.iter().map(String::as_str));
        parts.push(format!("expected_values: {values}"));
    }
    if field.beta {
        parts.push("beta: true".to_owned());
    }
    let texts = [
        ("allowed_values", list),
        ("pattern", field.pattern.as_deref()),
        ("format", field.display_format.as_deref()),
        ("object_type", field.object_type.as_deref()),
        ("original_fieldset", field.original_fieldset.as_deref()),
    ];
    for (name, text) in texts {
        parts.extend(text.map(|text| format!("{name}: {}", scalar(text))));
    }
    format!("{}: {{{}}}", scalar(field.path.as_str()), parts.join(", "))
}

fn parameter_parts(field: &FieldDeclaration) -> Vec<String> {
    let is_default = |parameter: Parameter, value: &Json| {
        field.field_type == FieldType::Keyword
            && parameter == Parameter::IgnoreAbove
            && value.as_u64() == Some(DEFAULT_IGNORE_ABOVE)
    };
    let mut parts = Vec::new();
    if field.field_type == FieldType::Keyword && !field.parameters.contains_key(&Parameter::IgnoreAbove) {
        parts.push("ignore_above: null".to_owned());
    }
    parts.extend(plain_parameters(&field.parameters, is_default));
    if let Some(format) = field.parameters.get(&Parameter::Format) {
        parts.push(format!("parameters: {{format: {}}}", flow(format)));
    }
    parts
}

/// The parameters that can stand beside the attributes.
fn plain_parameters(parameters: &Parameters, is_default: impl Fn(Parameter, &Json) -> bool) -> Vec<String> {
    parameters
        .iter()
        .filter(|(parameter, value)| **parameter != Parameter::Format && !is_default(**parameter, value))
        .map(|(parameter, value)| format!("{}: {}", parameter.name(), flow(value)))
        .collect()
}

fn multi_field_part(multi: &MultiField) -> String {
    let name = scalar(&multi.name);
    let field_type = multi.field_type.name();
    if multi.parameters.is_empty() {
        return format!("{name}: {field_type}");
    }
    // Among a multi-field's attributes no name is taken, so the parameter `format` can stand there as it is.
    let parameters: Vec<_> =
        multi.parameters.iter().map(|(parameter, value)| format!("{}: {}", parameter.name(), flow(value))).collect();
    format!("{name}: {{type: {field_type}, {}}}", parameters.join(", "))
}

fn flow_list<'v>(values: impl Iterator<Item = &'v str>) -> String {
    let values: Vec<_> = values.map(scalar).collect();
    format!("[{}]", values.join(", "))
}

fn flow(value: &Json) -> String {
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
fn scalar(text: &str) -> String {
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
