//! A field of an extension as a declaration: type, allowed values and pattern checked.

use serde_json::Value as Json;

use super::parameters::{check_multi_field_parameters, check_parameters, multi_field_parameters, written_parameters};
use super::{Reuse, one_line, parse_path};
use crate::declaration::FieldDeclaration;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::field_type::{FieldType, TYPES, ValueKind};
use crate::input::extension::{
    AllowedValueInput, ExtensionFieldInput, FieldsetType, LevelInput, MultiFieldInput, Normalize,
};
use crate::model::{AllowedValue, Level, MultiField};
use crate::source::Spanned;

pub(super) fn declare_reuse(
    field: &ExtensionFieldInput,
    fieldset: &Spanned<String>,
    diagnostics: &mut Diagnostics,
) -> Option<Reuse> {
    if let Some(field_type) = field.field_type.as_ref().filter(|t| !matches!(t.as_str(), "object" | "group")) {
        let message =
            format!("`{}` reuses a field set and has the type `{}` as well", field.name.value, field_type.value);
        let problem = Diagnostic::error(Code::ReuseSource, message).at(field_type.span).help("drop `type`");
        diagnostics.push(problem);
    }
    Some(Reuse {
        path: parse_path(&field.name, diagnostics)?,
        fieldset: fieldset.clone(),
        many: field.normalize.contains(&Normalize::Array),
        description: describe(field),
    })
}

pub(super) fn declare_field(input: ExtensionFieldInput, diagnostics: &mut Diagnostics) -> Option<FieldDeclaration> {
    let path = parse_path(&input.name, diagnostics);
    let Some(type_name) = &input.field_type else {
        let message = format!("the field `{}` has no type", input.name.value);
        let help = "give it a `type`, or a `reuse` of an ECS field set";
        diagnostics.push(Diagnostic::error(Code::MissingOption, message).at(input.name.span).help(help));
        return None;
    };
    let field_type = parse_type(type_name, diagnostics)?;
    check_pattern(input.pattern.as_ref(), diagnostics);
    let written = written_parameters(&input);
    let parameters = check_parameters(&input.name, field_type, written, diagnostics);
    let multi_fields = declare_multi_fields(&input, field_type, diagnostics);
    check_texts_only(&input, field_type, diagnostics);
    let allowed = declare_allowed(&input.allowed_values, diagnostics);
    let path = path?;
    Some(FieldDeclaration {
        span: path.span,
        path: path.value,
        field_type,
        many: input.normalize.contains(&Normalize::Array),
        required: input.required.unwrap_or(false),
        parameters,
        multi_fields,
        allowed,
        description: describe(&input),
        expected_values: input.expected_values,
        pattern: input.pattern.map(|pattern| pattern.value),
        level: input.level.map_or(Level::Custom, level),
        beta: input.beta.is_some_and(|beta| beta != Json::Bool(false)),
        display_format: input.format,
        object_type: input.object_type,
        original_fieldset: None,
    })
}

fn describe(input: &ExtensionFieldInput) -> String {
    input.short.as_deref().or(input.description.as_deref()).map(one_line).unwrap_or_default()
}

fn level(level: LevelInput) -> Level {
    match level {
        LevelInput::Core => Level::Core,
        LevelInput::Extended => Level::Extended,
        LevelInput::Custom => Level::Custom,
    }
}

fn parse_type(name: &Spanned<String>, diagnostics: &mut Diagnostics) -> Option<FieldType> {
    // ECS calls an object that only holds others a group; no engine has such a type.
    if name.value == FieldsetType::NAME {
        return Some(FieldType::Object);
    }
    let found = FieldType::from_name(name);
    if found.is_none() {
        let help = Diagnostics::did_you_mean(name, TYPES.iter().map(|spec| spec.name));
        let message = format!("unknown type `{}`", name.value);
        let general = "the types are those of the engines, such as `keyword`, `long`, `date`, `ip` and `object`";
        let problem = Diagnostic::error(Code::UnknownType, message).at(name.span).help(general);
        diagnostics.push(problem.maybe_help(help));
    }
    found
}

fn check_pattern(pattern: Option<&Spanned<String>>, diagnostics: &mut Diagnostics) {
    let Some(pattern) = pattern else { return };
    if let Err(error) = regex_lite::Regex::new(pattern) {
        let message = format!("the pattern `{}` is no regular expression: {error}", pattern.value);
        diagnostics.push(Diagnostic::error(Code::InvalidPattern, message).at(pattern.span));
    }
}

/// `allowed_values` and `pattern` are about texts.
fn check_texts_only(input: &ExtensionFieldInput, field_type: FieldType, diagnostics: &mut Diagnostics) {
    if matches!(field_type.kind(), ValueKind::Keyword | ValueKind::Text | ValueKind::Constant) {
        return;
    }
    let allowed = input.allowed_values.first().map(|value| ("allowed_values", value.name.span));
    let pattern = input.pattern.as_ref().map(|pattern| ("pattern", pattern.span));
    for (option, span) in allowed.into_iter().chain(pattern) {
        let message = format!("`{option}` is about texts, and `{}` is a `{}`", input.name.value, field_type.name());
        let problem = Diagnostic::error(Code::ParameterNotOfType, message).at(span);
        diagnostics.push(problem.help(format!("drop `{option}`, or make the field a `keyword`")));
    }
}

fn declare_multi_fields(
    input: &ExtensionFieldInput,
    field_type: FieldType,
    diagnostics: &mut Diagnostics,
) -> Vec<MultiField> {
    if let Some(first) = input.multi_fields.first()
        && !field_type.has_multi_fields()
    {
        let message = format!("`{}` is a `{}`, which has no multi-fields", input.name.value, field_type.name());
        let problem = Diagnostic::error(Code::ParameterNotOfType, message).at(first.field_type.span);
        diagnostics.push(problem.help("drop `multi_fields`"));
        return Vec::new();
    }
    let mut declared: Vec<MultiField> = Vec::new();
    for multi in &input.multi_fields {
        let Some(next) = declare_multi_field(&input.name, multi, diagnostics) else { continue };
        if declared.iter().any(|known| known.name == next.name) {
            let message = format!("`{}` has two multi-fields called `{}`", input.name.value, next.name);
            let span = multi.name.as_ref().map_or(multi.field_type.span, |name| name.span);
            let problem = Diagnostic::error(Code::DuplicateField, message).at(span);
            diagnostics.push(problem.help("give one of them another `name`"));
            continue;
        }
        declared.push(next);
    }
    declared
}

fn declare_multi_field(
    field: &Spanned<String>,
    input: &MultiFieldInput,
    diagnostics: &mut Diagnostics,
) -> Option<MultiField> {
    let field_type = parse_type(&input.field_type, diagnostics)?;
    if !field_type.can_be_multi_field() {
        let message = format!("a multi-field cannot be of type `{}`", field_type.name());
        let problem = Diagnostic::error(Code::UnknownType, message).at(input.field_type.span);
        diagnostics.push(problem.help("it indexes the same value once more, so it holds a single value as well"));
        return None;
    }
    let name = input.name.clone().unwrap_or_else(|| input.field_type.clone());
    let whole = Spanned::new(input.field_type.span, format!("{}.{}", field.value, name.value));
    let parameters = check_multi_field_parameters(&whole, field_type, multi_field_parameters(input), diagnostics);
    parse_path(&name, diagnostics)?;
    if name.value.contains('.') {
        let message = format!("the name `{}` of a multi-field has a dot", name.value);
        let problem = Diagnostic::error(Code::InvalidName, message).at(name.span);
        diagnostics.push(problem.help("write a single word, such as `text`"));
        return None;
    }
    Some(MultiField { name: name.value, field_type, parameters })
}

fn declare_allowed(values: &[AllowedValueInput], diagnostics: &mut Diagnostics) -> Vec<AllowedValue> {
    let mut allowed: Vec<AllowedValue> = Vec::new();
    for value in values {
        if allowed.iter().any(|known| known.name == value.name.value) {
            let message = format!("the allowed value `{}` is listed twice", value.name.value);
            let problem = Diagnostic::error(Code::DuplicateValue, message).at(value.name.span).help("remove one");
            diagnostics.push(problem);
            continue;
        }
        allowed.push(AllowedValue {
            name: value.name.value.clone(),
            expected_event_types: value.expected_event_types.clone(),
        });
    }
    allowed
}
