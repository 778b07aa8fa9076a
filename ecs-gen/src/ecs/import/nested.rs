//! `ecs_nested.yml`: field sets with their reuse, and all fields that the release documents in each.

use std::collections::BTreeMap;

use super::Parts;
use super::flat::field_node;
use crate::diagnostic::Diagnostics;
use crate::fieldset::{Released, Shown};
use crate::input::fieldset::FieldsetInput;
use crate::input::{Dialect, Reader};
use crate::source::Spanned;
use crate::source::node::{Node, Value};

/// What the file computes from the rest.
const COMPUTED: &[&str] = &["prefix", "nestings", "reused_here"];

type Entry = (Spanned<String>, Node);

pub(super) fn read_sets(entries: &[Entry], diagnostics: &mut Diagnostics) -> Parts {
    let reader = Reader::<FieldsetInput>::new(Dialect::Own);
    let mut parts = Parts::default();
    let mut shown = BTreeMap::new();
    for (name, node) in entries {
        let fields = node.get("fields").and_then(Node::as_map).unwrap_or_default();
        let is_root = node.get("root").and_then(Node::as_text) == Some("true");
        let prefix = if is_root { String::new() } else { format!("{}.", name.value) };
        let below = |path: &str| path.strip_prefix(&prefix).unwrap_or(path).to_owned();
        let own = fields.iter().filter(|(_, field)| field.get("original_fieldset").is_none());
        let own: Vec<Node> = own.map(|(path, field)| field_node(path, &below(path), field, diagnostics)).collect();
        parts.fieldsets.extend(reader.read(&set_node(name, node, own), diagnostics));
        shown.insert(name.value.clone(), released(fields.iter().map(|(path, _)| below(path))));
    }
    parts.shown = Shown(Some(shown));
    parts
}

/// The set as its authors write it.
fn set_node(name: &Spanned<String>, node: &Node, fields: Vec<Node>) -> Node {
    let mut entries: Vec<Entry> = node.as_map().unwrap_or_default().to_vec();
    entries.retain(|(key, _)| key.value != "fields" && !COMPUTED.contains(&key.as_str()));
    for (_, reusable) in entries.iter_mut().filter(|(key, _)| key.value == "reusable") {
        drop_full_paths(reusable);
    }
    let fields = Node { span: node.span, value: Value::List(fields) };
    entries.push((Spanned::new(name.span, "fields".to_owned()), fields));
    Node { span: node.span, value: Value::Map(entries) }
}

/// Each place is named a second time, as a whole.
fn drop_full_paths(reusable: &mut Node) {
    let Value::Map(options) = &mut reusable.value else { return };
    for (_, expected) in options {
        let Value::List(places) = &mut expected.value else { continue };
        for place in places {
            if let Value::Map(attributes) = &mut place.value {
                attributes.retain(|(key, _)| key.value != "full");
            }
        }
    }
}

fn released(paths: impl Iterator<Item = String>) -> Released {
    let mut root = BTreeMap::new();
    for path in paths {
        let mut children = &mut root;
        let mut segments = path.split('.').peekable();
        while let Some(segment) = segments.next() {
            let is_last = segments.peek().is_none();
            let child = children.entry(segment.to_owned()).or_insert(Released::All);
            if is_last {
                break;
            }
            if *child == Released::All {
                *child = Released::Some(BTreeMap::new());
            }
            let Released::Some(below) = child else { break };
            children = below;
        }
    }
    Released::Some(root)
}
