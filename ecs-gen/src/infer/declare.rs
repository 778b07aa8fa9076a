//! What a place is declared as in an extension: its type and parameters, and why.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json, json};

use super::tree::{Place, Seen};
use crate::ecs::{flow, scalar};
use crate::field_type::FieldType;
use crate::fieldset::refused;
use crate::index_setting::{ANALYZERS, NORMALIZERS, analysis_names};
use crate::parameter::Parameter;

/// A field's line in an extension.
#[derive(Clone, Debug)]
pub(super) struct Declared {
    /// The name of the type.
    pub(super) field_type: String,
    is_list: bool,
    options: Vec<(String, String)>,
    why: String,
    /// What a person must know.
    pub(super) notes: Vec<String>,
}

impl Declared {
    /// The line for a field of that name.
    pub(super) fn line(&self, name: &str) -> String {
        let mut parts = vec![format!("name: {}", scalar(name)), format!("type: {}", self.field_type)];
        if self.is_list {
            parts.push("normalize: [array]".to_owned());
        }
        parts.extend(self.options.iter().map(|(name, value)| format!("{name}: {value}")));
        format!("{{{}}} # {}", parts.join(", "), self.why)
    }

    /// Makes it a date of seconds.
    pub(super) fn become_seconds(&mut self) {
        "date".clone_into(&mut self.field_type);
        self.options.push(("parameters".to_owned(), "{format: epoch_second}".to_owned()));
        self.why.push_str(", which are seconds since 1970");
    }

    /// Whether it says nothing but that it holds fields, so that it needs no line.
    pub(super) fn is_plain_object(&self) -> bool {
        self.field_type == "object" && self.options.is_empty() && !self.is_list
    }
}

/// What a declaration depends on besides its place.
#[derive(Clone, Copy, Debug)]
pub(super) struct Context<'c> {
    /// Texts with at most so many different ones become enumerations.
    pub(super) allowed_values: Option<usize>,
    /// The analyzers and normalizers of the index.
    pub(super) analysis: Option<&'c Json>,
    /// Fields whose parameters are refused, with the reason.
    pub(super) without_parameters: &'c BTreeMap<String, String>,
}

/// What a place is.
pub(super) fn declare(place: &Place, path: &str, context: Context<'_>) -> Declared {
    let mut declared = match (&place.mapped, place.is_kept) {
        (_, true) => {
            let kept = kept(&place.seen);
            Declared { notes: vec![format!("`{path}` has {}", kept.why)], ..kept }
        }
        (Some(body), false) => of_mapping(body, place, path, context),
        (None, false) => of_documents(place),
    };
    let distinct = &place.seen.distinct;
    let is_enumeration = context.allowed_values.is_some_and(|most| !distinct.is_empty() && distinct.len() <= most);
    if is_enumeration && matches!(declared.field_type.as_str(), "keyword" | "constant_keyword") && !place.is_kept {
        let values: Vec<String> = distinct.iter().map(|value| format!("{{name: {}}}", scalar(value))).collect();
        declared.options.push(("allowed_values".to_owned(), format!("[{}]", values.join(", "))));
    }
    if let Some(example) = &place.seen.example {
        declared.why = format!("{}, such as {}", declared.why, example.replace('\n', " "));
    }
    declared
}

/// Whether documents hold lists there, and lists alone.
fn is_list(seen: &Seen) -> bool {
    seen.has_lists() && seen.singles == 0
}

fn kept(seen: &Seen) -> Declared {
    let why = match (seen.has_lists() && seen.singles > 0, seen.objects > 0 && seen.has_scalars()) {
        (true, _) => "single values and lists: kept and not searchable; write lists alone, then give it a type",
        (_, true) => "objects and single values: kept and not searchable",
        _ if seen.is_mixed() => "values of several kinds: kept and not searchable",
        _ => "values that no type takes: kept and not searchable",
    };
    Declared {
        field_type: "object".to_owned(),
        is_list: false,
        options: vec![("enabled".to_owned(), "false".to_owned())],
        why: why.to_owned(),
        notes: Vec::new(),
    }
}

fn in_documents(seen: &Seen) -> String {
    if seen.present == 1 { "in 1 document".to_owned() } else { format!("in {} documents", seen.present) }
}

fn of_documents(place: &Place) -> Declared {
    let seen = &place.seen;
    let in_documents = in_documents(seen);
    let (field_type, kind) = if place.is_open || (place.children.is_empty() && seen.objects > 0) {
        ("flattened", "objects whose keys vary".to_owned())
    } else if seen.objects > 0 {
        ("object", "objects".to_owned())
    } else if seen.booleans > 0 {
        ("boolean", "true and false".to_owned())
    } else if seen.fractions > 0 || (seen.large > 0 && seen.negative > 0) {
        ("double", "numbers with fractions".to_owned())
    } else if seen.large > 0 {
        ("unsigned_long", "whole numbers above those of `long`".to_owned())
    } else if seen.integers > 0 {
        ("long", "whole numbers".to_owned())
    } else if seen.texts == 0 {
        ("keyword", "no value was seen".to_owned())
    } else if seen.dates == seen.texts {
        ("date", "texts that are dates".to_owned())
    } else if seen.addresses == seen.texts {
        ("ip", "texts that are addresses".to_owned())
    } else if seen.has_lines || seen.longest > 1024 {
        ("match_only_text", format!("texts of up to {} characters", seen.longest))
    } else {
        ("keyword", format!("texts of up to {} characters", seen.longest))
    };
    Declared {
        field_type: field_type.to_owned(),
        is_list: is_list(seen),
        options: Vec::new(),
        why: format!("{in_documents}: {kind}"),
        notes: Vec::new(),
    }
}

fn of_mapping(body: &Map<String, Json>, place: &Place, path: &str, context: Context<'_>) -> Declared {
    let mut notes = Vec::new();
    let written = body.get("type").and_then(Json::as_str).unwrap_or("object");
    let name = if written == "flat_object" { "flattened" } else { written };
    let Some(field_type) = FieldType::from_name(name) else {
        notes.push(format!(
            "`{path}` has the type `{name}`, which is not supported here: it is kept and not searchable"
        ));
        return Declared {
            why: format!("mapped as `{name}`, which is not supported"),
            notes,
            ..kept(&Seen::default())
        };
    };
    let mut options = options_of(body, field_type, path, context, &mut notes);
    let multi_fields = multi_fields(body, path, context, &mut notes);
    if !multi_fields.is_empty() {
        options.push(("multi_fields".to_owned(), format!("[{}]", multi_fields.join(", "))));
    }
    let seen = &place.seen;
    let why = if seen.present > 0 { format!("mapped; {}", in_documents(seen)) } else { "mapped".to_owned() };
    Declared { field_type: name.to_owned(), is_list: is_list(seen), options, why, notes }
}

/// Parameters without which a field is another.
const NEEDED: &[&str] = &["enabled", "ignore_above", "path", "scaling_factor"];

/// What a field or multi-field says besides its type. The generator has defaults of its own for these two.
fn options_of(
    body: &Map<String, Json>,
    field_type: FieldType,
    path: &str,
    context: Context<'_>,
    notes: &mut Vec<String>,
) -> Vec<(String, String)> {
    let mut options = Vec::new();
    let mut parameters = parameters(body, field_type, path, context, notes);
    if let Some(problem) = context.without_parameters.get(path) {
        parameters.retain(|name, _| NEEDED.contains(&name.as_str()));
        notes.push(format!("the parameters of `{path}` are left out: {problem}"));
    }
    let is_indexed = body.get("index") != Some(&json!(false));
    match parameters.remove("ignore_above") {
        Some(limit) if field_type == FieldType::Keyword && is_indexed && limit == 1024 => {}
        Some(limit) if field_type == FieldType::Keyword => options.push(("ignore_above".to_owned(), limit.to_string())),
        Some(limit) => drop(parameters.insert("ignore_above".to_owned(), limit)),
        None if field_type == FieldType::Keyword && is_indexed => {
            options.push(("ignore_above".to_owned(), "none".to_owned()));
        }
        None => {}
    }
    if field_type == FieldType::Text && parameters.get("norms") == Some(&json!(false)) {
        parameters.remove("norms");
    }
    if !parameters.is_empty() {
        options.push(("parameters".to_owned(), flow(&parameters.into())));
    }
    options
}

/// The parameters that a declaration needs so that the mapping comes out as it is.
fn parameters(
    body: &Map<String, Json>,
    field_type: FieldType,
    path: &str,
    context: Context<'_>,
    notes: &mut Vec<String>,
) -> Map<String, Json> {
    let mut parameters = Map::new();
    let takes = |parameter: Parameter| field_type.spec().parameters.contains(&parameter);
    for (name, value) in body {
        if matches!(name.as_str(), "type" | "fields" | "dynamic") {
            continue;
        }
        let point = point_of(value).filter(|_| field_type == FieldType::GeoPoint && name == "null_value");
        let value = point.as_ref().unwrap_or(value);
        match Parameter::from_name(name).filter(|parameter| takes(*parameter)) {
            Some(parameter) if is_unknown_analysis(parameter, value, context) => notes.push(format!(
                "`{path}` names the {name} {value}, which the input does not have: it is left out; give the answer of \
                 `GET INDEX`, which has the settings too"
            )),
            Some(parameter) if let Some(problem) = refused(field_type, parameter, value) => {
                notes.push(format!("`{path}`: {}: it is left out", problem.message));
            }
            Some(_) => drop(parameters.insert(name.clone(), value.clone())),
            None => {
                notes.push(format!("`{path}` has the parameter `{name}`, which is not supported here: it is left out"));
            }
        }
    }
    if field_type == FieldType::Text && !body.contains_key("norms") {
        parameters.insert("norms".to_owned(), true.into());
    }
    let is_unindexed = body.get("index") == Some(&json!(false));
    if is_unindexed && !body.contains_key("doc_values") && takes(Parameter::DocValues) {
        parameters.insert("doc_values".to_owned(), true.into());
    }
    parameters
}

/// The text of a point that engines store as an object; a log file gives a text.
fn point_of(value: &Json) -> Option<Json> {
    Some(Json::String(format!("{},{}", value.get("lat")?, value.get("lon")?)))
}

/// Whether an analyzer or normalizer is none that every engine has, and none of the index.
fn is_unknown_analysis(parameter: Parameter, value: &Json, context: Context<'_>) -> bool {
    let (part, built_in) = match parameter {
        Parameter::Analyzer | Parameter::SearchAnalyzer => ("analyzer", ANALYZERS),
        Parameter::Normalizer => ("normalizer", NORMALIZERS),
        _ => return false,
    };
    let name = value.as_str().unwrap_or_default();
    let own = context.analysis.map(|analysis| analysis_names(analysis, part).any(|known| known == name));
    !built_in.contains(&name) && own != Some(true)
}

fn multi_fields(body: &Map<String, Json>, path: &str, context: Context<'_>, notes: &mut Vec<String>) -> Vec<String> {
    let mut written = Vec::new();
    for (name, field) in body.get("fields").and_then(Json::as_object).into_iter().flatten() {
        let Some(body) = field.as_object() else { continue };
        let path = format!("{path}.{name}");
        let type_name = body.get("type").and_then(Json::as_str).unwrap_or_default();
        let Some(field_type) = FieldType::from_name(type_name).filter(|found| found.can_be_multi_field()) else {
            notes.push(format!(
                "the multi-field `{path}` has the type `{type_name}`, which is not supported here: it is left out"
            ));
            continue;
        };
        let mut parts = vec![format!("name: {}", scalar(name)), format!("type: {type_name}")];
        let options = options_of(body, field_type, &path, context, notes);
        parts.extend(options.iter().map(|(name, value)| format!("{name}: {value}")));
        written.push(format!("{{{}}}", parts.join(", ")));
    }
    written
}
