//! `fields.csv`: one row for each leaf and each multi-field, in the columns that readers of the ECS field list know; UTF-8,
//! a header, lines that end in a line feed, quoted as in RFC 4180.

use std::borrow::Cow;

use super::Emitter;
use crate::files::Files;
use crate::model::{Field, Model};
use crate::parameter::{Parameter, Parameters};

const HEADER: [&str; 12] = [
    "Version",
    "Indexed",
    "Fieldset",
    "Field",
    "Type",
    "Level",
    "Normalization",
    "Required",
    "Allowed",
    "Unit",
    "Metric",
    "Description",
];

/// Emits the field list as a table for spreadsheets.
pub struct FieldsCsv;

impl Emitter for FieldsCsv {
    fn name(&self) -> &'static str {
        "fields-csv"
    }

    fn about(&self) -> &'static str {
        "fields.csv: the field list for spreadsheets"
    }

    fn emit(&self, model: &Model, out: &mut Files) {
        out.add_output(model, "fields.csv", table(model));
    }
}

fn table(model: &Model) -> String {
    let mut text = String::new();
    push_row(&mut text, &HEADER);
    for field in model.leaves() {
        push_leaf(&mut text, model, field);
        push_multi_fields(&mut text, model, field);
    }
    text
}

fn push_leaf(text: &mut String, model: &Model, field: &Field) {
    let allowed: Vec<&str> = model
        .allowed_of(field)
        .into_iter()
        .flat_map(|allowed| &allowed.values)
        .map(|value| value.name.as_str())
        .collect();
    let row = [
        model.ecs_version.as_str(),
        indexed(&field.parameters),
        fieldset(field),
        field.path.as_str(),
        field.field_type.name(),
        field.level.name(),
        if field.is_array { "array" } else { "" },
        if field.required { "true" } else { "false" },
        &allowed.join("; "),
        field.note("unit").unwrap_or_default(),
        field.note("metric_type").unwrap_or_default(),
        &field.description,
    ];
    push_row(text, &row);
}

fn push_multi_fields(text: &mut String, model: &Model, field: &Field) {
    for multi in &field.multi_fields {
        let path = format!("{}.{}", field.path, multi.name);
        let about = format!("`{}` indexed as {}.", field.path, multi.field_type.name());
        let row = [
            model.ecs_version.as_str(),
            indexed(&multi.parameters),
            fieldset(field),
            &path,
            multi.field_type.name(),
            field.level.name(),
            "",
            "false",
            "",
            "",
            "",
            &about,
        ];
        push_row(text, &row);
    }
}

fn push_row(text: &mut String, cells: &[&str; 12]) {
    for (at, cell) in cells.iter().enumerate() {
        if at > 0 {
            text.push(',');
        }
        text.push_str(&quoted(cell));
    }
    text.push('\n');
}

/// A cell as RFC 4180 has it: in quotes when it holds a comma, a quote or a line break, with its quotes doubled.
fn quoted(cell: &str) -> Cow<'_, str> {
    if cell.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", cell.replace('"', "\"\"")).into()
    } else {
        cell.into()
    }
}

fn indexed(parameters: &Parameters) -> &'static str {
    let off = |parameter| parameters.get(&parameter) == Some(&serde_json::Value::Bool(false));
    if off(Parameter::Index) || off(Parameter::Enabled) { "false" } else { "true" }
}

/// The top-level object that a field is in, or `base`.
fn fieldset(field: &Field) -> &str {
    field.path.as_str().split_once('.').map_or("base", |(first, _)| first)
}

#[cfg(test)]
mod tests {
    use super::{quoted, table};
    use crate::testing::small_model;

    #[test]
    fn field_list_of_a_small_log() {
        insta::assert_snapshot!(table(&small_model()));
    }

    #[test]
    fn cells_are_quoted_where_they_must_be() {
        for (cell, expected) in [
            ("plain; text", "plain; text"),
            ("a,b", "\"a,b\""),
            ("say \"a\"", "\"say \"\"a\"\"\""),
            ("a\nb", "\"a\nb\""),
        ] {
            assert_eq!(quoted(cell), expected);
        }
    }
}
