//! YAML text to a tree with a place on every node, over the events of `saphyr-parser`; knows nothing of mappings.
//!
//! The generator has a richer reader, which nothing at run time may depend on. This one refuses aliases altogether, since
//! a mapping file needs none.

use std::collections::HashSet;

use saphyr_parser::{Event, Parser, ScalarStyle, Span, StrInput};
use serde_json::Value as Json;

use crate::error::{MappingErrors, Place};

/// Deepest nesting that is read.
const MAX_DEPTH: usize = 32;

/// A node and where it begins.
#[derive(Debug)]
pub struct Node {
    pub place: Place,
    pub value: Value,
}

/// What a node is.
#[derive(Debug)]
pub enum Value {
    Scalar { text: String, plain: bool },
    List(Vec<Node>),
    Map(Vec<(Key, Node)>),
}

/// A key of a mapping and where it stands.
#[derive(Debug)]
pub struct Key {
    pub place: Place,
    pub text: String,
}

impl Node {
    /// The value under `key`, when this is a mapping that has it.
    pub fn get(&self, key: &str) -> Option<&Self> {
        let Value::Map(entries) = &self.value else { return None };
        entries.iter().find(|(name, _)| name.text == key).map(|(_, node)| node)
    }

    /// The scalar as JSON by YAML's core schema; `None` for lists and mappings.
    pub fn scalar(&self) -> Option<Json> {
        let Value::Scalar { text, plain } = &self.value else { return None };
        if !plain {
            return Some(Json::String(text.clone()));
        }
        Some(match text.as_str() {
            "" | "~" | "null" => Json::Null,
            "true" => Json::Bool(true),
            "false" => Json::Bool(false),
            text => match (text.parse::<i64>(), text.parse::<f64>()) {
                (Ok(whole), _) => whole.into(),
                (_, Ok(number)) if text.starts_with(|first: char| first.is_ascii_digit() || first == '-') => {
                    serde_json::Number::from_f64(number).map_or_else(|| Json::String(text.to_owned()), Json::Number)
                }
                _ => Json::String(text.to_owned()),
            },
        })
    }
}

/// Parses the one document of a text; `None` when an error was reported that leaves no tree.
pub fn parse_document(text: &str, errors: &mut MappingErrors) -> Option<Node> {
    let mut loader = Loader { parser: Parser::new_from_str(text), errors };
    let mut root = None;
    loop {
        let (event, span) = loader.next_event()?;
        match event {
            Event::StreamEnd => break,
            Event::DocumentStart(_) if root.is_some() => {
                loader.errors.add(place(span), "the file holds a second document; keep one in each file");
                return None;
            }
            Event::StreamStart | Event::DocumentStart(_) | Event::DocumentEnd | Event::Nothing => {}
            event => root = Some(loader.load_node(event, span, 0)?),
        }
    }
    if root.is_none() {
        errors.add(Place { line: 1, column: 1 }, "the file is empty");
    }
    root
}

struct Loader<'t, 'e> {
    parser: Parser<'t, StrInput<'t>>,
    errors: &'e mut MappingErrors,
}

impl<'t> Loader<'t, '_> {
    fn next_event(&mut self) -> Option<(Event<'t>, Span)> {
        match self.parser.next_event() {
            Some(Ok(next)) => Some(next),
            Some(Err(error)) => {
                let marker = error.marker();
                let place = Place { line: marker.line(), column: marker.col() + 1 };
                self.errors.add(place, format!("not YAML: {}", error.info()));
                None
            }
            None => Some((Event::StreamEnd, Span::empty(saphyr_parser::Marker::new(0, 1, 0)))),
        }
    }

    fn load_node(&mut self, event: Event<'t>, span: Span, depth: usize) -> Option<Node> {
        let place = place(span);
        if depth > MAX_DEPTH {
            self.errors.add(place, format!("nested deeper than {MAX_DEPTH} levels"));
            return None;
        }
        let value = match event {
            Event::Scalar(text, style, ..) => {
                Value::Scalar { text: text.into_owned(), plain: style == ScalarStyle::Plain }
            }
            Event::SequenceStart(..) => self.load_list(depth)?,
            Event::MappingStart(..) => self.load_map(depth)?,
            _ => {
                self.errors.add(place, "anchors and aliases are not supported here; write out what is repeated");
                return None;
            }
        };
        Some(Node { place, value })
    }

    fn load_list(&mut self, depth: usize) -> Option<Value> {
        let mut items = Vec::new();
        loop {
            let (event, span) = self.next_event()?;
            if matches!(event, Event::SequenceEnd) {
                return Some(Value::List(items));
            }
            items.push(self.load_node(event, span, depth + 1)?);
        }
    }

    fn load_map(&mut self, depth: usize) -> Option<Value> {
        let mut entries = Vec::new();
        let mut seen = HashSet::new();
        loop {
            let (event, span) = self.next_event()?;
            let text = match event {
                Event::MappingEnd => return Some(Value::Map(entries)),
                Event::Scalar(text, ..) => text.into_owned(),
                _ => {
                    self.errors.add(place(span), "a key must be text");
                    return None;
                }
            };
            let key = Key { place: place(span), text };
            let (event, span) = self.next_event()?;
            let value = self.load_node(event, span, depth + 1)?;
            if seen.insert(key.text.clone()) {
                entries.push((key, value));
            } else {
                self.errors.add(key.place, format!("the key `{}` appears twice in one mapping", key.text));
            }
        }
    }
}

fn place(span: Span) -> Place {
    Place { line: span.start.line(), column: span.start.col() + 1 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn to_json(node: &Node) -> Json {
        match &node.value {
            Value::Scalar { .. } => node.scalar().expect("it is a scalar"),
            Value::List(items) => items.iter().map(to_json).collect(),
            Value::Map(entries) => entries.iter().map(|(key, value)| (key.text.clone(), to_json(value))).collect(),
        }
    }

    #[test]
    fn schema_takes_the_shipped_files() {
        let schema: Json = serde_json::from_str(include_str!("../mapping.schema.json")).expect("the schema is JSON");
        let validator = jsonschema::validator_for(&schema).expect("the schema is one");
        for name in crate::Source::shipped_names() {
            let mut errors = MappingErrors::new(name);
            let text = crate::Source::shipped_text(name).expect("it is shipped");
            let file = to_json(&parse_document(text, &mut errors).expect("it is YAML"));
            let problems: Vec<String> = validator.iter_errors(&file).map(|error| error.to_string()).collect();
            assert!(problems.is_empty(), "{name}: {problems:?}");
        }
    }
}
