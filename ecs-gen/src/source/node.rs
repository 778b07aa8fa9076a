//! The tree of a YAML document with a place on every node; scalars stay text until somebody knows their type.

use super::{Span, Spanned};

/// A node of a YAML document.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// Where the node begins.
    pub span: Span,
    /// What it is.
    pub value: Value,
}

/// What a node is.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A scalar.
    Scalar(Scalar),
    /// A sequence.
    List(Vec<Node>),
    /// A mapping in written order; keys are distinct.
    Map(Vec<(Spanned<String>, Node)>),
}

/// A scalar as it was written: `9.4` may be a number or a version, and only the reader of the field knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scalar {
    /// The text without quotes.
    pub text: String,
    /// Whether it was written without quotes, so that `true`, `null` and numbers mean what they say.
    pub plain: bool,
}

impl Node {
    /// The mapping's entries, when it is a mapping.
    #[must_use]
    pub fn as_map(&self) -> Option<&[(Spanned<String>, Self)]> {
        match &self.value {
            Value::Map(entries) => Some(entries),
            _ => None,
        }
    }

    /// The sequence's items, when it is a sequence.
    #[must_use]
    pub fn as_list(&self) -> Option<&[Self]> {
        match &self.value {
            Value::List(items) => Some(items),
            _ => None,
        }
    }

    /// The scalar's text, when it is a scalar and not a plain null.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match &self.value {
            Value::Scalar(scalar) if !scalar.is_null() => Some(&scalar.text),
            _ => None,
        }
    }

    /// The value under `key`, when this is a mapping that has it.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.as_map()?.iter().find(|(name, _)| name.value == key).map(|(_, node)| node)
    }

    /// What the node is, in words for a message.
    #[must_use]
    pub fn describe(&self) -> &'static str {
        match &self.value {
            Value::List(_) => "a list",
            Value::Map(_) => "a mapping",
            Value::Scalar(scalar) => scalar.describe(),
        }
    }

    /// The node as JSON by YAML's core schema.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        match &self.value {
            Value::Scalar(scalar) => scalar.to_json(),
            Value::List(items) => items.iter().map(Self::to_json).collect(),
            Value::Map(entries) => entries.iter().map(|(key, value)| (key.value.clone(), value.to_json())).collect(),
        }
    }
}

impl Scalar {
    /// Whether it is a plain `null`, `~` or nothing.
    #[must_use]
    pub fn is_null(&self) -> bool {
        self.plain && matches!(self.text.as_str(), "" | "~" | "null" | "Null" | "NULL")
    }

    /// The boolean, when it is a plain one.
    #[must_use]
    pub fn as_bool(&self) -> Option<bool> {
        match self.text.as_str() {
            "true" | "True" | "TRUE" if self.plain => Some(true),
            "false" | "False" | "FALSE" if self.plain => Some(false),
            _ => None,
        }
    }

    /// The number, when it is a plain one.
    #[must_use]
    pub fn as_number(&self) -> Option<serde_json::Number> {
        let numeric = |c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.');
        if !self.plain || !self.text.starts_with(numeric) || !self.text.ends_with(|c: char| c.is_ascii_digit()) {
            return None;
        }
        if let Ok(whole) = self.text.parse::<i64>() {
            return Some(whole.into());
        }
        if let Ok(whole) = self.text.parse::<u64>() {
            return Some(whole.into());
        }
        self.text.parse::<f64>().ok().and_then(serde_json::Number::from_f64)
    }

    fn describe(&self) -> &'static str {
        if self.is_null() {
            "nothing"
        } else if self.as_bool().is_some() {
            "a boolean"
        } else if self.as_number().is_some() {
            "a number"
        } else {
            "text"
        }
    }

    fn to_json(&self) -> serde_json::Value {
        if self.is_null() {
            serde_json::Value::Null
        } else if let Some(boolean) = self.as_bool() {
            boolean.into()
        } else if let Some(number) = self.as_number() {
            number.into()
        } else {
            self.text.clone().into()
        }
    }
}
