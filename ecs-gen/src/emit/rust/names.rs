//! Names of fields, types and values in Rust: which identifier stands for a name of the schema, and that no two
//! collide. The same model always gives the same names; of two that collide, the first keeps its own.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Ident, Span};

use crate::model::{Model, Shape, pascal_case, snake_case};

/// Types that generated code names without a path.
const USED_TYPES: &[&str] = &["Box", "Option", "Result", "Self", "String", "Vec"];

/// Keywords that may be names as `r#…`.
const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn", "else", "enum",
    "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro", "match", "mod", "move",
    "mut", "override", "priv", "pub", "ref", "return", "static", "struct", "trait", "true", "try", "type", "typeof",
    "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// Keywords that may not.
const NEVER_NAMES: &[&str] = &["crate", "self", "super"];

/// The names of a module's items.
pub(super) struct Names {
    /// In the order of the model's shapes.
    pub(super) shapes: Vec<ItemNames>,
    /// In the order of the model's lists.
    pub(super) allowed: Vec<ItemNames>,
    /// Of all types.
    pub(super) types: Taken,
    /// Of all statics.
    pub(super) statics: Taken,
}

/// A type and the table that belongs to it.
pub(super) struct ItemNames {
    pub(super) type_name: Ident,
    pub(super) table: Ident,
}

impl Names {
    pub(super) fn of(model: &Model) -> Self {
        let mut types = Taken::default();
        types.names.extend(USED_TYPES.iter().map(|name| (*name).to_owned()));
        let mut statics = Taken::default();
        let mut item = |name: &str, suffix: &str| {
            let type_name = types.claim(&type_name(name));
            let table = ident(&statics.claim(&format!("{}{suffix}", upper_snake_case(&type_name))));
            ItemNames { type_name: ident(&type_name), table }
        };
        let shapes = model.shapes.iter().map(|shape| item(&shape.type_name, "_RULES")).collect();
        let allowed = model.allowed.iter().map(|allowed| item(&allowed.type_name, "_VALUES")).collect();
        Self { shapes, allowed, types, statics }
    }
}

/// Names that are given.
#[derive(Default)]
pub(super) struct Taken {
    names: BTreeSet<String>,
}

impl Taken {
    /// `wanted`, or the first free one of `wanted2`, `wanted3` and so on.
    pub(super) fn claim(&mut self, wanted: &str) -> String {
        let mut name = wanted.to_owned();
        let mut number = 2;
        let part = if wanted.ends_with(|c: char| c.is_ascii_digit()) { "_" } else { "" };
        while !self.names.insert(name.clone()) {
            name = format!("{wanted}{part}{number}");
            number += 1;
        }
        name
    }

    /// Whether `name` was free; now it is not.
    pub(super) fn try_claim(&mut self, name: &str) -> bool {
        self.names.insert(name.to_owned())
    }
}

/// An identifier, raw where the name is a keyword.
pub(super) fn ident(name: &str) -> Ident {
    if KEYWORDS.contains(&name) { Ident::new_raw(name, Span::call_site()) } else { Ident::new(name, Span::call_site()) }
}

/// Name of a log's module and file.
pub(super) fn module_name(log: &str) -> String {
    field_name(&snake_case(log))
}

/// Name of a type or variant: `api-key` → `ApiKey`, `1.1` → `N1_1`, nothing that can be a name → `Value`.
pub(super) fn type_name(text: &str) -> String {
    let mut name = String::new();
    for (at, word) in words(text).enumerate() {
        // Without a letter between them, digits would run into one another.
        if at > 0 && name.ends_with(|c: char| c.is_ascii_digit()) && word.starts_with(|c: char| c.is_ascii_digit()) {
            name.push('_');
        }
        name.push_str(&pascal_case(word));
    }
    match name.as_bytes().first() {
        None => "Value".to_owned(),
        Some(b'0'..=b'9') => format!("N{name}"),
        Some(_) => name,
    }
}

/// Variants for the values of a list; `reserved` is taken already.
pub(super) fn variants<'v>(values: impl IntoIterator<Item = &'v str>, reserved: Option<&str>) -> Vec<Ident> {
    let mut taken = Taken::default();
    taken.names.extend(["Self"].into_iter().chain(reserved).map(str::to_owned));
    values.into_iter().map(|value| ident(&taken.claim(&type_name(value)))).collect()
}

/// Fields of the struct that a shape becomes, by their places in the table; those of aliases are not in the struct.
pub(super) fn fields(model: &Model, shape: &Shape) -> Vec<String> {
    let wanted = model.children(&shape.fields).enumerate().map(|(at, field)| {
        let name = field_name(field.name());
        (name != field.name(), at, name)
    });
    let mut wanted: Vec<(bool, usize, String)> = wanted.collect();
    // A name that needs no change keeps itself, whatever else would become it.
    wanted.sort_unstable();
    let mut taken = Taken::default();
    let chosen: BTreeMap<usize, String> = wanted.into_iter().map(|(_, at, name)| (at, taken.claim(&name))).collect();
    chosen.into_values().collect()
}

/// `@timestamp` → `timestamp`, `dashed-name` → `dashed_name`, `FrontendName` → `frontend_name`, `5g` → `n5g`, `self` →
/// `self_`.
fn field_name(text: &str) -> String {
    let name = words(text).map(snake_case_of_capitals).collect::<Vec<_>>().join("_");
    match name.as_bytes().first() {
        None => "value".to_owned(),
        Some(b'0'..=b'9') => format!("n{name}"),
        Some(_) if NEVER_NAMES.contains(&name.as_str()) => format!("{name}_"),
        Some(_) => name,
    }
}

/// `FrontendName` → `frontend_name`, `IPAddress` → `ip_address`.
fn snake_case_of_capitals(word: &str) -> String {
    let mut name = String::with_capacity(word.len() + 4);
    let mut before: Option<char> = None;
    let mut chars = word.chars().peekable();
    while let Some(c) = chars.next() {
        let begins_word = chars.peek().is_some_and(char::is_ascii_lowercase);
        let is_boundary = before.is_some_and(|b| !b.is_ascii_uppercase() || begins_word);
        if c.is_ascii_uppercase() && is_boundary {
            name.push('_');
        }
        name.push(c.to_ascii_lowercase());
        before = Some(c);
    }
    name
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty())
}

/// `KibanaAlertRule` → `KIBANA_ALERT_RULE`.
fn upper_snake_case(pascal: &str) -> String {
    let mut name = String::with_capacity(pascal.len() + 4);
    let mut before = '_';
    for c in pascal.chars() {
        if c.is_ascii_uppercase() && (before.is_ascii_lowercase() || before.is_ascii_digit()) {
            name.push('_');
        }
        name.push(c.to_ascii_uppercase());
        before = c;
    }
    name
}
