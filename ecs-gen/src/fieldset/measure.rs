//! What a number measures: `unit` and `metric_type` of a field, which the engines keep as notes under `meta` and Kibana
//! reads there.

use serde_json::{Value as Json, json};

use super::parameters::META_ENTRIES;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::field_type::FieldType;
use crate::input::Dialect;
use crate::input::fieldset::FieldInput;
use crate::parameter::{Parameter, Parameters};
use crate::source::Spanned;

/// The units that Elasticsearch's page on `meta` names. A `percent` is a number from 0 to 1.
pub(crate) const UNITS: &[&str] = &["percent", "byte", "d", "h", "m", "s", "ms", "micros", "nanos"];

/// The kinds of metric that the same page names.
pub(crate) const METRIC_TYPES: &[&str] = &["gauge", "counter"];

/// Adds what the field measures to the notes of its mapping.
pub(super) fn add_measure(
    input: &FieldInput,
    field_type: FieldType,
    parameters: &mut Parameters,
    dialect: Dialect,
    diagnostics: &mut Diagnostics,
) {
    let options = [("unit", &input.unit, UNITS), ("metric_type", &input.metric_type, METRIC_TYPES)];
    for (name, value, known) in options {
        let Some(value) = value else { continue };
        match refused(name, value, known, &input.name, field_type, dialect) {
            Some(problem) => diagnostics.push(problem.at(value.span)),
            None => {
                if let Some(problem) = note(name, value, parameters) {
                    diagnostics.push(problem.at(value.span));
                }
            }
        }
    }
}

fn refused(
    name: &str,
    value: &str,
    known: &[&str],
    field: &str,
    field_type: FieldType,
    dialect: Dialect,
) -> Option<Diagnostic> {
    if !field_type.kind().is_number() {
        let message = format!("`{name}` is about numbers, and `{field}` is a `{}`", field_type.name());
        return Some(dialect.finding(Code::ParameterNotOfType, message).help(format!("drop `{name}`")));
    }
    (!known.contains(&value)).then(|| {
        let message = format!("`{name}: {value}` is none of {}", known.join(", "));
        let near = Diagnostics::did_you_mean(value, known.iter().copied());
        let own = format!("a note of your own is `parameters: {{meta: {{{name}: {value}}}}}`");
        dialect.finding(Code::InvalidValue, message).help(own).maybe_help(near)
    })
}

fn note(name: &str, value: &Spanned<String>, parameters: &mut Parameters) -> Option<Diagnostic> {
    let meta = parameters.entry(Parameter::Meta).or_insert_with(|| json!({}));
    let meta = meta.as_object_mut().expect("the form of `meta` is checked");
    if meta.insert(name.to_owned(), Json::from(value.value.as_str())).is_some() {
        let message = format!("`{name}` is given twice, here and under `meta`");
        return Some(Diagnostic::error(Code::DuplicateKey, message).help("give it once"));
    }
    (meta.len() > META_ENTRIES).then(|| {
        let message = format!("with `{name}` the field has more than {META_ENTRIES} notes");
        Diagnostic::error(Code::InvalidValue, message).help("drop one of those under `meta`: the engines take no more")
    })
}
