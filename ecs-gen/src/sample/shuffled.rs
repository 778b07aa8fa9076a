//! JSON text in random dress: the members of objects in any order, white space between tokens, characters as escapes.

use std::fmt::Write as _;

use serde_json::Value;

use super::random::Random;

/// How many of a thousand strings are written as escapes.
const ESCAPED: usize = 50;
/// The most bytes of a string that is written as escapes: six for one, so not the longest.
const MAX_ESCAPED: usize = 256;

/// The text of `value`.
pub(super) fn text(random: &mut Random, value: &Value) -> String {
    let mut out = String::new();
    write_value(random, value, &mut out);
    out
}

fn write_value(random: &mut Random, value: &Value, out: &mut String) {
    match value {
        Value::Array(elements) => {
            out.push('[');
            for (at, element) in elements.iter().enumerate() {
                separate(random, at, out);
                write_value(random, element, out);
            }
            out.push(']');
        }
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            for at in (1..members.len()).rev() {
                members.swap(at, random.below(at + 1));
            }
            out.push('{');
            for (at, (name, member)) in members.into_iter().enumerate() {
                separate(random, at, out);
                write_string(random, name, out);
                out.push(':');
                space(random, out);
                write_value(random, member, out);
            }
            out.push('}');
        }
        Value::String(text) => write_string(random, text, out),
        scalar => out.push_str(&scalar.to_string()),
    }
}

fn write_string(random: &mut Random, text: &str, out: &mut String) {
    if text.len() > MAX_ESCAPED || !random.per_mille(ESCAPED) {
        out.push_str(&Value::from(text).to_string());
        return;
    }
    out.push('"');
    for unit in text.encode_utf16() {
        let _ = write!(out, "\\u{unit:04x}");
    }
    out.push('"');
}

fn separate(random: &mut Random, at: usize, out: &mut String) {
    if at > 0 {
        out.push(',');
    }
    space(random, out);
}

fn space(random: &mut Random, out: &mut String) {
    out.push_str(random.pick(&["", "", "", " ", "\n\t", "\r\n  "]));
}
