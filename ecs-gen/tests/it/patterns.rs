//! Patterns as the validator reads them, against two readers of the JSON Schema that share no code with it: an engine of
//! ECMA 262, with its flag `u` and without, and a validator of JSON Schema.

use ecs_gen::pattern::to_ecma;
use proptest::prelude::*;
use serde_json::json;

/// Parts on whose meaning readers have different opinions.
const ATOMS: &[&str] = &[
    "a", "é", "𝒳", ".", r"\d", r"\D", r"\w", r"\W", r"\s", r"\S", "]", "}", "/", r"\-", r"\@", r"\.", "(?:a|b)",
    "(?P<x>b)", "[a-c]", "[^a]", r"[^\s]", r"[\w-]", "[]a]", "[^]a]", "[a^]", r"[\d.]", r"\n", r"\A", r"\z", "^", "$",
    "|", "(a|)",
];

const QUANTIFIERS: &[&str] = &["", "", "", "*", "+", "?", "*?", "{2}", "{0,1}", "{1,}"];

/// White space, line ends, digits and letters that one reader counts and another does not.
const CHARACTERS: &[char] = &[
    'a', 'b', 'é', '𝒳', '1', '٣', '_', '-', '.', '@', '/', ']', '}', '^', ' ', '\t', '\n', '\r', '\u{b}', '\u{85}',
    '\u{a0}', '\u{2028}', '\u{2029}', '\u{feff}', '\u{3000}', '\u{212a}',
];

fn patterns() -> impl Strategy<Value = String> {
    let part = (prop::sample::select(ATOMS), prop::sample::select(QUANTIFIERS));
    prop::collection::vec(part, 1..6)
        .prop_map(|parts| parts.into_iter().flat_map(|(atom, quantifier)| [atom, quantifier]).collect())
}

fn texts() -> impl Strategy<Value = Vec<String>> {
    let text = prop::collection::vec(prop::sample::select(CHARACTERS), 0..5);
    prop::collection::vec(text.prop_map(String::from_iter), 8)
}

proptest! {
    #[test]
    fn every_reader_of_a_pattern_agrees((pattern, texts) in (patterns(), texts())) {
        // What cannot be said for all is refused, and so nobody reads it.
        let Ok(translated) = to_ecma(&pattern) else { return Ok(()) };
        let own = regex_lite::Regex::new(&pattern).unwrap();
        let with_u = regress::Regex::with_flags(&translated, "u").unwrap();
        let without = regress::Regex::new(&translated).unwrap();
        let schema = jsonschema::draft202012::new(&json!({"type": "string", "pattern": translated})).unwrap();
        for text in &texts {
            let expected = own.is_match(text);
            prop_assert_eq!(with_u.find(text).is_some(), expected, "{} {:?} with `u`", translated, text);
            prop_assert_eq!(schema.is_valid(&json!(text)), expected, "{} {:?} in a validator", translated, text);
            // Without `u` a character above 0xFFFF is two.
            if text.chars().chain(pattern.chars()).all(|c| u32::from(c) <= 0xFFFF) {
                prop_assert_eq!(without.find(text).is_some(), expected, "{} {:?} without `u`", translated, text);
            }
        }
    }
}
