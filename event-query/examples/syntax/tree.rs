//! Syntax trees as JSON, in a form that Kibana's trees can be brought into too.

use event_query::kql::{Comparator, Expression, Literal, Node};
use serde_json::{Value, json};

/// The tree of `text`, or where it is refused.
pub(crate) fn parsed(text: &str) -> Value {
    match text.parse::<Expression>() {
        Ok(expression) => json!({ "ok": expression.root().map_or_else(everything, tree) }),
        Err(error) => json!({ "error": error.offset().map(|offset| offset.utf16) }),
    }
}

fn everything() -> Value {
    json!({ "is": [{ "w": ["", ""] }, { "w": ["", ""] }] })
}

fn tree(node: &Node) -> Value {
    match node {
        Node::Or(nodes) => json!({ "or": nodes.iter().map(tree).collect::<Vec<_>>() }),
        Node::And(nodes) => json!({ "and": nodes.iter().map(tree).collect::<Vec<_>>() }),
        Node::Not(node) => json!({ "not": tree(node) }),
        Node::Nested { path, inner } => json!({ "nested": [literal(path), tree(inner)] }),
        Node::Is { field, value } => json!({ "is": [field.as_ref().map(literal), literal(value)] }),
        Node::Range { field, comparator, value } => {
            let name = match comparator {
                Comparator::Less => "lt",
                Comparator::LessOrEqual => "lte",
                Comparator::Greater => "gt",
                Comparator::GreaterOrEqual => "gte",
            };
            json!({ "range": [literal(field), name, literal(value)] })
        }
    }
}

fn literal(literal: &Literal) -> Value {
    match literal.as_text() {
        None => json!({ "w": literal.parts() }),
        Some(text) if literal.is_quoted() => json!({ "q": text }),
        Some(text) => json!({ "u": text }),
    }
}
