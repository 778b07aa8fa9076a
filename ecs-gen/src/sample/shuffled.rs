//! JSON text whose objects have their members in random order and whose tokens have random white space between them.

use serde_json::Value;

use super::random::Random;

/// The text of `value`.
pub(super) fn text(random: &mut Random, value: &Value) -> String {
    let mut out = String::new();
    write(random, value, &mut out);
    out
}

fn write(random: &mut Random, value: &Value, out: &mut String) {
    match value {
        Value::Array(elements) => {
            out.push('[');
            for (at, element) in elements.iter().enumerate() {
                separate(random, at, out);
                write(random, element, out);
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
                out.push_str(&Value::from(name.as_str()).to_string());
                out.push(':');
                space(random, out);
                write(random, member, out);
            }
            out.push('}');
        }
        scalar => out.push_str(&scalar.to_string()),
    }
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
