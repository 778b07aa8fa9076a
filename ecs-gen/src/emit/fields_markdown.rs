//! `fields.md`: the data dictionary for people; a table for each top-level object, fields without one under `base`.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Write;

use super::Emitter;
use crate::field_type::ValueKind;
use crate::files::{Files, GENERATED_BY};
use crate::model::{Field, Model, Origin};
use crate::parameter::Parameter;

const TABLE_HEAD: &str = "| field | type | list | required | values | description | origin |\n\
                          | --- | --- | --- | --- | --- | --- | --- |\n";

/// Emits the data dictionary.
pub struct FieldsMarkdown;

impl Emitter for FieldsMarkdown {
    fn name(&self) -> &'static str {
        "fields-markdown"
    }

    fn about(&self) -> &'static str {
        "fields.md: the data dictionary"
    }

    fn emit(&self, model: &Model, out: &mut Files) {
        out.add_output(model, "fields.md", dictionary(model));
    }
}

/// The rows under one heading.
#[derive(Default)]
struct Group<'m> {
    rows: Vec<Row<'m>>,
    nested: Vec<&'m str>,
}

#[derive(Clone, Copy)]
struct Row<'m> {
    field: &'m Field,
    is_docs_only: bool,
}

fn dictionary(model: &Model) -> String {
    let mut text = String::new();
    push_head(&mut text, model);
    for (name, group) in groups(model) {
        push_group(&mut text, model, name, &group);
    }
    text
}

fn push(text: &mut String, arguments: std::fmt::Arguments<'_>) {
    text.write_fmt(arguments).expect("a string takes everything");
}

fn push_head(text: &mut String, model: &Model) {
    let log = &model.log;
    push(text, format_args!("<!-- {GENERATED_BY} Source: {}. -->\n\n# {}: fields\n\n", log.source, log.title));
    if !log.description.is_empty() {
        push(text, format_args!("{}\n\n", log.description.trim_end()));
    }
    let leaves = model.leaves().count();
    let multi_fields: usize = model.fields.iter().map(|field| field.multi_fields.len()).sum();
    let counts = [
        ("fields", leaves),
        ("objects", model.fields.len() - leaves),
        ("multi-fields", multi_fields),
        ("counted against `index.mapping.total_fields.limit`", model.mapped_count()),
        ("required", model.leaves().filter(|field| field.required).count()),
        ("documented only", model.docs_only.len()),
    ];
    push(text, format_args!("Version {}, Elastic Common Schema {}.\n\n", log.version, model.ecs_version));
    text.push_str("| what | number |\n| --- | --- |\n");
    for (what, number) in counts {
        push(text, format_args!("| {what} | {number} |\n"));
    }
}

/// Rows by top-level object, in byte order of the paths; those without one come first.
fn groups(model: &Model) -> BTreeMap<&str, Group<'_>> {
    let mut groups: BTreeMap<&str, Group<'_>> = BTreeMap::new();
    let group_of = |field: &'_ Field| -> usize { field.path.as_str().find('.').unwrap_or(0) };
    for field in &model.fields {
        let path = field.path.as_str();
        if !field.is_object() {
            groups.entry(&path[..group_of(field)]).or_default().rows.push(Row { field, is_docs_only: false });
        } else if field.kind() == ValueKind::Nested {
            let name = path.split('.').next().unwrap_or(path);
            groups.entry(name).or_default().nested.push(path);
        }
    }
    for field in &model.docs_only {
        let name = &field.path.as_str()[..group_of(field)];
        groups.entry(name).or_default().rows.push(Row { field, is_docs_only: true });
    }
    for group in groups.values_mut() {
        group.rows.sort_by_key(|row| row.field.path.as_str());
    }
    groups
}

fn push_group(text: &mut String, model: &Model, name: &str, group: &Group<'_>) {
    push(text, format_args!("\n## {}\n\n", if name.is_empty() { "base" } else { name }));
    if !group.nested.is_empty() {
        let paths: Vec<String> = group.nested.iter().map(|path| format!("`{path}`")).collect();
        push(text, format_args!("Lists of objects, each searchable as a whole: {}.\n\n", paths.join(", ")));
    }
    text.push_str(TABLE_HEAD);
    for row in &group.rows {
        push_row(text, model, *row);
    }
    for row in &group.rows {
        push_expectations(text, model, row.field);
    }
}

/// Which event types a category goes with. Readers of a mapping would look for that rule in vain.
fn push_expectations(text: &mut String, model: &Model, field: &Field) {
    let Some(allowed) = model.allowed_of(field) else { return };
    let expecting: Vec<_> = allowed.values.iter().filter(|value| !value.expected_event_types.is_empty()).collect();
    if expecting.is_empty() {
        return;
    }
    push(
        text,
        format_args!(
            "\nEvent types that ECS expects with a value of `{}`. The validation here refuses others; engines know nothing \
             of the rule.\n\n| value | expected event types |\n| --- | --- |\n",
            field.path
        ),
    );
    for value in expecting {
        let types: Vec<String> = value.expected_event_types.iter().map(|name| format!("`{name}`")).collect();
        push(text, format_args!("| `{}` | {} |\n", value.name, types.join(", ")));
    }
}

fn push_row(text: &mut String, model: &Model, row: Row<'_>) {
    let Row { field, is_docs_only } = row;
    let cells = [
        format!("`{}`", field.path),
        types(field),
        if field.is_array { "yes" } else { "" }.to_owned(),
        if field.required { "yes" } else { "" }.to_owned(),
        values(model, field),
        field.description.clone(),
        origin(field, is_docs_only),
    ];
    for cell in &cells {
        push(text, format_args!("| {} ", escaped(cell)));
    }
    text.push_str("|\n");
}

fn types(field: &Field) -> String {
    let mut types = field.field_type.name().to_owned();
    if field.parameters.get(&Parameter::Index) == Some(&serde_json::Value::Bool(false)) {
        types.push_str(", not indexed");
    }
    if field.kind() == ValueKind::Any {
        types.push_str(", kept and not indexed");
    }
    if let Some(unit) = field.note("unit") {
        push(&mut types, format_args!(", in `{unit}`"));
    }
    if let Some(metric_type) = field.note("metric_type") {
        push(&mut types, format_args!(", a {metric_type}"));
    }
    for multi in &field.multi_fields {
        push(&mut types, format_args!("; `.{}`: {}", multi.name, multi.field_type.name()));
    }
    types
}

fn values(model: &Model, field: &Field) -> String {
    let quoted = |values: &mut dyn Iterator<Item = &String>| {
        values.map(|value| format!("`{value}`")).collect::<Vec<_>>().join(", ")
    };
    let parameter = |parameter| field.parameters.get(&parameter).and_then(|value| value.as_str());
    if let Some(allowed) = model.allowed_of(field) {
        return quoted(&mut allowed.values.iter().map(|value| &value.name));
    }
    if let Some(path) = parameter(Parameter::Path) {
        return format!("those of `{path}`; never written");
    }
    if let Some(value) = parameter(Parameter::Value) {
        return format!("`{value}`");
    }
    let pattern = field.pattern.as_ref().map(|pattern| format!("matches `{pattern}`"));
    let usual =
        (!field.expected_values.is_empty()).then(|| format!("usually {}", quoted(&mut field.expected_values.iter())));
    [pattern, usual].into_iter().flatten().collect::<Vec<_>>().join("; ")
}

fn origin(field: &Field, is_docs_only: bool) -> String {
    let (from, reused) = match &field.origin {
        Origin::Ecs { original_fieldset } => ("ECS", original_fieldset.as_deref()),
        Origin::Extension { fieldset, original_fieldset } => (fieldset.as_str(), original_fieldset.as_deref()),
        Origin::Implied => ("", None),
    };
    let mut origin = format!("{from} {}", field.level.name());
    if let Some(fieldset) = reused {
        push(&mut origin, format_args!(", from `{fieldset}`"));
    }
    if field.beta {
        origin.push_str(", beta");
    }
    if is_docs_only {
        origin.push_str(", documented only");
    }
    origin.trim_start().to_owned()
}

/// Text that stays inside of its cell.
fn escaped(cell: &str) -> Cow<'_, str> {
    if cell.contains(['|', '\n', '\r']) {
        cell.replace('|', "\\|").replace(['\n', '\r'], " ").into()
    } else {
        cell.into()
    }
}

#[cfg(test)]
mod tests {
    use super::{dictionary, escaped};
    use crate::testing::small_model;

    #[test]
    fn dictionary_of_a_small_log() {
        insta::assert_snapshot!(dictionary(&small_model()));
    }

    #[test]
    fn types_with_categories_are_said_to_be_expected() {
        let text = dictionary(&small_model());
        let heading = "Event types that ECS expects with a value of `event.category`.";
        assert!(text.contains(heading) && text.contains("| `process` | `start`, `end` |"), "{text}");
    }

    #[test]
    fn cells_do_not_break_the_table() {
        assert_eq!(escaped("a|b\nc"), "a\\|b c");
    }
}
