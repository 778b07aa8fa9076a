//! Text, value and struct are judged alike, for documents made from the tables, valid and not.

use std::collections::BTreeSet;

use ecs_schema::{JsonError, Log, Shape, validate_json, validate_json_str};
use proptest::prelude::*;

use crate::choices::{Choices, object};
use crate::example::Example;
use crate::shown;

/// The rules that a struct can break as well as a text: the others cannot be expressed in one.
const REPRESENTABLE: [&str; 5] =
    ["not-allowed", "pattern-mismatch", "too-long", "unexpected-event-type", "not-constant"];

fn is_representable(line: &str) -> bool {
    REPRESENTABLE.iter().any(|code| line.starts_with(code))
        || line == "out-of-range event.created"
        || line == "out-of-range numbers.half"
}

#[test]
fn documents_from_the_tables_are_valid_or_not() {
    let mut valid = 0;
    let mut codes = BTreeSet::new();
    let mut state = 1_u32;
    for _ in 0..1_000 {
        let bytes = (0..160).map(|_| {
            // The linear congruence of `Numerical Recipes`: any spread of bytes will do.
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        });
        let document = object(Example::RULES.root(), &mut Choices::new(bytes.collect()));
        match validate_json(Example::RULES, &document) {
            Ok(()) => valid += 1,
            Err(violations) => {
                codes.extend(violations.iter().map(|violation| violation.rule.code()));
            }
        }
    }
    assert!((200..800).contains(&valid), "{valid} of 1000 are valid");
    // All but the rules about names, which texts made by hand break.
    assert!(codes.len() >= 14, "{codes:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn text_value_and_struct_are_judged_alike(bytes in prop::collection::vec(any::<u8>(), 0..160)) {
        let text = object(Example::RULES.root(), &mut Choices::new(bytes)).to_string();
        // Through the text, so that both have the same numbers.
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        let by_value = shown(validate_json(Example::RULES, &value));
        let by_text = match validate_json_str(Example::RULES, &text) {
            Err(JsonError::Invalid(violations)) => shown(Err(violations)),
            other => { other.unwrap(); Vec::new() }
        };
        prop_assert_eq!(&by_text, &by_value, "{}", text);

        if by_text.is_empty() {
            let read = Example::from_json_str_strict(&text).unwrap();
            prop_assert_eq!(read.validate(), Ok(()), "{}", text);
            let written = read.to_json();
            prop_assert_eq!(&written, &serde_json::to_string(&read).unwrap());
            prop_assert_eq!(&Example::from_json_str_strict(&written).unwrap(), &read, "{}", text);
            prop_assert_eq!(&serde_json::from_value::<Example>(value).unwrap(), &read);
        } else {
            prop_assert!(Example::from_json_str_strict(&text).is_err());
            // A struct has no null, which the field of a constant refuses.
            if by_text.iter().all(|line| is_representable(line)) && value.get("dataset") != Some(&serde_json::Value::Null) {
                let read: Example = match serde_json::from_str(&text) {
                    Ok(read) => read,
                    // Some numbers are beyond what the type can hold, too.
                    Err(_) if by_text.iter().any(|line| line.starts_with("out-of-range")) => return Ok(()),
                    Err(error) => panic!("{text}: {error}"),
                };
                let mut by_struct = shown(read.validate());
                let mut expected = by_text;
                by_struct.sort();
                expected.sort();
                prop_assert_eq!(by_struct, expected, "{}", text);
            }
        }
    }

    #[test]
    fn no_json_makes_a_check_or_reading_panic(text in json_text(4)) {
        let _ = validate_json_str(Example::RULES, &text);
        if let Ok(read) = serde_json::from_str::<Example>(&text) {
            let _ = read.validate();
            prop_assert_eq!(read.to_json(), serde_json::to_string(&read).unwrap());
        }
    }
}

/// JSON with the example's names in random places.
fn json_text(depth: u32) -> impl Strategy<Value = String> {
    let names =
        "@timestamp|ecs|version|event|category|type|host|location|lat|lon|ip|labels|ranges|date|gte|lt|numbers|long|x";
    let leaf = prop_oneof![
        Just("null".to_owned()),
        any::<f64>().prop_map(|number| serde_json::to_string(&number).unwrap()),
        any::<i64>().prop_map(|number| number.to_string()),
        any::<String>().prop_map(|text| serde_json::to_string(&text).unwrap()),
        Just("\"2024\"".to_owned()),
    ];
    leaf.prop_recursive(depth, 40, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(|values| format!("[{}]", values.join(","))),
            prop::collection::vec((names, inner), 0..6).prop_map(|members| {
                let members: Vec<_> = members.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
                format!("{{{}}}", members.join(","))
            }),
        ]
    })
}
