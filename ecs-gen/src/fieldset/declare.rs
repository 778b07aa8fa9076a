//! A merged field as a declaration: type, allowed values and pattern checked.

use super::measure::add_measure;
use super::merge::{MergedField, MergedMultiField};
use super::parameters::{Written, check_multi_field_parameters, check_parameters};
use super::{Reuse, one_line, parse_path, says_so};
use crate::declaration::FieldDeclaration;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::emit::{DISPLAY_FORMATS, is_display_format};
use crate::field_type::{FieldType, TYPES, ValueKind};
use crate::input::Dialect;
use crate::input::fieldset::{AllowedValueInput, FieldInput, FieldsetType, LevelInput};
use crate::model::{AllowedValue, Level, MultiField};
use crate::parameter::Parameter;
use crate::pattern::{PatternError, to_ecma};
use crate::source::Spanned;

pub(super) fn declare_reuse(
    field: &MergedField,
    fieldset: &Spanned<String>,
    diagnostics: &mut Diagnostics,
) -> Option<Reuse> {
    let input = &field.input;
    if let Some(field_type) = input.field_type.as_ref().filter(|t| !matches!(t.as_str(), "object" | "group")) {
        let message =
            format!("`{}` reuses a field set and has the type `{}` as well", input.name.value, field_type.value);
        let problem = Diagnostic::error(Code::ReuseSource, message).at(field_type.span).help("drop `type`");
        diagnostics.push(problem);
    }
    Some(Reuse {
        path: parse_path(&input.name, diagnostics)?,
        fieldset: fieldset.clone(),
        is_array: input.normalize.is_array(),
        transitive: input.transitive.as_ref().map(|transitive| transitive.value),
        description: describe(input),
        custom: field.customs.first().copied(),
    })
}

pub(super) fn declare_field(
    field: MergedField,
    dialect: Dialect,
    diagnostics: &mut Diagnostics,
) -> Option<FieldDeclaration> {
    let input = field.input;
    let path = parse_path(&input.name, diagnostics);
    let Some(type_name) = &input.field_type else {
        let message = format!("the field `{}` has no type", input.name.value);
        let help = "give it a `type`, or a `reuse` of a field set, or the name of a field that its set has already";
        diagnostics.push(Diagnostic::error(Code::MissingOption, message).at(input.name.span).help(help));
        return None;
    };
    if let Some(transitive) = &input.transitive {
        let message = format!("`{}` says how far a reuse goes, and reuses nothing", input.name.value);
        let problem = Diagnostic::error(Code::ReuseSource, message).at(transitive.span);
        diagnostics.push(problem.help("add `reuse: FIELDSET`, or drop `transitive`"));
    }
    let declared = parse_type(type_name, diagnostics)?;
    // Of a disabled object nothing is parsed, nested or not; only `object` says so on every engine.
    let is_stored = declared == FieldType::Nested && field.parameters.iter().any(Written::disables);
    let field_type = if is_stored { FieldType::Object } else { declared };
    check_pattern(input.pattern.as_ref(), diagnostics);
    check_display_format(input.format.as_ref(), field_type, diagnostics);
    let mut parameters = check_parameters(&input.name, field_type, field.parameters, dialect, diagnostics);
    add_measure(&input, field_type, &mut parameters, dialect, diagnostics);
    let multi_fields = declare_multi_fields(&input, field_type, field.multi_fields, dialect, diagnostics);
    let holds_text = check_texts_only(&input, field_type, dialect, diagnostics);
    let allowed = input.allowed_values.as_deref().unwrap_or_default();
    let allowed = if holds_text { declare_allowed(allowed, diagnostics) } else { Vec::new() };
    let path = path?;
    let default_level = if field.in_ecs { Level::Extended } else { Level::Custom };
    Some(FieldDeclaration {
        span: path.span,
        path: path.value,
        field_type,
        is_array: input.normalize.is_array(),
        required: input.required.unwrap_or(false),
        parameters,
        multi_fields,
        allowed,
        // ECS's own sentences stay with ECS; a custom file's say what its owner means by the field.
        description: describe(&input),
        expected_values: input.expected_values.unwrap_or_default(),
        pattern: input.pattern.filter(|_| holds_text).map(|pattern| pattern.value),
        level: input.level.map_or(default_level, level),
        beta: says_so(input.beta.as_ref()) || says_so(input.alpha.as_ref()),
        display_format: input.format.map(|format| format.value),
        original_fieldset: input.original_fieldset,
    })
}

fn describe(input: &FieldInput) -> String {
    input.short.as_deref().or(input.description.as_deref()).map(one_line).unwrap_or_default()
}

fn level(level: LevelInput) -> Level {
    match level {
        LevelInput::Core => Level::Core,
        LevelInput::Extended => Level::Extended,
        LevelInput::Custom => Level::Custom,
    }
}

/// Types that Elasticsearch or OpenSearch has, of themselves or by a plugin, and that cannot be declared.
const ELSEWHERE: &[&str] = &[
    "aggregate_metric_double",
    "annotated_text",
    "completion",
    "counted_keyword",
    "dense_vector",
    "derived",
    "exponential_histogram",
    "flat_object",
    "geo_shape",
    "histogram",
    "icu_collation_keyword",
    "join",
    "knn_vector",
    "murmur3",
    "passthrough",
    "pattern_text",
    "percolator",
    "point",
    "rank_feature",
    "rank_features",
    "rank_vectors",
    "semantic",
    "semantic_text",
    "shape",
    "sparse_vector",
    "star_tree",
    "token_count",
    "xy_point",
    "xy_shape",
];

fn parse_type(name: &Spanned<String>, diagnostics: &mut Diagnostics) -> Option<FieldType> {
    // ECS calls an object that only holds others a group; no engine has such a type.
    if name.value == FieldsetType::NAME {
        return Some(FieldType::Object);
    }
    let found = FieldType::from_name(name);
    if found.is_none() {
        let help = Diagnostics::did_you_mean(name, TYPES.iter().map(|spec| spec.name));
        let message = format!("unknown type `{}`", name.value);
        if ELSEWHERE.contains(&name.as_str()) {
            let message = format!("the type `{}` is one of the engines' and not supported here", name.value);
            let help = "no event log needs it so far; an `object` with `enabled: false` keeps such a value without indexing it";
            diagnostics.push(Diagnostic::error(Code::UnsupportedType, message).at(name.span).help(help));
            return None;
        }
        let general = "the types are those of the engines, such as `keyword`, `long`, `date`, `ip` and `object`";
        let problem = Diagnostic::error(Code::UnknownType, message).at(name.span).help(general);
        diagnostics.push(problem.maybe_help(help));
    }
    found
}

fn check_pattern(pattern: Option<&Spanned<String>>, diagnostics: &mut Diagnostics) {
    let Some(pattern) = pattern else { return };
    if let Err(error) = to_ecma(pattern) {
        let message = format!("the pattern `{}` {error}", pattern.value);
        let help = match error {
            PatternError::Dialect { help, .. } => Some(help.to_owned()),
            PatternError::Syntax(_) => None,
        };
        diagnostics.push(Diagnostic::error(Code::InvalidPattern, message).at(pattern.span).maybe_help(help));
    }
}

/// `format` is how Kibana displays a value. On a date it is easily taken for the form in which documents hold it, which is
/// a mapping parameter of the same name.
fn check_display_format(format: Option<&Spanned<String>>, field_type: FieldType, diagnostics: &mut Diagnostics) {
    let Some(format) = format.filter(|format| !is_display_format(format)) else { return };
    let has_form = field_type.spec().parameters.contains(&Parameter::Format);
    let problem = if has_form {
        let message = format!("`format: {}` is no display format of Kibana's", format.value);
        let help = format!("the form in which documents hold a date is `parameters: {{format: {}}}`", format.value);
        Diagnostic::error(Code::InvalidValue, message).help(help)
    } else {
        let message = format!("unknown display format `{}`", format.value);
        let near = Diagnostics::did_you_mean(format, DISPLAY_FORMATS.iter().copied());
        let all = format!("the display formats are {}", DISPLAY_FORMATS.join(", "));
        Diagnostic::error(Code::InvalidValue, message).help(all).maybe_help(near)
    };
    diagnostics.push(problem.at(format.span));
}

/// `allowed_values` and `pattern` are about texts; whether the field holds such.
fn check_texts_only(
    input: &FieldInput,
    field_type: FieldType,
    dialect: Dialect,
    diagnostics: &mut Diagnostics,
) -> bool {
    if matches!(field_type.kind(), ValueKind::Keyword | ValueKind::Text | ValueKind::Constant) {
        return true;
    }
    let allowed = input.allowed_values.as_ref().and_then(|values| values.first());
    let allowed = allowed.map(|value| ("allowed_values", value.name.span));
    let pattern = input.pattern.as_ref().map(|pattern| ("pattern", pattern.span));
    for (option, span) in allowed.into_iter().chain(pattern) {
        let message = format!("`{option}` is about texts, and `{}` is a `{}`", input.name.value, field_type.name());
        let problem = dialect.finding(Code::ParameterNotOfType, message).at(span);
        diagnostics.push(problem.help(format!("drop `{option}`, or make the field a `keyword`")));
    }
    false
}

fn declare_multi_fields(
    input: &FieldInput,
    field_type: FieldType,
    multi_fields: Vec<MergedMultiField>,
    dialect: Dialect,
    diagnostics: &mut Diagnostics,
) -> Vec<MultiField> {
    if let Some(first) = multi_fields.first()
        && !field_type.has_multi_fields()
    {
        let message = format!("`{}` is a `{}`, which has no multi-fields", input.name.value, field_type.name());
        let problem = Diagnostic::error(Code::ParameterNotOfType, message).at(first.field_type.span);
        diagnostics.push(problem.help("drop `multi_fields`"));
        return Vec::new();
    }
    let mut declare = |multi| declare_multi_field(&input.name, multi, dialect, diagnostics);
    multi_fields.into_iter().filter_map(&mut declare).collect()
}

fn declare_multi_field(
    field: &Spanned<String>,
    multi: MergedMultiField,
    dialect: Dialect,
    diagnostics: &mut Diagnostics,
) -> Option<MultiField> {
    let field_type = parse_type(&multi.field_type, diagnostics)?;
    if !field_type.can_be_multi_field() {
        let message = format!("a multi-field cannot be of type `{}`", field_type.name());
        let problem = Diagnostic::error(Code::UnknownType, message).at(multi.field_type.span);
        diagnostics.push(problem.help("it indexes the same value once more, so it holds a single value as well"));
        return None;
    }
    let name = multi.name;
    let whole = Spanned::new(multi.field_type.span, format!("{}.{}", field.value, name.value));
    let parameters = check_multi_field_parameters(&whole, field_type, multi.parameters, dialect, diagnostics);
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
