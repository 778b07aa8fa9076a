//! The structural check of an input against its own JSON Schema: every problem with its place, a near miss where there
//! is one, and the tree without the parts that are wrong, so that later stages report their problems in the same run.

use std::marker::PhantomData;

use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value as Json};

use super::decode::decode;
use super::schemas::schema_of;
use super::{form, hints};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::source::node::{Node, Value};
use crate::source::{Span, Spanned};

/// Whose grammar a file was written for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Dialect {
    /// This project's: what means nothing is a mistake.
    #[default]
    Own,
    /// The official ECS generator's, which ignores what it does not know: that is left out here too, with a warning.
    Official,
}

impl Dialect {
    /// A finding about something that the official generator ignores.
    #[must_use]
    pub fn finding(self, code: Code, message: impl Into<String>) -> Diagnostic {
        match self {
            Self::Own => Diagnostic::error(code, message),
            Self::Official => Diagnostic::warning(code, message),
        }
    }
}

/// Reads nodes as `T`s; the schema that they are checked by is made once.
pub struct Reader<T> {
    schema: Json,
    dialect: Dialect,
    target: PhantomData<T>,
}

impl<T: DeserializeOwned + JsonSchema> Reader<T> {
    /// A reader for that grammar.
    #[must_use]
    pub fn new(dialect: Dialect) -> Self {
        Self { schema: schema_of::<T>(), dialect, target: PhantomData }
    }

    /// Reads `node`. Reports everything that does not fit; `None` when too little is left to go on with.
    pub fn read(&self, node: &Node, diagnostics: &mut Diagnostics) -> Option<T> {
        let before = diagnostics.count_errors();
        let mut checker =
            Checker { root: &self.schema, dialect: self.dialect, incomplete: None, diagnostics, place: "" };
        let fitting = checker.check(node, &self.schema)?;
        match decode(&fitting) {
            Ok(value) => Some(value),
            // A missing option was reported against the mapping that lacks it; serde would only repeat that.
            Err(_) if diagnostics.count_errors() > before => None,
            Err(error) => {
                let problem = Diagnostic::error(Code::InvalidValue, error.message).at(error.span.unwrap_or(node.span));
                diagnostics.push(problem);
                None
            }
        }
    }
}

/// Reads `node` as a `T`, once: see [`Reader::read`].
pub fn read<T: DeserializeOwned + JsonSchema>(node: &Node, diagnostics: &mut Diagnostics) -> Option<T> {
    Reader::new(Dialect::Own).read(node, diagnostics)
}

struct Checker<'s, 'd> {
    root: &'s Json,
    dialect: Dialect,
    /// The mapping that was checked last, when one of its options was dropped.
    incomplete: Option<Span>,
    diagnostics: &'d mut Diagnostics,
    /// The name of the input type that is checked; empty for one without a name.
    place: &'s str,
}

impl<'s> Checker<'s, '_> {
    /// The part of `node` that fits `schema`; `None` when the node itself does not.
    fn check(&mut self, node: &Node, schema: &'s Json) -> Option<Node> {
        let place = std::mem::replace(&mut self.place, place_of(schema));
        let fitting = self.check_here(node, schema);
        self.place = place;
        if fitting.is_none() {
            self.diagnostics.mark_incomplete(node.span);
        }
        fitting
    }

    fn check_here(&mut self, node: &Node, schema: &'s Json) -> Option<Node> {
        let Some(schema) = self.resolve(schema).as_object() else { return Some(node.clone()) };
        if let Some(branches) = schema.get("anyOf").or_else(|| schema.get("oneOf")).and_then(Json::as_array) {
            return self.check_branches(node, branches);
        }
        if !self.fits_type(node, schema) {
            let help = form::help(node, self.place, schema, |schema| self.resolve(schema));
            self.report_form(node, &type_words(schema), help);
            return None;
        }
        if let Some(choices) = schema.get("enum").and_then(Json::as_array) {
            return self.check_choice(node, choices);
        }
        if let Some(choice) = schema.get("const") {
            return self.check_choice(node, std::slice::from_ref(choice));
        }
        match &node.value {
            Value::Map(entries) => Some(self.check_map(node, entries, schema)),
            Value::List(items) => {
                let Some(item_schema) = schema.get("items") else { return Some(node.clone()) };
                let items = items.iter().filter_map(|item| self.check_item(item, item_schema)).collect();
                Some(Node { span: node.span, value: Value::List(items) })
            }
            Value::Scalar(_) => self.check_bounds(node, schema),
        }
    }

    /// An item that has lost an option is dropped, so that nobody misses what was there in the wrong form.
    fn check_item(&mut self, item: &Node, schema: &'s Json) -> Option<Node> {
        let checked = self.check(item, schema)?;
        (self.incomplete != Some(item.span)).then_some(checked)
    }

    fn resolve(&self, schema: &'s Json) -> &'s Json {
        let Some(reference) = schema.get("$ref").and_then(Json::as_str) else { return schema };
        let pointer = reference.strip_prefix('#').unwrap_or(reference);
        self.root.pointer(pointer).map_or(schema, |target| self.resolve(target))
    }

    /// Of several forms, the one whose type the node has; a list of constants is one choice.
    fn check_branches(&mut self, node: &Node, branches: &'s [Json]) -> Option<Node> {
        let constants: Vec<Json> = branches.iter().filter_map(|branch| branch.get("const").cloned()).collect();
        if constants.len() == branches.len() {
            return self.check_choice(node, &constants);
        }
        let fitting = branches.iter().find(|branch| match self.resolve(branch).as_object() {
            Some(object) => self.fits_type(node, object),
            None => true,
        });
        let words: Vec<String> = branches.iter().flat_map(|branch| self.form_words(branch)).collect();
        match fitting {
            // One of the forms is a word, and this is another: the other forms are possible as well.
            Some(branch) if words.len() > 1 && self.is_other_word(node, branch) => {
                let found = node.as_text().unwrap_or_default();
                let message = format!("expected {}, found `{found}`", words.join(" or "));
                self.diagnostics.push(Diagnostic::error(Code::InvalidValue, message).at(node.span));
                None
            }
            Some(branch) => self.check(node, branch),
            None => {
                let mut forms = branches.iter().filter_map(|branch| {
                    let form = self.resolve(branch).as_object()?;
                    form::help(node, place_of(branch), form, |schema| self.resolve(schema))
                });
                let places = std::iter::once(self.place).chain(branches.iter().map(place_of));
                let mut selections = places.filter_map(|place| form::help_with_selection(node, place));
                let help = selections.next().or_else(|| forms.next());
                self.report_form(node, &words, help);
                None
            }
        }
    }

    /// Whether a branch stands for a single word, and the node is not that.
    fn is_other_word(&self, node: &Node, branch: &'s Json) -> bool {
        let branch = self.resolve(branch);
        let only = branch.get("oneOf").and_then(Json::as_array).filter(|list| list.len() == 1).map(|list| &list[0]);
        let word = only.unwrap_or(branch).get("const").and_then(Json::as_str);
        word.is_some_and(|word| node.as_text() != Some(word))
    }

    /// The words for the forms that a schema takes.
    fn form_words(&self, schema: &'s Json) -> Vec<String> {
        let Some(schema) = self.resolve(schema).as_object() else { return Vec::new() };
        if let Some(branches) = schema.get("anyOf").or_else(|| schema.get("oneOf")).and_then(Json::as_array) {
            return branches.iter().flat_map(|branch| self.form_words(branch)).collect();
        }
        match schema.get("const").and_then(Json::as_str) {
            // A bare `*` would begin an alias.
            Some("*") => vec!["`'*'`".to_owned()],
            Some("") => Vec::new(),
            Some(text) => vec![format!("`{text}`")],
            // What must be empty is not what anybody is advised to write.
            None if schema.get("maxItems") == Some(&Json::from(0)) => Vec::new(),
            None => type_words(schema),
        }
    }

    fn fits_type(&self, node: &Node, schema: &'s Map<String, Json>) -> bool {
        if let Some(branches) = schema.get("anyOf").or_else(|| schema.get("oneOf")).and_then(Json::as_array) {
            let mut branches = branches.iter().filter_map(|branch| self.resolve(branch).as_object());
            return branches.any(|branch| self.fits_type(node, branch));
        }
        if schema.get("const").is_some_and(|word| word == "") {
            return node.as_text() == Some("");
        }
        let must_be_empty = schema.get("maxItems") == Some(&Json::from(0));
        let fits = |name: &str| match (&node.value, name) {
            (Value::Map(_), "object") => true,
            (Value::List(items), "array") => items.is_empty() || !must_be_empty,
            (Value::Scalar(scalar), "null") => scalar.is_null(),
            (Value::Scalar(scalar), "string") => !scalar.is_null(),
            (Value::Scalar(scalar), "boolean") => scalar.as_bool().is_some(),
            (Value::Scalar(scalar), "integer") => {
                scalar.as_number().is_some_and(|number| number.is_i64() || number.is_u64())
            }
            (Value::Scalar(scalar), "number") => scalar.as_number().is_some(),
            _ => false,
        };
        match schema.get("type") {
            Some(Json::String(name)) => fits(name),
            Some(Json::Array(names)) => names.iter().filter_map(Json::as_str).any(fits),
            _ => true,
        }
    }

    fn report_form(&mut self, node: &Node, words: &[String], help: Option<String>) {
        let mut distinct: Vec<&str> = Vec::new();
        for word in words {
            if !distinct.contains(&word.as_str()) {
                distinct.push(word);
            }
        }
        let message = format!("expected {}, found {}", distinct.join(" or "), node.describe());
        self.diagnostics.push(Diagnostic::error(Code::WrongForm, message).at(node.span).maybe_help(help));
    }

    fn check_choice(&mut self, node: &Node, choices: &[Json]) -> Option<Node> {
        let texts: Vec<String> =
            choices.iter().map(|c| c.as_str().map_or_else(|| c.to_string(), str::to_owned)).collect();
        match node.as_text() {
            Some(text) if texts.iter().any(|choice| choice == text) => Some(node.clone()),
            None if choices.contains(&Json::Null) => Some(node.clone()),
            text => {
                let shown = text.map_or_else(|| node.describe().to_owned(), |text| format!("`{text}`"));
                let list = texts.iter().map(|choice| format!("`{choice}`")).collect::<Vec<_>>().join(", ");
                let help = Diagnostics::did_you_mean(text.unwrap_or(""), texts.iter().map(String::as_str));
                let message = format!("{shown} is none of {list}");
                let problem = Diagnostic::error(Code::InvalidValue, message).at(node.span).maybe_help(help);
                self.diagnostics.push(problem);
                None
            }
        }
    }

    fn check_bounds(&mut self, node: &Node, schema: &Map<String, Json>) -> Option<Node> {
        let Value::Scalar(scalar) = &node.value else { return Some(node.clone()) };
        let Some(number) = scalar.as_number().and_then(|number| number.as_f64()) else { return Some(node.clone()) };
        let bound = |name: &str| schema.get(name).and_then(Json::as_f64);
        let largest = match schema.get("format").and_then(Json::as_str) {
            Some("uint32") => Some(f64::from(u32::MAX)),
            _ => None,
        };
        let (least, most) = (bound("minimum"), bound("maximum").or(largest));
        if least.is_none_or(|least| number >= least) && most.is_none_or(|most| number <= most) {
            return Some(node.clone());
        }
        let problem = Diagnostic::error(Code::InvalidValue, format!("`{}` is out of range", scalar.text)).at(node.span);
        self.diagnostics.push(problem.help(match (least, most) {
            (Some(least), Some(most)) => format!("write a number from {least} to {most}"),
            (Some(least), None) => format!("write a number from {least} on"),
            _ => format!("write a number up to {}", most.unwrap_or(f64::MAX)),
        }));
        None
    }

    fn check_map(&mut self, node: &Node, entries: &[(Spanned<String>, Node)], schema: &'s Map<String, Json>) -> Node {
        let properties = schema.get("properties").and_then(Json::as_object);
        let mut kept = Vec::new();
        let mut unknown: Vec<&str> = Vec::new();
        let mut incomplete = None;
        for (key, value) in entries {
            let known = properties.and_then(|properties| properties.get(&key.value));
            let rest = schema.get("additionalProperties").filter(|rest| **rest != Json::Bool(false));
            let Some(value_schema) = known.or(rest) else {
                if properties.is_some() {
                    self.report_unknown(key, properties);
                    unknown.push(&key.value);
                    continue;
                }
                kept.push((key.clone(), value.clone()));
                continue;
            };
            match self.check(value, value_schema) {
                Some(value) => kept.push((key.clone(), value)),
                None => incomplete = known.is_some().then_some(node.span).or(incomplete),
            }
            if self.diagnostics.is_incomplete(value.span) {
                self.diagnostics.mark_incomplete(key.span);
            }
        }
        self.incomplete = incomplete;
        if incomplete.is_some() || (!unknown.is_empty() && self.dialect == Dialect::Own) {
            // What a later stage misses is said at the mapping, or at one of its values.
            self.diagnostics.mark_incomplete(node.span);
            let scalars = entries.iter().filter(|(_, value)| matches!(value.value, Value::Scalar(_)));
            scalars.for_each(|(_, value)| self.diagnostics.mark_incomplete(value.span));
        }
        for name in schema.get("required").and_then(Json::as_array).into_iter().flatten().filter_map(Json::as_str) {
            let is_misspelt = unknown.iter().any(|key| self.may_mean(key, name));
            if !is_misspelt && !entries.iter().any(|(key, _)| key.value == name) {
                let message = format!("the option `{name}` is missing");
                self.diagnostics.push(Diagnostic::error(Code::MissingOption, message).at(node.span));
            }
        }
        Node { span: node.span, value: Value::Map(kept) }
    }

    /// Whether an unknown key is what somebody wrote for the option `name`.
    fn may_mean(&self, key: &str, name: &str) -> bool {
        let hinted = hints::find(self.place, key).is_some_and(|help| help.contains(&format!("`{name}`")));
        hinted || Diagnostics::nearest(key, [name]).is_some()
    }

    fn report_unknown(&mut self, key: &Spanned<String>, properties: Option<&Map<String, Json>>) {
        let names: Vec<&str> = properties.into_iter().flat_map(Map::keys).map(String::as_str).collect();
        let help = hints::find(self.place, &key.value)
            .or_else(|| Diagnostics::did_you_mean(&key.value, names.iter().copied()))
            .or_else(|| form::help_with_names(self.place, &key.value))
            .unwrap_or_else(|| format!("the options here are {}", names.join(", ")));
        let problem = self.dialect.finding(Code::UnknownOption, format!("unknown option `{}`", key.value));
        self.diagnostics.push(problem.at(key.span).help(help));
    }
}

/// The name of the input type that a schema stands for; empty for one without a name.
fn place_of(schema: &Json) -> &str {
    let reference = schema.get("$ref").and_then(Json::as_str).and_then(|reference| reference.rsplit('/').next());
    reference.or_else(|| schema.get("title").and_then(Json::as_str)).unwrap_or_default()
}

/// The words for the types that a schema names, of which `null` has none: who may leave an option out need not be told.
fn type_words(schema: &Map<String, Json>) -> Vec<String> {
    let names = match schema.get("type") {
        Some(Json::Array(names)) => names.as_slice(),
        Some(name) => std::slice::from_ref(name),
        None => &[],
    };
    names.iter().filter_map(Json::as_str).filter_map(word).map(str::to_owned).collect()
}

fn word(name: &str) -> Option<&'static str> {
    Some(match name {
        "object" => "a mapping",
        "array" => "a list",
        "string" => "text",
        "integer" => "a whole number",
        "number" => "a number",
        "boolean" => "`true` or `false`",
        _ => return None,
    })
}
