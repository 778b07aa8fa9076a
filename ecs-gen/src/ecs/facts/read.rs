//! Text of the committed form → [`EcsRelease`]. As strict as the importer: what it does not know, it reports.

use std::collections::{HashMap, HashSet};

use super::DEFAULT_IGNORE_ABOVE;
use crate::declaration::{EcsRelease, FieldDeclaration};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::ecs::attribute::FieldReader;
use crate::ecs::import::check_version;
use crate::ecs::load::collect;
use crate::field_type::FieldType;
use crate::model::{AllowedValue, MultiField};
use crate::parameter::Parameter;
use crate::source::node::Node;
use crate::source::yaml::parse_document;
use crate::source::{FileId, Sources, Spanned};

/// The keys of a file.
const KEYS: &[&str] = &["ecs", "allowed_values", "fields"];

/// The attributes that only this form writes so.
const OWN: &[&str] = &["type", "beta", "allowed_values", "multi_fields"];

type Lists<'n> = HashMap<&'n str, Vec<AllowedValue>>;

/// Reads a release from its committed form; `None` when a problem was reported.
pub fn parse_release(sources: &Sources, file: FileId, diagnostics: &mut Diagnostics) -> Option<EcsRelease> {
    collect(sources, diagnostics, |found| read_release(sources, file, found))
}

fn read_release(sources: &Sources, file: FileId, diagnostics: &mut Diagnostics) -> Option<EcsRelease> {
    let root = parse_document(sources, file, diagnostics)?;
    let entries = as_entries(&root, "a facts file", diagnostics)?;
    check_keys(entries, diagnostics);
    let version = read_version(&root, diagnostics);
    let lists = root.get("allowed_values").map_or_else(|| Some(Lists::new()), |node| read_lists(node, diagnostics));
    let fields = required(&root, "fields", diagnostics).and_then(|node| as_entries(node, "`fields`", diagnostics));
    let (version, lists, entries) = (version?, lists?, fields?);
    let mut fields: Vec<_> =
        entries.iter().filter_map(|(path, node)| read_field(path, node, &lists, diagnostics)).collect();
    fields.sort_by(|a, b| a.path.cmp(&b.path));
    Some(EcsRelease { version, fields })
}

fn check_keys(entries: &[(Spanned<String>, Node)], diagnostics: &mut Diagnostics) {
    for (key, _) in entries.iter().filter(|(key, _)| !KEYS.contains(&key.as_str())) {
        let help = Diagnostics::did_you_mean(key, KEYS.iter().copied());
        let message = format!("the key `{}` is unknown in a facts file", key.value);
        diagnostics.push(Diagnostic::error(Code::UnknownOption, message).at(key.span).maybe_help(help));
    }
}

fn read_version(root: &Node, diagnostics: &mut Diagnostics) -> Option<String> {
    let node = required(root, "ecs", diagnostics)?;
    let Some(version) = node.as_text() else {
        wrong_form("`ecs`", "a version such as 9.4.0", node, diagnostics);
        return None;
    };
    match check_version(version) {
        Ok(()) => Some(version.to_owned()),
        Err(problem) => {
            diagnostics.push(problem.at(node.span));
            None
        }
    }
}

fn required<'n>(root: &'n Node, key: &str, diagnostics: &mut Diagnostics) -> Option<&'n Node> {
    let node = root.get(key);
    if node.is_none() {
        let message = format!("a facts file needs the key `{key}`");
        let problem = Diagnostic::error(Code::MissingOption, message).at(root.span);
        diagnostics.push(problem.help("make one with `ecs-gen import`"));
    }
    node
}

fn as_entries<'n>(node: &'n Node, what: &str, diagnostics: &mut Diagnostics) -> Option<&'n [(Spanned<String>, Node)]> {
    let entries = node.as_map();
    if entries.is_none() {
        wrong_form(what, "a mapping", node, diagnostics);
    }
    entries
}

fn wrong_form(what: &str, expected: &str, node: &Node, diagnostics: &mut Diagnostics) {
    let message = format!("{what} must be {expected}, not {}", node.describe());
    diagnostics.push(Diagnostic::error(Code::WrongForm, message).at(node.span));
}

fn read_lists<'n>(node: &'n Node, diagnostics: &mut Diagnostics) -> Option<Lists<'n>> {
    let entries = as_entries(node, "`allowed_values`", diagnostics)?;
    Some(entries.iter().filter_map(|(name, list)| Some((name.as_str(), read_list(name, list, diagnostics)?))).collect())
}

fn read_list(name: &Spanned<String>, list: &Node, diagnostics: &mut Diagnostics) -> Option<Vec<AllowedValue>> {
    let mut reader = FieldReader::begin(name, name.span, diagnostics)?;
    if let Some(entries) = list.as_map() {
        return entries
            .iter()
            .map(|(value, types)| {
                let expected_event_types = reader.texts(value, types)?;
                Some(AllowedValue { name: value.value.clone(), expected_event_types })
            })
            .collect();
    }
    let names = reader.texts("allowed_values", list)?;
    let mut seen = HashSet::new();
    if let Some(twice) = names.iter().find(|name| !seen.insert(name.as_str())) {
        reader.report(Code::DuplicateValue, &format!("the value `{twice}` is listed twice"), list.span);
    }
    Some(names.into_iter().map(|name| AllowedValue { name, expected_event_types: Vec::new() }).collect())
}

fn read_field(
    path: &Spanned<String>,
    node: &Node,
    lists: &Lists<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<FieldDeclaration> {
    let mut reader = FieldReader::begin(path, path.span, diagnostics)?;
    let Some(attributes) = node.as_map() else {
        reader.wrong_form(path, "a mapping", node);
        return None;
    };
    let Some(field_type) = node.get("type") else {
        reader.report(Code::MissingOption, "the attribute `type` is missing", path.span);
        return None;
    };
    let field_type = reader.field_type(field_type)?;
    let mut field = reader.declare(field_type, path.span);
    if field.field_type == FieldType::Keyword {
        field.parameters.insert(Parameter::IgnoreAbove, DEFAULT_IGNORE_ABOVE.into());
    }
    for (name, value) in attributes {
        read_attribute(&mut reader, &mut field, name, value, lists);
    }
    reader.check_parameters(&field);
    Some(field)
}

fn read_attribute(
    reader: &mut FieldReader<'_>,
    field: &mut FieldDeclaration,
    name: &Spanned<String>,
    value: &Node,
    lists: &Lists<'_>,
) {
    match name.as_str() {
        "type" => {}
        "beta" => field.beta = reader.boolean(name, value).unwrap_or_default(),
        "allowed_values" => read_list_name(reader, field, value, lists),
        "multi_fields" => field.multi_fields = read_multi_fields(reader, value).unwrap_or_default(),
        "ignore_above" if field.field_type == FieldType::Keyword && value.to_json().is_null() => {
            field.parameters.remove(&Parameter::IgnoreAbove);
        }
        _ if reader.read_shared(field, name, value) => {}
        _ => reader.unknown(name, OWN.iter().copied(), name.span),
    }
}

fn read_list_name(reader: &mut FieldReader<'_>, field: &mut FieldDeclaration, node: &Node, lists: &Lists<'_>) {
    let Some(name) = reader.text("allowed_values", node) else {
        return;
    };
    if let Some(list) = lists.get(name) {
        field.allowed.clone_from(list);
    } else {
        let what = format!("there is no list `{name}` below the file's `allowed_values`");
        reader.report(Code::InvalidValue, &what, node.span);
    }
}

fn read_multi_fields(reader: &mut FieldReader<'_>, node: &Node) -> Option<Vec<MultiField>> {
    let Some(entries) = node.as_map() else {
        reader.wrong_form("multi_fields", "a mapping", node);
        return None;
    };
    entries.iter().map(|(name, value)| read_multi_field(reader, name, value)).collect()
}

fn read_multi_field(reader: &mut FieldReader<'_>, name: &str, node: &Node) -> Option<MultiField> {
    let Some(attributes) = node.as_map() else {
        return reader.multi_field(name, node, []);
    };
    let Some(field_type) = node.get("type") else {
        reader.report(Code::MissingOption, &format!("the multi-field `{name}` has no `type`"), node.span);
        return None;
    };
    let parameters = attributes.iter().filter(|(key, _)| key.as_str() != "type");
    reader.multi_field(name, field_type, parameters.map(|(key, value)| (key.as_str(), value)))
}
