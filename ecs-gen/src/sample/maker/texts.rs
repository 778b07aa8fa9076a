//! Strings: allowed values, matches of a pattern, plausible values, odd characters, and lengths just within the limits.

use regex_lite::Regex;
use serde_json::Value;

use crate::field_type::{FieldType, ValueKind};
use crate::model::{Field, Model};
use crate::parameter::Parameter;
use crate::sample::random::Random;
use crate::sample::{Values, literal};

/// Lucene's limit for a term.
const MAX_TERM: usize = 32_766;
/// How many of a thousand strings are as long as they may be.
const LONG: usize = 5;

const ODD: &[&str] = &[
    "",
    " ",
    "null",
    "true",
    "0",
    "-1.5e3",
    "{}",
    "[]",
    "a.b.c",
    "line\nbreak\ttab\r",
    "\"quoted\" \\ back\\slash / slash",
    "\u{1}\u{1f}\u{7f}\u{80}\u{2028}\u{feff}",
    "Grüße aus Köln",
    "こんにちは世界",
    "👩‍👩‍👧‍👦 family",
    "e\u{301}",
    "\u{10ffff}",
];

/// A string of `field`.
pub(super) fn text(random: &mut Random, plausible: &Values<'_>, model: &Model, field: &Field) -> Value {
    if let Some(allowed) = model.allowed_of(field) {
        let fitting = |name: &&str| matches(field, name);
        let names: Vec<&str> = allowed.values.iter().map(|value| value.name.as_str()).filter(fitting).collect();
        return random.pick(&names).into();
    }
    if let Some(pattern) = &field.pattern {
        let varied = literal::chosen(pattern, |end| random.below(end));
        return if matches(field, &varied) { varied.into() } else { plausible.one(field) };
    }
    if random.per_mille(LONG) && field.multi_fields.is_empty() {
        return long(random, field).into();
    }
    let expected: Vec<&str> = field.expected_values.iter().map(String::as_str).collect();
    match random.below(4) {
        0 if !expected.is_empty() => random.pick(&expected).into(),
        0 | 1 => plausible.one(field),
        2 => random.pick(ODD).into(),
        _ => format!("{}-{:x}", field.name(), random.bits()).into(),
    }
}

fn matches(field: &Field, text: &str) -> bool {
    field.pattern.as_deref().is_none_or(|pattern| Regex::new(pattern).is_ok_and(|regex| regex.is_match(text)))
}

/// As long as the field may be, in one-byte or two-byte characters; longer where nothing limits it.
fn long(random: &mut Random, field: &Field) -> String {
    let is_limited = field.kind() == ValueKind::Keyword
        && !field.is_unindexed()
        && !field.parameters.contains_key(&Parameter::IgnoreAbove);
    let is_wildcard = field.field_type == FieldType::Wildcard;
    match random.below(2) {
        _ if !is_limited && !is_wildcard => "word ".repeat(8_000),
        0 => "a".repeat(MAX_TERM),
        _ => "é".repeat(MAX_TERM / 2),
    }
}

/// A semantic version.
pub(super) fn version(random: &mut Random) -> String {
    const TAILS: &[&str] = &["", "", "-rc.1", "-0a.--", "+build.007", "-alpha.0+x-y"];
    let (major, minor, patch) = (random.below(30), random.below(3), random.below(100));
    format!("{major}.{minor}.{patch}{}", random.pick(TAILS))
}

/// Base64.
pub(super) fn binary(random: &mut Random) -> &'static str {
    random.pick(&["", "AA==", "AAA=", "AAAA", "+/+/", "aGVsbG8gd29ybGQ=", "//8="])
}
