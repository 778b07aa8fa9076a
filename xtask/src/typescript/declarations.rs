//! `event.d.ts` under test: sample documents that must fit its root interface, and documents made from the file itself
//! that must not. Reads the form that the emitter writes, a member per line, and refuses any other.

#[cfg(test)]
mod tests;

use anyhow::{Context as _, Result, bail};

use super::source::{TypeScriptFile, push_refused};

/// What a file of declarations declares.
#[derive(Debug, PartialEq, Eq)]
pub struct Declarations {
    interfaces: Vec<Interface>,
    /// Names of the unions of allowed values.
    unions: Vec<String>,
}

#[derive(Debug, PartialEq, Eq)]
struct Interface {
    name: String,
    members: Vec<Member>,
}

#[derive(Debug, PartialEq, Eq)]
struct Member {
    /// In quotes, whether the file has them or not.
    key: String,
    required: bool,
    type_name: String,
}

/// Reads a file of declarations.
///
/// # Errors
///
/// When it has no interface, or a member that does not stand on a line of its own.
pub fn parse_declarations(text: &str) -> Result<Declarations> {
    let mut declarations = Declarations { interfaces: Vec::new(), unions: Vec::new() };
    let mut inside: Option<Interface> = None;
    for (index, line) in text.lines().enumerate() {
        let code = line.trim();
        let is_comment = code.starts_with("/*") || code.starts_with('*') || code.starts_with("//");
        if code.is_empty() || is_comment {
            continue;
        }
        if let Some(interface) = &mut inside {
            if line == "}" {
                declarations.interfaces.extend(inside.take());
            } else {
                interface.members.push(parse_member(code).with_context(|| format!("line {}", index + 1))?);
            }
        } else if let Some(name) = code.strip_prefix("export interface ").and_then(|rest| rest.strip_suffix(" {")) {
            inside = Some(Interface { name: name.to_owned(), members: Vec::new() });
        } else if let Some(name) = code.strip_prefix("export type ").and_then(|rest| rest.split_once(" =")) {
            declarations.unions.push(name.0.to_owned());
        }
    }
    if declarations.interfaces.is_empty() || inside.is_some() {
        bail!("no interface begins and ends here");
    }
    Ok(declarations)
}

fn parse_member(code: &str) -> Result<Member> {
    let parts = code.strip_suffix(';').and_then(|code| code.split_once(": "));
    let Some((key, type_name)) = parts else { bail!("`{code}` is not a member on a line of its own") };
    let (key, required) = key.strip_suffix('?').map_or((key, true), |key| (key, false));
    Ok(Member { key: format!("\"{}\"", key.trim_matches('"')), required, type_name: type_name.to_owned() })
}

impl Declarations {
    /// The interface of a whole document, which stands first.
    fn root(&self) -> &str {
        &self.interfaces[0].name
    }

    /// A sample document as the literal of the root interface.
    pub fn fitting(&self, log: &str, file_name: &str, json: &str) -> TypeScriptFile {
        let root = self.root();
        TypeScriptFile {
            path: format!("{log}/samples/{file_name}.ts"),
            text: format!(
                "import type {{ {root} }} from \"../event.js\"; export const sample: {root} = {};\n",
                json.trim_end()
            ),
            about: format!("generated/{log}/samples/{file_name}"),
        }
    }

    /// Parts of documents that must not fit, and how many: in each interface an unknown field, each field with a value
    /// of another type, each list of allowed values with another value, each required field left out.
    pub fn refused(&self, log: &str) -> (TypeScriptFile, usize) {
        let mut text = "import type * as event from \"./event.js\";\n".to_owned();
        let mut number = 0;
        for interface in &self.interfaces {
            for (type_name, literal) in self.refused_by(interface) {
                push_refused(&mut text, number, &type_name, &literal);
                number += 1;
            }
        }
        let about = format!("what generated/{log}/event.d.ts must refuse");
        (TypeScriptFile { path: format!("{log}/refused.ts"), text, about }, number)
    }

    fn refused_by(&self, interface: &Interface) -> Vec<(String, String)> {
        let name = &interface.name;
        let mut refused = vec![(format!("Partial<event.{name}>"), "{ \"not_a_field\": \"\" }".to_owned())];
        for Member { key, required, type_name } in &interface.members {
            let part = format!("Pick<event.{name}, {key}>");
            if let Some(value) = value_of_another_type(type_name) {
                refused.push((part.clone(), format!("{{ {key}: {value} }}")));
            }
            if self.unions.iter().any(|union| mentions(type_name, union)) {
                let value = if type_name.contains("[]") { "[\"not_allowed\"]" } else { "\"not_allowed\"" };
                refused.push((part.clone(), format!("{{ {key}: {value} }}")));
            }
            if *required {
                refused.push((part, "{}".to_owned()));
            }
        }
        refused
    }
}

/// A value that a type cannot take; `None` when it takes every value.
fn value_of_another_type(type_name: &str) -> Option<&'static str> {
    if type_name == "unknown" {
        return None;
    }
    Some(if mentions(type_name, "boolean") { "{ \"not\": \"a boolean\" }" } else { "true" })
}

/// Whether a type is or contains another by name.
fn mentions(type_name: &str, name: &str) -> bool {
    type_name.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').any(|word| word == name)
}
