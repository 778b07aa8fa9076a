//! One field of a published release → [`FieldDeclaration`].

use std::collections::{BTreeMap, HashSet};

use crate::declaration::FieldDeclaration;
use crate::diagnostic::{Code, Diagnostics};
use crate::ecs::attribute::{FieldReader, as_bool};
use crate::field_type::FieldType;
use crate::model::{AllowedValue, MultiField};
use crate::source::Spanned;
use crate::source::node::Node;

/// Attributes of a field that are known and not kept:
/// * `description`, `short`, `example`: ECS's sentences; the project writes its own where it needs them.
/// * `dashed_name`, `name`: what the path says already.
/// * `otel`: the relation to OpenTelemetry's names, which nothing here uses.
/// * `input_format`, `output_format`, `output_precision`: how Kibana shows a duration; `format` says that it is one.
/// * `order`: the place in ECS's own docs, in its first versions.
const DROPPED: &[&str] = &[
    "description",
    "short",
    "example",
    "dashed_name",
    "name",
    "otel",
    "input_format",
    "output_format",
    "output_precision",
    "order",
];

/// Attributes of an allowed value that are known and not kept: its sentences.
const DROPPED_OF_VALUE: &[(&str, &str)] =
    &[("description", "allowed_values[].description"), ("beta", "allowed_values[].beta")];

/// The attributes that only published releases write so.
const OWN: &[&str] = &["type", "flat_name", "beta", "allowed_values", "multi_fields"];

/// Counts of what was dropped.
type Dropped = BTreeMap<&'static str, usize>;

/// Reads one field; `None` when what was reported leaves no declaration.
pub(super) fn read_field(
    name: &Spanned<String>,
    node: &Node,
    dropped: &mut Dropped,
    diagnostics: &mut Diagnostics,
) -> Option<FieldDeclaration> {
    let mut reader = FieldReader::begin(name, name.span, diagnostics)?;
    let Some(attributes) = node.as_map() else {
        reader.wrong_form(name, "a mapping", node);
        return None;
    };
    for needed in ["type", "level", "flat_name"] {
        if node.get(needed).is_none() {
            reader.report(Code::MissingOption, &format!("the attribute `{needed}` is missing"), name.span);
        }
    }
    let field_type = node.get("type").and_then(|node| reader.field_type(node));
    // With an unknown type the other attributes are read all the same, for what is wrong with them.
    let mut field = reader.declare(field_type.unwrap_or(FieldType::Keyword), name.span);
    let mut seen = HashSet::new();
    for (attribute, value) in attributes {
        if seen.insert(attribute.as_str()) {
            read_attribute(&mut reader, &mut field, attribute, value, dropped);
        } else {
            reader.report(Code::DuplicateKey, &format!("the attribute `{}` stands twice", attribute.value), name.span);
        }
    }
    field_type?;
    reader.check_parameters(&field);
    Some(field)
}

fn read_attribute(
    reader: &mut FieldReader<'_>,
    field: &mut FieldDeclaration,
    attribute: &Spanned<String>,
    value: &Node,
    dropped: &mut Dropped,
) {
    match attribute.as_str() {
        "type" => {}
        "flat_name" => check_flat_name(reader, field.path.as_str(), value),
        "beta" => field.beta = is_beta(reader, value),
        "allowed_values" => field.allowed = read_allowed(reader, value, dropped).unwrap_or_default(),
        "multi_fields" => field.multi_fields = read_multi_fields(reader, field, value).unwrap_or_default(),
        name => {
            if let Some(known) = DROPPED.iter().find(|known| **known == name) {
                *dropped.entry(known).or_default() += 1;
            } else if !reader.read_shared(field, name, value) {
                reader.unknown(name, OWN.iter().chain(DROPPED).copied(), attribute.span);
            }
        }
    }
}

fn check_flat_name(reader: &mut FieldReader<'_>, expected: &str, node: &Node) {
    if let Some(name) = reader.text("flat_name", node)
        && name != expected
    {
        reader.report(Code::InvalidValue, &format!("its `flat_name` is `{name}`"), node.span);
    }
}

/// ECS marks a field as beta with a sentence.
fn is_beta(reader: &mut FieldReader<'_>, node: &Node) -> bool {
    as_bool(node).unwrap_or_else(|| reader.text("beta", node).is_some_and(|sentence| !sentence.is_empty()))
}

fn read_allowed(reader: &mut FieldReader<'_>, node: &Node, dropped: &mut Dropped) -> Option<Vec<AllowedValue>> {
    let Some(items) = node.as_list() else {
        reader.wrong_form("allowed_values", "a list", node);
        return None;
    };
    let values: Vec<_> = items.iter().filter_map(|item| read_allowed_value(reader, item, dropped)).collect();
    let mut seen = HashSet::new();
    for value in values.iter().filter(|value| !seen.insert(value.name.as_str())) {
        reader.report(Code::DuplicateValue, &format!("the value `{}` is listed twice", value.name), node.span);
    }
    Some(values)
}

fn read_allowed_value(reader: &mut FieldReader<'_>, item: &Node, dropped: &mut Dropped) -> Option<AllowedValue> {
    let Some(attributes) = item.as_map() else {
        reader.wrong_form("allowed_values", "a list of mappings", item);
        return None;
    };
    let mut name = None;
    let mut expected_event_types = Vec::new();
    for (attribute, value) in attributes {
        match attribute.as_str() {
            "name" => name = reader.text("allowed_values[].name", value),
            "expected_event_types" => {
                expected_event_types = reader.texts("expected_event_types", value).unwrap_or_default();
            }
            other => {
                if let Some((_, counted)) = DROPPED_OF_VALUE.iter().find(|(known, _)| *known == other) {
                    *dropped.entry(counted).or_default() += 1;
                } else {
                    let known = DROPPED_OF_VALUE.iter().map(|(known, _)| *known);
                    reader.unknown(other, known.chain(["name", "expected_event_types"]), attribute.span);
                }
            }
        }
    }
    if name.is_none() {
        reader.report(Code::MissingOption, "an allowed value has no `name`", item.span);
    }
    Some(AllowedValue { name: name?.to_owned(), expected_event_types })
}

fn read_multi_fields(reader: &mut FieldReader<'_>, field: &FieldDeclaration, node: &Node) -> Option<Vec<MultiField>> {
    let Some(items) = node.as_list() else {
        reader.wrong_form("multi_fields", "a list", node);
        return None;
    };
    let multi_fields: Vec<_> =
        items.iter().filter_map(|item| read_multi_field(reader, field.path.as_str(), item)).collect();
    let mut seen = HashSet::new();
    for multi in multi_fields.iter().filter(|multi| !seen.insert(multi.name.as_str())) {
        reader.report(Code::DuplicateField, &format!("the multi-field `{}` stands twice", multi.name), node.span);
    }
    Some(multi_fields)
}

fn read_multi_field(reader: &mut FieldReader<'_>, path: &str, item: &Node) -> Option<MultiField> {
    let Some(attributes) = item.as_map() else {
        reader.wrong_form("multi_fields", "a list of mappings", item);
        return None;
    };
    let (Some(field_type), Some(name)) = (item.get("type"), item.get("name")) else {
        reader.report(Code::MissingOption, "a multi-field needs `name` and `type`", item.span);
        return None;
    };
    let name = reader.text("name", name)?;
    if let Some(flat_name) = item.get("flat_name") {
        check_flat_name(reader, &format!("{path}.{name}"), flat_name);
    }
    let parameters = attributes.iter().filter(|(key, _)| !matches!(key.as_str(), "type" | "name" | "flat_name"));
    reader.multi_field(name, field_type, parameters.map(|(key, value)| (key.as_str(), value)))
}
