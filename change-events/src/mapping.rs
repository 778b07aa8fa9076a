//! A mapping file as checked data: what to read from a payload, and which field gets it. Knows no file and no payload.
//!
//! # Format
//! A mapping file describes one source and its adapters. The first adapter whose `when` holds reads the payload.
//!
//! | key of the file | what it is |
//! | --- | --- |
//! | `source` | name of the source, and the first part of `change.adapter` |
//! | `version` | whole number from 1; raised when the same payload becomes another event |
//! | `provider` | value of `event.provider`, one that is registered |
//! | `keep` | paths of the payload that are kept as they are when the payload did not fit; lists are passed through |
//! | `headers` | names of the headers that are kept with it |
//! | `let` | name → value, for use as `{$name}` in all adapters |
//! | `adapters` | list of adapters |
//!
//! | key of an adapter | what it is |
//! | --- | --- |
//! | `name` | second part of `change.adapter` |
//! | `when` | condition; without it, the adapter takes every payload |
//! | `let` | values of its own |
//! | `ignore` | list of `when` and `reason`: payloads that are understood and not stored |
//! | `set` | path of a field of `infra-events` → value |
//! | `function` | instead of `set`: name of a Rust function, where a mapping cannot say it |
//!
//! A **value** is text, a number, a boolean, or a mapping with one of the operations below. Text is a template: `{a.b[0].c}`
//! is read from the payload, `{header:Name}` from the headers, `{$name}` from `let`, `{{` and `}}` are braces. `[*]` is every
//! element of a list. A name with other characters is written in quotes: `{metadata."a.b/c"}`. A template that is one
//! placeholder is the value itself; one with a missing placeholder is missing as a whole. Null and blank text are missing.
//! `{$sha256}` is the SHA-256 of the raw body.
//!
//! | operation | value |
//! | --- | --- |
//! | `first: [V, …]` | the first that is there |
//! | `map: {text: V, …}`, `of: V`, optionally `else: V` | an enumeration |
//! | `if: C`, `then: V`, optionally `else: V` | by a condition |
//! | `time: V` | a moment by the time rule |
//! | `url: V` | an address with `http` or `https`, without credentials |
//! | `number: V`, optionally `times: N`, `plus: N` | a number, or text that is one |
//! | `part: V`, optionally `after: T`, `before: T`, `last: T` | what is after the first `after`, before the first `before`, after the last `last`; missing where the text is not found |
//! | `replace: V`, `from: T`, `to: T` | every `from` replaced |
//! | `service: V` | name of a service by the configured names, otherwise the last segment |
//! | `list: [V, …]` | those that are there, as a list |
//! | `object: {name: V, …}`, optionally `needs: [name, …]` | those that are there, as an object; missing without the needed ones |
//!
//! A **condition** is `value: V` with one of `is: V`, `in: [V, …]`, `matches: GLOB` (`*` is any text), `present: true|false`;
//! or `all: [C, …]`, `any: [C, …]`, `not: C`. With `[*]`, one element that holds is enough.

mod evaluate;
mod parse;
mod path;
mod template;

use std::collections::BTreeMap;

use serde_json::Value as Json;

pub use evaluate::Payload;
pub use parse::parse_file;
pub use path::Path;
pub use template::Template;

/// A checked mapping file.
#[derive(Debug)]
pub struct MappingFile {
    pub source: String,
    pub version: i64,
    pub provider: String,
    pub keep: Vec<String>,
    pub headers: Vec<String>,
    pub variables: Vec<(String, Expression)>,
    pub adapters: Vec<Adapter>,
}

/// How one kind of payload is read.
#[derive(Debug)]
pub struct Adapter {
    pub name: String,
    pub when: Option<Condition>,
    pub variables: Vec<(String, Expression)>,
    pub ignore: Vec<(Condition, String)>,
    pub action: Action,
}

/// What makes the event.
#[derive(Debug)]
pub enum Action {
    /// Fields, in the order of the file.
    Set(Vec<(String, Expression)>),
    /// The function for flat documents, the only one.
    Flat,
}

/// A value that is computed from a payload.
#[derive(Debug)]
pub enum Expression {
    Constant(Json),
    Template(Template),
    First(Vec<Expression>),
    Map { of: Box<Expression>, table: BTreeMap<String, Expression>, otherwise: Option<Box<Expression>> },
    If { condition: Box<Condition>, then: Box<Expression>, otherwise: Option<Box<Expression>> },
    Time(Box<Expression>),
    Url(Box<Expression>),
    Number { of: Box<Expression>, times: f64, plus: f64 },
    Part { of: Box<Expression>, after: Option<String>, before: Option<String>, last: Option<String> },
    Replace { of: Box<Expression>, from: String, to: String },
    Service(Box<Expression>),
    List(Vec<Expression>),
    Object { fields: Vec<(String, Expression)>, needs: Vec<String> },
}

/// What decides between values, adapters and ignoring.
#[derive(Debug)]
pub enum Condition {
    All(Vec<Condition>),
    Any(Vec<Condition>),
    Not(Box<Condition>),
    Test { value: Expression, test: Test },
}

/// What a condition asks of a value.
#[derive(Debug)]
pub enum Test {
    In(Vec<Expression>),
    Matches(String),
    Present(bool),
}
