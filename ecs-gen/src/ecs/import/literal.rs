//! The object literal that a JavaScript module assigns to `exports.EcsFlat` → nodes. The module is never run: the literal
//! is cut out of the text and read as JSON5, which has JavaScript's strings, comments, trailing commas and bare keys.

use std::collections::HashMap;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::source::node::{Node, Scalar, Value};
use crate::source::yaml::MAX_DEPTH;
use crate::source::{FileId, Sources, Span, Spanned};

/// What stands before the literal.
const ASSIGNMENT: &str = "exports.EcsFlat = ";

/// Reads the fields of the literal in `file`; `None` when a problem was reported.
pub(super) fn parse_literal(
    sources: &Sources,
    file: FileId,
    diagnostics: &mut Diagnostics,
) -> Option<Vec<(Spanned<String>, Node)>> {
    let text = &sources.file(file).text;
    let parsed = cut_literal(text, file).and_then(|(offset, literal)| {
        json5::from_str::<Literal>(literal).map_err(|error| syntax_problem(text, offset, &error, file))
    });
    match parsed {
        Ok(Literal::Map(entries)) => Some(place_fields(text, file, entries)),
        // The cut begins at a brace, so that a parsed literal is a mapping.
        Ok(_) => None,
        Err(problem) => {
            diagnostics.push(problem);
            None
        }
    }
}

/// The literal from its opening to its closing brace, and where in the text it begins.
fn cut_literal(text: &str, file: FileId) -> Result<(usize, &str), Diagnostic> {
    let missing = |message: &str| Diagnostic::error(Code::NotEcsRelease, message).at(file.start());
    let begin = text
        .match_indices(ASSIGNMENT)
        .map(|(at, _)| at + ASSIGNMENT.len())
        .find(|at| text[*at..].starts_with('{'))
        .ok_or_else(|| missing("the file assigns no object literal to `exports.EcsFlat`"))?;
    let literal = &text[begin..];
    match closing_brace(literal) {
        Ok(Some(end)) => Ok((begin, &literal[..=end])),
        Ok(None) => Err(missing("the object literal of `exports.EcsFlat` does not end")),
        Err(TooDeep) => {
            let message = format!("the object literal is nested deeper than {MAX_DEPTH} levels");
            Err(Diagnostic::error(Code::TooDeep, message).at(file.start()))
        }
    }
}

/// The literal is nested too deep for a parser that recurses.
struct TooDeep;

/// Offset of the brace that closes the literal that `text` begins with.
fn closing_brace(text: &str) -> Result<Option<usize>, TooDeep> {
    let bytes = text.as_bytes();
    let mut depth = 0;
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth -= 1,
            quote @ (b'"' | b'\'') => at += quoted_length(&bytes[at..], quote) - 1,
            b'/' => at += comment_length(&text[at..]).saturating_sub(1),
            _ => {}
        }
        if depth > MAX_DEPTH {
            return Err(TooDeep);
        }
        if depth == 0 {
            return Ok(Some(at));
        }
        at += 1;
    }
    Ok(None)
}

/// Length of the string that `bytes` begin with, its quotes included.
fn quoted_length(bytes: &[u8], quote: u8) -> usize {
    let mut at = 1;
    while at < bytes.len() && bytes[at] != quote {
        at += if bytes[at] == b'\\' { 2 } else { 1 };
    }
    (at + 1).min(bytes.len())
}

/// Length of the comment that `text` begins with, or 0.
fn comment_length(text: &str) -> usize {
    let end = match text.as_bytes().get(1) {
        Some(b'/') => text.find('\n'),
        Some(b'*') => text[2..].find("*/").map(|at| at + 4),
        _ => return 0,
    };
    end.unwrap_or(text.len())
}

fn syntax_problem(text: &str, offset: usize, error: &json5::Error, file: FileId) -> Diagnostic {
    let before = text[..offset].lines().count();
    let mut span = file.start();
    if let Some(position) = error.position() {
        span.line = number(before + position.line);
        // Only the first line of the literal has text of the module before it.
        span.column = number(1 + position.column + if position.line == 0 { ASSIGNMENT.len() } else { 0 });
    }
    let cause = error.code().map_or_else(|| error.to_string(), |code| code.to_string());
    Diagnostic::error(Code::NotEcsRelease, format!("the object literal cannot be read: {cause}")).at(span)
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// The fields as nodes. JSON5 tells no places, so a field and everything in it has the place of the field's key.
fn place_fields(text: &str, file: FileId, entries: Vec<(String, Literal)>) -> Vec<(Spanned<String>, Node)> {
    let mut lines = HashMap::new();
    for (index, line) in text.lines().enumerate() {
        if let Some(key) = line.trim().strip_suffix(": {") {
            let column = 1 + line.len() - line.trim_start().len();
            let span = Span { file, line: number(index + 1), column: number(column) };
            lines.entry(key.trim_matches(['\'', '"'])).or_insert(span);
        }
    }
    let place = |name: &str| lines.get(name).copied().unwrap_or_else(|| file.start());
    entries
        .into_iter()
        .map(|(name, value)| {
            let span = place(&name);
            (Spanned::new(span, name), value.into_node(span))
        })
        .collect()
}

/// A JavaScript literal. Unlike a JSON value it keeps a key that stands twice.
enum Literal {
    Scalar(Scalar),
    List(Vec<Literal>),
    Map(Vec<(String, Literal)>),
}

impl Literal {
    fn into_node(self, span: Span) -> Node {
        let value = match self {
            Self::Scalar(scalar) => Value::Scalar(scalar),
            Self::List(items) => Value::List(items.into_iter().map(|item| item.into_node(span)).collect()),
            Self::Map(entries) => {
                let place = |(key, value): (String, Self)| (Spanned::new(span, key), value.into_node(span));
                Value::Map(entries.into_iter().map(place).collect())
            }
        };
        Node { span, value }
    }

    fn plain(text: &impl ToString) -> Self {
        Self::Scalar(Scalar { text: text.to_string(), plain: true })
    }
}

impl<'de> Deserialize<'de> for Literal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(LiteralVisitor)
    }
}

struct LiteralVisitor;

impl<'de> Visitor<'de> for LiteralVisitor {
    type Value = Literal;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a literal")
    }

    fn visit_unit<E>(self) -> Result<Literal, E> {
        Ok(Literal::plain(&"null"))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Literal, E> {
        Ok(Literal::plain(&value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Literal, E> {
        Ok(Literal::plain(&value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Literal, E> {
        Ok(Literal::plain(&value))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Literal, E> {
        Ok(Literal::plain(&value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Literal, E> {
        Ok(Literal::Scalar(Scalar { text: value.to_owned(), plain: false }))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Literal, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = access.next_element()? {
            items.push(item);
        }
        Ok(Literal::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Literal, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = access.next_entry()? {
            entries.push(entry);
        }
        Ok(Literal::Map(entries))
    }
}
