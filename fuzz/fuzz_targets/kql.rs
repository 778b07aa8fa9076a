//! Any text as KQL against the mapping of the tests: a refusal at a character of the text, or a tree whose canonical text has the
//! same tree, and a condition that prints.

#![no_main]

use std::sync::LazyLock;

use event_query::kql::Expression;
use event_query::{FieldTable, Query, ResolveContext, dsl};
use libfuzzer_sys::fuzz_target;

static FIELDS: LazyLock<FieldTable> = LazyLock::new(|| {
    let table: serde_json::Value =
        serde_json::from_str(include_str!("../../event-query/tests/conformance/cases.json")).expect("the table is JSON");
    FieldTable::from_mapping(&table["mappings"]).expect("the mapping is one")
});

fuzz_target!(|text: &str| {
    if let Ok(expression) = text.parse::<Expression>() {
        let canonical = expression.to_string();
        let again: Expression = canonical.parse().expect("the canonical text is KQL");
        assert_eq!(again, expression, "{canonical:?}");
    }
    match Query::new().size(0).kql(text).and_then(|query| query.resolve(&FIELDS, &ResolveContext::default())) {
        Ok(query) => assert!(dsl::condition(query.condition()).is_object()),
        Err(error) => {
            if let Some(offset) = error.offset() {
                assert_eq!(text[..offset.bytes].encode_utf16().count(), offset.utf16);
            }
        }
    }
});
