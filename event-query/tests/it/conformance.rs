//! The table that every store is held to, here over documents in memory. The same texts are run on engines, with the same ids.

use serde_json::Value;

use crate::evaluate::holds;
use crate::support::{conformance, resolve};

#[test]
fn every_text_finds_the_ids_of_the_table() {
    let table = conformance();
    let documents = table["documents"].as_object().expect("the table has documents");
    let cases = table["cases"].as_array().expect("the table has cases");
    assert!(cases.len() > 250);
    for case in cases {
        let text = case["kql"].as_str().expect("a case has a text");
        let query = resolve(text).unwrap_or_else(|error| panic!("{text:?}: {error}"));
        let found: Vec<&str> = documents
            .iter()
            .filter(|(id, document)| holds(query.condition(), document, id))
            .map(|(id, _)| id.as_str())
            .collect();
        let expected: Vec<&str> =
            case["ids"].as_array().expect("a case has ids").iter().filter_map(Value::as_str).collect();
        assert_eq!(found, expected, "{text:?}: {:?}", query.condition());
    }
}
