//! The attributes of an ECS field that published releases and committed facts write alike, read from a [`Node`] with a
//! report of everything that is wrong. What the two write differently stays with their own readers.

use serde_json::Value as Json;

use crate::declaration::FieldDeclaration;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::field_path::FieldPath;
use crate::field_type::{FieldType, TYPES};
use crate::model::{Level, MultiField};
use crate::parameter::{Parameter, ParameterForm, Parameters};
use crate::source::Span;
use crate::source::node::{Node, Value};

/// Reads the attributes of one field.
pub(super) struct FieldReader<'d> {
    /// The field's path, which every message names.
    path: FieldPath,
    diagnostics: &'d mut Diagnostics,
}

/// The names of the attributes that [`FieldReader::read_shared`] knows, parameters excepted.
pub(super) const SHARED: &[&str] = &[
    "level",
    "required",
    "normalize",
    "expected_values",
    "pattern",
    "format",
    "object_type",
    "original_fieldset",
    "parameters",
];

impl<'d> FieldReader<'d> {
    /// Checks `name` as the path of a field declared at `span`; `None` when it is none.
    pub(super) fn begin(name: &str, span: Span, diagnostics: &'d mut Diagnostics) -> Option<Self> {
        match FieldPath::parse(name) {
            Ok(path) => Some(Self { path, diagnostics }),
            Err(error) => {
                let message = format!("the field name `{name}` {error}");
                diagnostics.push(Diagnostic::error(Code::InvalidName, message).at(span));
                None
            }
        }
    }

    /// A declaration of this path that says nothing yet.
    pub(super) fn declare(&self, field_type: FieldType, span: Span) -> FieldDeclaration {
        FieldDeclaration {
            path: self.path.clone(),
            span,
            field_type,
            many: false,
            required: false,
            parameters: Parameters::new(),
            multi_fields: Vec::new(),
            allowed: Vec::new(),
            expected_values: Vec::new(),
            pattern: None,
            description: String::new(),
            level: Level::Extended,
            beta: false,
            display_format: None,
            object_type: None,
            original_fieldset: None,
        }
    }

    /// Reports a problem of this field.
    pub(super) fn report(&mut self, code: Code, what: &str, span: Span) {
        self.report_with_help(code, what, span, None);
    }

    fn report_with_help(&mut self, code: Code, what: &str, span: Span, help: Option<String>) {
        let message = format!("`{}`: {what}", self.path);
        self.diagnostics.push(Diagnostic::error(code, message).at(span).maybe_help(help));
    }

    /// Reports that an attribute has the wrong form.
    pub(super) fn wrong_form(&mut self, attribute: &str, expected: &str, node: &Node) {
        self.report(Code::WrongForm, &format!("`{attribute}` must be {expected}, not {}", node.describe()), node.span);
    }

    /// Reports an attribute that no reader knows; `known` are the names that would have been right.
    pub(super) fn unknown<'k>(&mut self, attribute: &str, known: impl IntoIterator<Item = &'k str>, span: Span) {
        let parameters = Parameter::ALL.iter().map(|parameter| parameter.name());
        let help =
            Diagnostics::did_you_mean(attribute, known.into_iter().chain(SHARED.iter().copied()).chain(parameters));
        self.report_with_help(Code::UnknownFact, &format!("the attribute `{attribute}` is unknown"), span, help);
    }

    /// Text that was written as text, not a number or boolean that looks like it.
    pub(super) fn text<'n>(&mut self, attribute: &str, node: &'n Node) -> Option<&'n str> {
        let text = node.as_text().filter(|_| is_text(node));
        if text.is_none() {
            self.wrong_form(attribute, "text", node);
        }
        text
    }

    /// A list of texts.
    pub(super) fn texts(&mut self, attribute: &str, node: &Node) -> Option<Vec<String>> {
        let Some(items) = node.as_list() else {
            self.wrong_form(attribute, "a list", node);
            return None;
        };
        items.iter().map(|item| self.text(attribute, item).map(str::to_owned)).collect()
    }

    /// `true` or `false`.
    pub(super) fn boolean(&mut self, attribute: &str, node: &Node) -> Option<bool> {
        let boolean = as_bool(node);
        if boolean.is_none() {
            self.wrong_form(attribute, "true or false", node);
        }
        boolean
    }

    /// A field type by its ECS name; `group` is ECS's word for an object.
    pub(super) fn field_type(&mut self, node: &Node) -> Option<FieldType> {
        let name = self.text("type", node)?;
        let found = if name == "group" { Some(FieldType::Object) } else { FieldType::from_name(name) };
        if found.is_none() {
            let help = Diagnostics::did_you_mean(name, TYPES.iter().map(|spec| spec.name));
            self.report_with_help(Code::UnknownType, &format!("the type `{name}` is unknown"), node.span, help);
        }
        found
    }

    /// Reads an attribute that both forms write alike into `field`; false when it is none of them.
    pub(super) fn read_shared(&mut self, field: &mut FieldDeclaration, attribute: &str, node: &Node) -> bool {
        match attribute {
            "level" => field.level = self.level(node).unwrap_or(field.level),
            "required" => field.required = self.boolean(attribute, node).unwrap_or_default(),
            "normalize" => field.many = self.normalize(node),
            "expected_values" => field.expected_values = self.texts(attribute, node).unwrap_or_default(),
            "pattern" => field.pattern = self.text(attribute, node).map(str::to_owned),
            "format" => field.display_format = self.text(attribute, node).map(str::to_owned),
            "object_type" => field.object_type = self.text(attribute, node).map(str::to_owned),
            "original_fieldset" => field.original_fieldset = self.text(attribute, node).map(str::to_owned),
            "parameters" => self.free_parameters(&mut field.parameters, node),
            _ => return self.read_parameter(&mut field.parameters, attribute, node),
        }
        true
    }

    /// Reads an attribute that is a mapping parameter; false when it is none.
    pub(super) fn read_parameter(&mut self, parameters: &mut Parameters, attribute: &str, node: &Node) -> bool {
        let Some(parameter) = Parameter::from_name(attribute) else {
            return false;
        };
        let value = node.to_json();
        match refusal(parameter.form(), &value) {
            None => {
                parameters.insert(parameter, value);
            }
            Some(Refusal::Form(expected)) => self.wrong_form(attribute, expected, node),
            Some(Refusal::Value) => {
                self.report(Code::InvalidValue, &format!("`{attribute}` cannot be `{}`", shown(&value)), node.span);
            }
        }
        true
    }

    /// A multi-field called `name`, from its type and the nodes of its parameters.
    pub(super) fn multi_field<'n>(
        &mut self,
        name: &str,
        field_type: &Node,
        parameters: impl IntoIterator<Item = (&'n str, &'n Node)>,
    ) -> Option<MultiField> {
        let field_type = self.field_type(field_type)?;
        let mut multi_field = MultiField { name: name.to_owned(), field_type, parameters: Parameters::new() };
        for (attribute, node) in parameters {
            if !self.read_parameter(&mut multi_field.parameters, attribute, node) {
                self.unknown(attribute, ["type", "name", "flat_name"], node.span);
            }
        }
        Some(multi_field)
    }

    /// Reports the parameters that the type of the field, or of a multi-field, does not have.
    pub(super) fn check_parameters(&mut self, field: &FieldDeclaration) {
        self.check_type(field.path.as_str(), field.field_type, &field.parameters, field.span);
        for multi in &field.multi_fields {
            let path = format!("{}.{}", field.path, multi.name);
            self.check_type(&path, multi.field_type, &multi.parameters, field.span);
        }
    }

    fn check_type(&mut self, path: &str, field_type: FieldType, parameters: &Parameters, span: Span) {
        let legal = field_type.spec().parameters;
        for parameter in parameters.keys().filter(|parameter| !legal.contains(parameter)) {
            let message = format!("`{path}`: the type `{}` has no `{}`", field_type.name(), parameter.name());
            self.diagnostics.push(Diagnostic::error(Code::ParameterNotOfType, message).at(span));
        }
    }

    fn level(&mut self, node: &Node) -> Option<Level> {
        let name = self.text("level", node)?;
        let level = [Level::Core, Level::Extended, Level::Custom].into_iter().find(|level| level.name() == name);
        if level.is_none() {
            let what = format!("the level `{name}` is none of core, extended, custom");
            self.report(Code::InvalidValue, &what, node.span);
        }
        level
    }

    fn normalize(&mut self, node: &Node) -> bool {
        let steps = self.texts("normalize", node).unwrap_or_default();
        if let Some(step) = steps.iter().find(|step| *step != "array") {
            self.report(Code::UnknownFact, &format!("the normalization `{step}` is unknown"), node.span);
        }
        !steps.is_empty()
    }

    fn free_parameters(&mut self, parameters: &mut Parameters, node: &Node) {
        let Some(entries) = node.as_map() else {
            self.wrong_form("parameters", "a mapping", node);
            return;
        };
        for (name, value) in entries {
            if !self.read_parameter(parameters, name, value) {
                self.unknown(name, [], name.span);
            }
        }
    }
}

/// Why a value is not a parameter's.
enum Refusal {
    /// Another form is expected.
    Form(&'static str),
    /// The form is right and the value is none that the parameter takes.
    Value,
}

fn refusal(form: ParameterForm, value: &Json) -> Option<Refusal> {
    let expect = |fits: bool, expected: &'static str| (!fits).then_some(Refusal::Form(expected));
    let one_of = |text: &str, known: &[&str]| known.contains(&text);
    match form {
        ParameterForm::Boolean => expect(value.is_boolean(), "true or false"),
        ParameterForm::Count => expect(value.is_u64(), "a whole number from 0"),
        ParameterForm::PositiveNumber => {
            expect(value.as_f64().is_some_and(|number| number > 0.0), "a number above zero")
        }
        ParameterForm::Text => expect(value.is_string(), "text"),
        ParameterForm::Scalar => {
            expect(value.is_string() || value.is_number() || value.is_boolean(), "text, a number or a boolean")
        }
        ParameterForm::OneOf(known) => match value.as_str() {
            Some(text) => (!one_of(text, known)).then_some(Refusal::Value),
            None => expect(false, "text"),
        },
        ParameterForm::Formats(known) => match value.as_str() {
            Some(text) => (!text.split("||").all(|format| one_of(format, known))).then_some(Refusal::Value),
            None => expect(false, "text"),
        },
        ParameterForm::Path => expect(is_path(value), "a field path"),
        ParameterForm::Paths => {
            let all_paths = value.as_array().map_or_else(|| is_path(value), |items| items.iter().all(is_path));
            expect(all_paths, "a field path or a list of them")
        }
        ParameterForm::Meta => {
            let all_text = value.as_object().is_some_and(|entries| entries.values().all(Json::is_string));
            expect(all_text, "a mapping from text to text")
        }
    }
}

fn is_path(value: &Json) -> bool {
    value.as_str().is_some_and(|text| FieldPath::parse(text).is_ok())
}

fn shown(value: &Json) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn is_text(node: &Node) -> bool {
    match &node.value {
        Value::Scalar(scalar) => !scalar.is_null() && scalar.as_bool().is_none() && scalar.as_number().is_none(),
        _ => false,
    }
}

/// The boolean that a node is.
pub(super) fn as_bool(node: &Node) -> Option<bool> {
    match &node.value {
        Value::Scalar(scalar) => scalar.as_bool(),
        _ => None,
    }
}
