//! Doc comments: what stands above a field, a struct or a value. Text from the inputs is prose in which a few characters
//! mean something to rustdoc; here they lose that meaning.

use crate::field_type::ValueKind;
use crate::model::{Field, Shape};

/// More would hide the struct behind its comment: ECS reuses `hash` and others in dozens of places.
const MAX_PLACES: usize = 5;

/// One line for a field: its path, or its name when it stands in several places; its type and unit; what it is.
pub(super) fn field(field: &Field, shape: &Shape) -> String {
    let name = if shape.used_at.len() > 1 { field.name() } else { field.path.as_str() };
    let mut line = format!(" `{name}`");
    let notes = notes(field);
    if !notes.is_empty() {
        line.extend([" (", &notes.join(", "), ")"]);
    }
    if field.description.is_empty() {
        line.push('.');
    } else {
        line += ": ";
        line += &prose(&field.description);
        if !field.description.ends_with(['.', '!', '?']) {
            line.push('.');
        }
    }
    if !field.expected_values.is_empty() {
        let usual: Vec<String> = field.expected_values.iter().map(|value| code(value)).collect();
        line.extend([" Usual: ", &usual.join(", "), "."]);
    }
    if field.beta {
        line += " Beta: ECS may still change it.";
    }
    line
}

/// Type, number and unit; nothing for a plain object.
fn notes(field: &Field) -> Vec<String> {
    let mut notes = Vec::new();
    match field.kind() {
        ValueKind::Object => {}
        ValueKind::Any => notes.push("any JSON, kept and not indexed".to_owned()),
        _ => notes.push(format!("`{}`", field.field_type.name())),
    }
    if field.is_array && field.kind() != ValueKind::Nested {
        notes.push("array".to_owned());
    }
    match field.display_format.as_deref() {
        Some("bytes") => notes.push("bytes".to_owned()),
        Some("duration") => notes.push("nanoseconds".to_owned()),
        _ => {}
    }
    notes
}

/// The objects that a struct stands for.
pub(super) fn shape(shape: &Shape) -> String {
    let same = if shape.used_at.len() > 1 { ", which have the same fields" } else { "" };
    format!(" {}{same}.", places(shape.used_at.iter().map(String::as_str)))
}

/// Paths as code; of many the first few.
pub(super) fn places<'p>(paths: impl Iterator<Item = &'p str>) -> String {
    let mut named: Vec<String> = paths.map(code).collect();
    let more = named.len().saturating_sub(MAX_PLACES);
    if more > 1 {
        named.truncate(MAX_PLACES);
        return format!("{} and {more} more", named.join(", "));
    }
    match named.as_slice() {
        [rest @ .., last] if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => named.concat(),
    }
}

/// A text as code, whatever is in it.
pub(super) fn code(text: &str) -> String {
    let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    if text.contains('`') { format!("`` {text} ``") } else { format!("`{text}`") }
}

/// A sentence of the inputs: code in back-ticks stays, links get their brackets, all else is only text.
pub(super) fn prose(text: &str) -> String {
    let has_code = text.matches('`').count().is_multiple_of(2);
    let mut out = String::with_capacity(text.len());
    let mut is_code = false;
    for (at, word) in text.split_whitespace().enumerate() {
        if at > 0 {
            out.push(' ');
        }
        if !is_code && (word.starts_with("https://") || word.starts_with("http://")) {
            let link = word.trim_end_matches(['.', ',', ';', ')']);
            out.extend(["<", link, ">", &word[link.len()..]]);
            continue;
        }
        for c in word.chars() {
            is_code ^= has_code && c == '`';
            let is_special = matches!(c, '[' | ']' | '<' | '>' | '*' | '_' | '\\') || (c == '`' && !has_code);
            if is_special && !is_code {
                out.push('\\');
            }
            out.push(c);
        }
    }
    out
}
