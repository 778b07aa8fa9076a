//! A tree of YAML to a checked [`MappingFile`]; every problem is collected with its place.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::{Action, Adapter, Condition, Expression, MappingFile, Template, Test};
use crate::error::MappingErrors;
use crate::yaml::{self, Key, Node, Value};
use crate::{fields, flat};

const FILE_KEYS: &[&str] = &["source", "version", "provider", "keep", "headers", "let", "adapters"];
const ADAPTER_KEYS: &[&str] = &["name", "when", "let", "ignore", "set", "function"];

/// Each operation with the keys that it may have besides.
const OPERATIONS: &[(&str, &[&str])] = &[
    ("first", &[]),
    ("map", &["of", "else"]),
    ("if", &["then", "else"]),
    ("time", &[]),
    ("url", &[]),
    ("number", &["times", "plus"]),
    ("part", &["after", "before", "last"]),
    ("replace", &["from", "to"]),
    ("service", &[]),
    ("list", &[]),
    ("object", &["needs"]),
];

/// Reads the text of a mapping file; `file` is its name in messages.
///
/// # Errors
/// Everything that is wrong with it.
pub fn parse_file(file: &str, text: &str) -> Result<MappingFile, MappingErrors> {
    let mut reader = Reader { errors: MappingErrors::new(file) };
    let mapping = yaml::parse_document(text, &mut reader.errors).and_then(|root| reader.file(&root));
    reader.errors.into_result(mapping)
}

struct Reader {
    errors: MappingErrors,
}

impl Reader {
    fn error<T>(&mut self, node: &Node, message: impl Into<String>) -> Option<T> {
        self.errors.add(node.place, message);
        None
    }

    fn file(&mut self, root: &Node) -> Option<MappingFile> {
        self.map(root, FILE_KEYS)?;
        let source = self.needed(root, "source").and_then(|node| self.text(node));
        let version = self.needed(root, "version").and_then(|node| self.version(node));
        let provider = self.needed(root, "provider").and_then(|node| self.provider(node));
        let keep = self.texts(root.get("keep"));
        let headers = self.texts(root.get("headers"));
        let variables = self.expressions(root.get("let"));
        let adapters = self.needed(root, "adapters").and_then(|node| self.list(node));
        let adapters: Option<Vec<_>> = adapters.map(|list| list.iter().filter_map(|node| self.adapter(node)).collect());
        let (source, version, provider, adapters) = (source?, version?, provider?, adapters?);
        Some(MappingFile { source, version, provider, keep, headers, variables, adapters })
    }

    fn version(&mut self, node: &Node) -> Option<i64> {
        match node.scalar().as_ref().and_then(Json::as_i64) {
            Some(version) if version > 0 => Some(version),
            _ => self.error(node, "a whole number from 1 is expected"),
        }
    }

    fn provider(&mut self, node: &Node) -> Option<String> {
        let name = self.text(node)?;
        if fields::is_provider(&name) {
            return Some(name);
        }
        self.error(node, format!("`{name}` is not a registered provider of the log"))
    }

    fn adapter(&mut self, node: &Node) -> Option<Adapter> {
        self.map(node, ADAPTER_KEYS)?;
        let name = self.needed(node, "name").and_then(|node| self.text(node));
        let when = node.get("when").and_then(|node| self.condition(node));
        let variables = self.expressions(node.get("let"));
        let mut ignore = Vec::new();
        for rule in node.get("ignore").and_then(|node| self.list(node)).unwrap_or_default() {
            if self.map(rule, &["when", "reason"]).is_some() {
                let condition = self.needed(rule, "when").and_then(|node| self.condition(node));
                let reason = self.needed(rule, "reason").and_then(|node| self.text(node));
                ignore.extend(condition.zip(reason));
            }
        }
        let action = match (node.get("set"), node.get("function")) {
            (Some(set), None) => {
                self.check_fields(set);
                Some(Action::Set(self.expressions(Some(set))))
            }
            (None, Some(function)) => self.function(function),
            _ => self.error(node, "an adapter has either `set` or `function`"),
        };
        Some(Adapter { name: name?, when, variables, ignore, action: action? })
    }

    fn function(&mut self, node: &Node) -> Option<Action> {
        let name = self.text(node)?;
        if name == flat::FUNCTION {
            return Some(Action::Flat);
        }
        self.error(node, format!("`{name}` is not a function; there is `{}`", flat::FUNCTION))
    }

    /// Refuses fields that the log does not have, and constants that a field does not take.
    fn check_fields(&mut self, set: &Node) {
        let Value::Map(entries) = &set.value else { return };
        for (Key { place, text }, value) in entries {
            if let Err(problem) = fields::check_target(text) {
                self.errors.add(*place, problem);
            } else if let Some(Json::String(constant)) = value.scalar()
                && !constant.contains(['{', '}'])
                && let Some(allowed) = fields::allowed(text)
                && !allowed.contains(&constant.as_str())
            {
                self.errors.add(value.place, format!("`{text}` takes one of `{}`", allowed.join("`, `")));
            }
        }
    }

    fn expressions(&mut self, node: Option<&Node>) -> Vec<(String, Expression)> {
        let Some(node) = node else { return Vec::new() };
        let Value::Map(entries) = &node.value else {
            self.error::<()>(node, "a mapping is expected");
            return Vec::new();
        };
        let mut read = Vec::new();
        for (key, value) in entries {
            read.extend(self.expression(value).map(|value| (key.text.clone(), value)));
        }
        read
    }

    fn expression(&mut self, node: &Node) -> Option<Expression> {
        match &node.value {
            Value::List(_) => self.error(node, "a list is not a value; write `list: […]`"),
            Value::Scalar { .. } => match node.scalar()? {
                Json::Null => self.error(node, "a value is missing"),
                Json::String(text) => match Template::parse(&text) {
                    Ok(template) => Some(match template.constant() {
                        Some(constant) => Expression::Constant(constant.into()),
                        None => Expression::Template(template),
                    }),
                    Err(problem) => self.error(node, problem),
                },
                constant => Some(Expression::Constant(constant)),
            },
            Value::Map(entries) => {
                let found = OPERATIONS.iter().find(|(name, _)| node.get(name).is_some());
                let Some((name, others)) = found else {
                    let names: Vec<&str> = OPERATIONS.iter().map(|(name, _)| *name).collect();
                    return self.error(node, format!("no operation; there are `{}`", names.join("`, `")));
                };
                for (key, _) in entries {
                    if key.text != *name && !others.contains(&key.text.as_str()) {
                        self.errors.add(key.place, format!("`{}` does not go with `{name}`", key.text));
                    }
                }
                self.operation(name, node)
            }
        }
    }

    fn operation(&mut self, name: &str, node: &Node) -> Option<Expression> {
        let main = node.get(name)?;
        Some(match name {
            "first" => Expression::First(self.items(main)?),
            "list" => Expression::List(self.items(main)?),
            "map" => Expression::Map {
                of: self.operand(node, "of")?,
                table: self.expressions(Some(main)).into_iter().collect::<BTreeMap<_, _>>(),
                otherwise: self.optional(node, "else")?,
            },
            "if" => Expression::If {
                condition: Box::new(self.condition(main)?),
                then: self.operand(node, "then")?,
                otherwise: self.optional(node, "else")?,
            },
            "number" => Expression::Number {
                of: self.operand(node, name)?,
                times: self.number(node, "times", 1.0)?,
                plus: self.number(node, "plus", 0.0)?,
            },
            "part" => Expression::Part {
                of: self.operand(node, name)?,
                after: self.mark(node, "after")?,
                before: self.mark(node, "before")?,
                last: self.mark(node, "last")?,
            },
            "replace" => Expression::Replace {
                of: self.operand(node, name)?,
                from: self.needed(node, "from").and_then(|node| self.text(node))?,
                to: self.needed(node, "to").and_then(|node| self.text(node))?,
            },
            "object" => {
                Expression::Object { fields: self.expressions(Some(main)), needs: self.texts(node.get("needs")) }
            }
            "time" => Expression::Time(self.operand(node, name)?),
            "url" => Expression::Url(self.operand(node, name)?),
            _ => Expression::Service(self.operand(node, name)?),
        })
    }

    fn condition(&mut self, node: &Node) -> Option<Condition> {
        let tests: &[&str] = &["is", "in", "matches", "present"];
        if let Some(list) = node.get("all").or_else(|| node.get("any")) {
            self.map(node, &["all", "any"])?;
            let parts = self.list(list)?.iter().map(|part| self.condition(part)).collect::<Option<Vec<_>>>()?;
            return Some(if node.get("all").is_some() { Condition::All(parts) } else { Condition::Any(parts) });
        }
        if let Some(inner) = node.get("not") {
            self.map(node, &["not"])?;
            return Some(Condition::Not(Box::new(self.condition(inner)?)));
        }
        self.map(node, &[&["value"], tests].concat())?;
        let value = self.needed(node, "value").and_then(|node| self.expression(node));
        let given: Vec<&&str> = tests.iter().filter(|name| node.get(name).is_some()).collect();
        let [name] = given.as_slice() else {
            return self.error(node, format!("a condition has exactly one of `{}`", tests.join("`, `")));
        };
        let main = node.get(name)?;
        let test = match **name {
            "is" => Test::In(vec![self.expression(main)?]),
            "in" => Test::In(self.items(main)?),
            "matches" => Test::Matches(self.text(main)?),
            _ => match main.scalar() {
                Some(Json::Bool(present)) => Test::Present(present),
                _ => return self.error(main, "`true` or `false` is expected"),
            },
        };
        Some(Condition::Test { value: value?, test })
    }

    fn items(&mut self, node: &Node) -> Option<Vec<Expression>> {
        let list = self.list(node)?;
        if list.is_empty() {
            return self.error(node, "the list is empty");
        }
        list.iter().map(|item| self.expression(item)).collect()
    }

    fn operand(&mut self, node: &Node, key: &str) -> Option<Box<Expression>> {
        let node = self.needed(node, key)?;
        self.expression(node).map(Box::new)
    }

    /// `None` after an error, `Some(None)` when the key is not there.
    #[expect(clippy::option_option, reason = "an error is not the same as an absent key")]
    fn optional(&mut self, node: &Node, key: &str) -> Option<Option<Box<Expression>>> {
        match node.get(key) {
            None => Some(None),
            Some(node) => self.expression(node).map(|value| Some(Box::new(value))),
        }
    }

    #[expect(clippy::option_option, reason = "an error is not the same as an absent key")]
    fn mark(&mut self, node: &Node, key: &str) -> Option<Option<String>> {
        match node.get(key) {
            None => Some(None),
            Some(node) => self.text(node).map(Some),
        }
    }

    fn number(&mut self, node: &Node, key: &str, default: f64) -> Option<f64> {
        let Some(node) = node.get(key) else { return Some(default) };
        match node.scalar().as_ref().and_then(Json::as_f64) {
            Some(number) => Some(number),
            None => self.error(node, "a number is expected"),
        }
    }

    fn texts(&mut self, node: Option<&Node>) -> Vec<String> {
        let list = node.and_then(|node| self.list(node)).unwrap_or_default();
        list.iter().filter_map(|node| self.text(node)).collect()
    }

    fn text(&mut self, node: &Node) -> Option<String> {
        match node.scalar() {
            Some(Json::String(text)) => Some(text),
            _ => self.error(node, "text is expected; write it in quotes"),
        }
    }

    fn list<'n>(&mut self, node: &'n Node) -> Option<&'n [Node]> {
        match &node.value {
            Value::List(items) => Some(items),
            _ => self.error(node, "a list is expected"),
        }
    }

    fn needed<'n>(&mut self, node: &'n Node, key: &str) -> Option<&'n Node> {
        let found = node.get(key);
        if found.is_none() {
            self.errors.add(node.place, format!("`{key}` is missing"));
        }
        found
    }

    /// Reports everything but a mapping, and keys that it may not have.
    fn map(&mut self, node: &Node, keys: &[&str]) -> Option<()> {
        let Value::Map(entries) = &node.value else { return self.error(node, "a mapping is expected") };
        for (key, _) in entries {
            if !keys.contains(&key.text.as_str()) {
                let message = format!("`{}` is not a key here; there are `{}`", key.text, keys.join("`, `"));
                self.errors.add(key.place, message);
            }
        }
        Some(())
    }
}
