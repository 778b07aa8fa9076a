//! Mapping parameters as they are written, checked against the field's type and each parameter's own form.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::null_value;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::field_path::FieldPath;
use crate::field_type::FieldType;
use crate::input::Dialect;
use crate::input::fieldset::{FieldInput, IgnoreAboveInput, MultiFieldInput};
use crate::parameter::{Parameter, ParameterForm, Parameters};
use crate::source::{Span, Spanned};

/// The official generator's `ignore_above` of a keyword that says nothing else.
const DEFAULT_IGNORE_ABOVE: u32 = 1024;

/// Elasticsearch's limits on a field's `meta`: entries, characters of a key, characters of a value.
pub(super) const META_ENTRIES: usize = 5;
const META_KEY: usize = 20;
const META_VALUE: usize = 50;

/// How deep a flattened object may be where a mapping says nothing else, and in every log for the validation.
const FLATTENED_DEPTH: u64 = 20;

/// A parameter as it was written.
#[derive(Clone, Debug)]
pub(super) struct Written {
    pub(super) name: String,
    span: Span,
    value: Json,
}

impl Written {
    /// Whether it is `enabled: false`.
    pub(super) fn disables(&self) -> bool {
        self.name == Parameter::Enabled.name() && self.value == false
    }

    /// Whether the type takes it.
    pub(super) fn fits(&self, field_type: FieldType) -> bool {
        Parameter::from_name(&self.name).is_none_or(|parameter| field_type.spec().parameters.contains(&parameter))
    }
}

/// What a field says of its mapping.
pub(super) fn written_parameters(field: &FieldInput) -> Vec<Written> {
    let mut written = Vec::new();
    push(&mut written, "index", field.index.as_ref());
    push(&mut written, "doc_values", field.doc_values.as_ref());
    push(&mut written, "norms", field.norms.as_ref());
    push(&mut written, "scaling_factor", field.scaling_factor.as_ref());
    push(&mut written, "value", field.value.as_ref());
    push(&mut written, "path", field.path.as_ref());
    push(&mut written, "enabled", field.enabled.as_ref());
    push(&mut written, "synthetic_source_keep", field.synthetic_source_keep.as_ref());
    push_ignore_above(&mut written, field.ignore_above.as_ref());
    push_free(&mut written, &field.parameters.0);
    written
}

/// What a multi-field says of its mapping.
pub(super) fn multi_field_parameters(field: &MultiFieldInput) -> Vec<Written> {
    let mut written = Vec::new();
    push(&mut written, "norms", field.norms.as_ref());
    push(&mut written, "normalizer", field.normalizer.as_ref());
    push(&mut written, "analyzer", field.analyzer.as_ref());
    push(&mut written, "scaling_factor", field.scaling_factor.as_ref());
    push_ignore_above(&mut written, field.ignore_above.as_ref());
    push_free(&mut written, &field.parameters.0);
    written
}

fn push<T: Clone + Into<Json>>(written: &mut Vec<Written>, name: &str, value: Option<&Spanned<T>>) {
    if let Some(value) = value {
        written.push(Written { name: name.to_owned(), span: value.span, value: value.value.clone().into() });
    }
}

fn push_ignore_above(written: &mut Vec<Written>, value: Option<&Spanned<IgnoreAboveInput>>) {
    if let Some(value) = value {
        let limit = match value.value {
            IgnoreAboveInput::Limit(limit) => limit.into(),
            IgnoreAboveInput::None(_) => Json::Null,
        };
        written.push(Written { name: "ignore_above".to_owned(), span: value.span, value: limit });
    }
}

fn push_free(written: &mut Vec<Written>, parameters: &[(Spanned<String>, Spanned<Json>)]) {
    written.extend(parameters.iter().map(|(name, value)| Written {
        name: name.value.clone(),
        span: name.span,
        value: value.value.clone(),
    }));
}

/// Checks what was written of a multi-field and adds the official generator's defaults.
pub(super) fn check_multi_field_parameters(
    field: &Spanned<String>,
    field_type: FieldType,
    written: Vec<Written>,
    dialect: Dialect,
    diagnostics: &mut Diagnostics,
) -> Parameters {
    let (fitting, others): (Vec<Written>, Vec<Written>) = written
        .into_iter()
        .partition(|written| Parameter::from_name(&written.name).is_none_or(Parameter::fits_multi_field));
    for Written { name, span, .. } in others {
        let message = format!("`{}` is a multi-field, and `{name}` is refused there by the engines", field.value);
        let problem = dialect.finding(Code::ParameterNotOfType, message).at(span);
        diagnostics.push(problem.help(format!("give `{name}` to the field itself")));
    }
    check_parameters(field, field_type, fitting, dialect, diagnostics)
}

/// Checks what was written and adds the official generator's defaults.
pub(super) fn check_parameters(
    field: &Spanned<String>,
    field_type: FieldType,
    written: Vec<Written>,
    dialect: Dialect,
    diagnostics: &mut Diagnostics,
) -> Parameters {
    let mut parameters = Parameters::new();
    let spans: BTreeMap<String, Span> = written.iter().map(|written| (written.name.clone(), written.span)).collect();
    let needed = needed(field_type).filter(|needed| written.iter().all(|written| written.name != needed.name()));
    for Written { name, span, value } in written {
        let Some(parameter) = Parameter::from_name(&name) else {
            let help = Diagnostics::did_you_mean(&name, Parameter::ALL.iter().map(|parameter| parameter.name()));
            let message = format!("unknown mapping parameter `{name}`");
            let takes = takes(field_type);
            diagnostics.push(Diagnostic::error(Code::UnknownOption, message).at(span).help(takes).maybe_help(help));
            continue;
        };
        if let Some(problem) = unfit(field_type, parameter, dialect).or_else(|| refused(field_type, parameter, &value))
        {
            diagnostics.push(problem.at(span));
        } else if parameters.insert(parameter, value).is_some() {
            let message = format!("`{name}` is given twice for `{}`", field.value);
            diagnostics.push(Diagnostic::error(Code::DuplicateKey, message).at(span).help("give it once"));
        }
    }
    add_defaults(field_type, &mut parameters);
    for (parameter, problem) in refused_together(field_type, &parameters) {
        diagnostics.push(problem.at(spans.get(parameter.name()).copied().unwrap_or(field.span)));
        parameters.remove(&parameter);
    }
    if let Some(needed) = needed {
        let name = needed.name();
        let message = format!("`{}` is a `{}` without `{name}`", field.value, field_type.name());
        let problem = Diagnostic::error(Code::MissingParameter, message).at(field.span).help(format!("add `{name}`"));
        diagnostics.push(problem);
    }
    parameters
}

/// What is wrong with a parameter that the type does not have; the official generator leaves it out.
fn unfit(field_type: FieldType, parameter: Parameter, dialect: Dialect) -> Option<Diagnostic> {
    let name = parameter.name();
    (!field_type.spec().parameters.contains(&parameter)).then(|| {
        let message = format!("the type `{}` has no parameter `{name}`", field_type.name());
        dialect.finding(Code::ParameterNotOfType, message).help(takes(field_type))
    })
}

/// What is wrong with a value that the engines refuse.
pub(crate) fn refused(field_type: FieldType, parameter: Parameter, value: &Json) -> Option<Diagnostic> {
    let name = parameter.name();
    if let Some(wanted) = wrong_form(parameter.form(), value) {
        let message = format!("`{name}` takes {wanted}, not `{value}`");
        return Some(Diagnostic::error(Code::InvalidValue, message));
    }
    if parameter == Parameter::DepthLimit && value.as_u64().is_some_and(|limit| limit < FLATTENED_DEPTH) {
        let message = format!("`{name}` is at least {FLATTENED_DEPTH}, not `{value}`");
        let help = "the validation takes that many levels, which is the engines' default: leave it out";
        return Some(Diagnostic::error(Code::InvalidValue, message).help(help));
    }
    // Elasticsearch: "Unknown value [positions] for field [index_options] - accepted values are [docs, freqs]".
    let has_terms_only = matches!(field_type, FieldType::Keyword | FieldType::Flattened);
    if has_terms_only && parameter == Parameter::IndexOptions && !(value == "docs" || value == "freqs") {
        let message = format!("`{name}` of a `{}` is docs or freqs, not `{value}`", field_type.name());
        return Some(Diagnostic::error(Code::InvalidValue, message).help("one term has no positions in its text"));
    }
    // Elasticsearch: "parameter [synthetic_source_keep] can't be set to [arrays] for nested object".
    if field_type == FieldType::Nested && parameter == Parameter::SyntheticSourceKeep && value == "arrays" {
        let message = format!("`{name}` of a nested object is none or all, not `arrays`");
        return Some(Diagnostic::error(Code::InvalidValue, message).help("a nested object is a list in any case"));
    }
    None
}

/// What is wrong with values that the engines refuse beside others, or in place of the field's own values.
fn refused_together(field_type: FieldType, parameters: &Parameters) -> Vec<(Parameter, Diagnostic)> {
    let mut problems = Vec::new();
    if let Some(wanted) = null_value::wanted(field_type, parameters) {
        let value = &parameters[&Parameter::NullValue];
        let message = format!("`null_value` of a `{}` cannot be `{value}`", field_type.name());
        let help = format!("write {wanted}: it stands in the index wherever a document has null");
        problems.push((Parameter::NullValue, Diagnostic::error(Code::InvalidValue, message).help(help)));
    }
    let is = |parameter, value: bool| parameters.get(&parameter) == Some(&Json::Bool(value));
    if is(Parameter::Fielddata, true) && is(Parameter::Index, false) {
        let message = "`fielddata` of a text that is not indexed has nothing to load";
        let problem = Diagnostic::error(Code::InvalidValue, message).help("drop `fielddata`, or `index: false`");
        problems.push((Parameter::Fielddata, problem));
    }
    problems
}

/// Which parameters a type takes, for a help text.
fn takes(field_type: FieldType) -> String {
    let names: Vec<&str> = field_type.spec().parameters.iter().map(|parameter| parameter.name()).collect();
    let list = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
    format!("`{}` takes {list}", field_type.name())
}

/// What the form wants, when the value is something else.
fn wrong_form(form: ParameterForm, value: &Json) -> Option<String> {
    let wants = |fits: bool, wanted: String| if fits { None } else { Some(wanted) };
    let one_of = |list: &[&str]| format!("one of {}", list.join(", "));
    match form {
        ParameterForm::Boolean => wants(value.is_boolean(), "true or false".to_owned()),
        // `null` takes a default away.
        ParameterForm::Count => {
            let fits = value.as_u64().is_some_and(|count| i32::try_from(count).is_ok());
            wants(fits || value.is_null(), format!("a whole number from 0 to {}", i32::MAX))
        }
        ParameterForm::PositiveNumber => {
            wants(value.as_f64().is_some_and(|number| number > 0.0), "a number above zero".to_owned())
        }
        ParameterForm::Analyzer | ParameterForm::Normalizer | ParameterForm::Text => {
            wants(value.is_string(), "text".to_owned())
        }
        ParameterForm::Scalar => {
            wants(value.is_string() || value.is_number() || value.is_boolean(), "a single value".to_owned())
        }
        ParameterForm::OneOf(list) => wants(value.as_str().is_some_and(|text| list.contains(&text)), one_of(list)),
        ParameterForm::Formats(list) => {
            let known = |text: &str| text.split("||").all(|format| list.contains(&format));
            wants(value.as_str().is_some_and(known), format!("{} joined by `||`", one_of(list)))
        }
        ParameterForm::Path => wants(is_path(value), "a field path".to_owned()),
        ParameterForm::Paths => {
            let list = value.as_array().is_some_and(|list| list.iter().all(is_path));
            wants(list || is_path(value), "a field path or a list of them".to_owned())
        }
        ParameterForm::Meta => {
            let is_short = |text: &str, most: usize| text.chars().count() <= most;
            let fits = value.as_object().is_some_and(|map| {
                map.len() <= META_ENTRIES
                    && map.iter().all(|(key, value)| {
                        is_short(key, META_KEY) && value.as_str().is_some_and(|text| is_short(text, META_VALUE))
                    })
            });
            let limits =
                format!("at most {META_ENTRIES} entries, keys of {META_KEY} and values of {META_VALUE} characters");
            wants(fits, format!("a mapping from text to text with {limits}"))
        }
    }
}

fn is_path(value: &Json) -> bool {
    value.as_str().is_some_and(|text| FieldPath::parse(text).is_ok())
}

/// What the official generator adds to a field that says nothing else.
fn add_defaults(field_type: FieldType, parameters: &mut Parameters) {
    let off = |parameters: &Parameters, parameter| parameters.get(&parameter) == Some(&Json::Bool(false));
    let unindexed = off(parameters, Parameter::Index);
    if unindexed && field_type.spec().parameters.contains(&Parameter::DocValues) {
        parameters.entry(Parameter::DocValues).or_insert(Json::Bool(false));
    }
    if field_type == FieldType::Keyword && !unindexed {
        parameters.entry(Parameter::IgnoreAbove).or_insert(DEFAULT_IGNORE_ABOVE.into());
    }
    if field_type == FieldType::Text {
        parameters.entry(Parameter::Norms).or_insert(Json::Bool(false));
    }
    parameters.retain(|_, value| !value.is_null());
}

/// The parameter without which the engine refuses the type.
const fn needed(field_type: FieldType) -> Option<Parameter> {
    match field_type {
        FieldType::ScaledFloat => Some(Parameter::ScalingFactor),
        FieldType::Alias => Some(Parameter::Path),
        _ => None,
    }
}

/// Makes a field neither searchable nor sortable; says so when its type cannot be.
pub(crate) fn disable_index(field_type: FieldType, parameters: &mut Parameters) -> Result<(), Diagnostic> {
    if let Some(problem) = unfit(field_type, Parameter::Index, Dialect::Own) {
        return Err(problem);
    }
    parameters.insert(Parameter::Index, Json::Bool(false));
    parameters.remove(&Parameter::IgnoreAbove);
    if field_type.spec().parameters.contains(&Parameter::DocValues) {
        parameters.insert(Parameter::DocValues, Json::Bool(false));
    }
    Ok(())
}
