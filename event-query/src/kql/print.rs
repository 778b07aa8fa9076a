//! The canonical text of a syntax tree, which parses to an equal tree, here and in Kibana.

use std::fmt::{self, Write};

use super::literal::{is_trimmed, starts_with_word};
use super::syntax::{Expression, Literal, Node};
use super::{is_space, is_special};

impl fmt::Display for Expression {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.root.as_ref().map_or(Ok(()), |root| root.fmt(out))
    }
}

impl fmt::Display for Node {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Or(nodes) => joined(out, nodes, " or ", |node| matches!(node, Self::Or(_))),
            Self::And(nodes) => joined(out, nodes, " and ", |node| matches!(node, Self::Or(_) | Self::And(_))),
            Self::Not(node) => {
                out.write_str("not ")?;
                grouped(out, node, matches!(**node, Self::Or(_) | Self::And(_) | Self::Not(_)))
            }
            Self::Nested { path, inner } => write!(out, "{path}: {{ {inner} }}"),
            Self::Is { field: Some(field), value } => write!(out, "{field}: {value}"),
            Self::Is { field: None, value } => value.fmt(out),
            Self::Range { field, comparator, value } => write!(out, "{field} {comparator} {value}"),
        }
    }
}

fn joined(out: &mut fmt::Formatter<'_>, nodes: &[Node], between: &str, in_group: fn(&Node) -> bool) -> fmt::Result {
    for (index, node) in nodes.iter().enumerate() {
        if index > 0 {
            out.write_str(between)?;
        }
        grouped(out, node, in_group(node))?;
    }
    Ok(())
}

fn grouped(out: &mut fmt::Formatter<'_>, node: &Node, in_group: bool) -> fmt::Result {
    if in_group { write!(out, "({node})") } else { write!(out, "{node}") }
}

impl fmt::Display for Literal {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.quoted {
            return write!(out, "\"{}\"", self.parts.concat().replace('\\', "\\\\").replace('"', "\\\""));
        }
        if self.parts.len() == 1 && self.parts[0].is_empty() {
            return out.write_str("\\t"); // A space that is trimmed: the one way to write an empty literal without quotes.
        }
        for (index, part) in self.parts.iter().enumerate() {
            if index > 0 {
                out.write_char('*')?;
            }
            unquoted(out, part, index == 0)?;
        }
        Ok(())
    }
}

/// `part` with everything escaped that would end the literal.
fn unquoted(out: &mut fmt::Formatter<'_>, part: &str, first: bool) -> fmt::Result {
    for (at, c) in part.char_indices() {
        let rest = &part[at..];
        let word_start = if at == 0 { first } else { part[..at].ends_with(is_space) };
        let before_space =
            |word: &str| starts_with_word(rest, word) && rest[word.len()..].chars().next().is_none_or(is_space);
        if is_special(c) {
            write!(out, "\\{c}")?;
        } else if before_space("not") {
            // Kibana reads `\n` in `\not` as a line feed, and finds `not` inside of words.
            write!(out, "\\u{:04x}", u32::from(c))?;
        } else if word_start && (before_space("or") || before_space("and")) {
            write!(out, "\\{c}")?;
        } else if is_trimmed(c) && !is_space(c) {
            write!(out, "\\u{:04x}", u32::from(c))?;
        } else {
            out.write_char(c)?;
        }
    }
    Ok(())
}
