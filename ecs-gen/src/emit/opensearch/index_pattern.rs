//! `index-pattern.ndjson`: the log as an index pattern, for “Saved objects → Import” of OpenSearch Dashboards.
//!
//! Dashboards keeps the form that Kibana had at the fork: it has neither names nor descriptions of fields, and says
//! 7.6.0 for the version of the form, which is its last migration of index patterns. It fetches the fields itself when
//! the pattern is opened for the first time.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::emit::data_view::{formats, summary, text, time_field};
use crate::model::Model;

/// The release whose form the object has.
const FORM: &str = "7.6.0";

pub(super) fn file(model: &Model) -> String {
    format!("{}\n{}\n", text(&saved_object(model)), text(&summary()))
}

fn saved_object(model: &Model) -> BTreeMap<&'static str, Value> {
    let log = &model.log;
    let attributes = json!({
        "fieldFormatMap": text(&formats(model, &duration())),
        "fields": "[]",
        "sourceFilters": "[]",
        "timeFieldName": time_field(model),
        "title": log.target.patterns().join(","),
    });
    BTreeMap::from([
        ("attributes", attributes),
        // The log's name: importing again replaces it, and dashboards can refer to it.
        ("id", json!(log.name)),
        ("migrationVersion", json!({"index-pattern": FORM})),
        ("references", json!([])),
        ("type", json!("index-pattern")),
    ])
}

/// Seconds to the millisecond: what Dashboards calls human readable rounds to "a few seconds".
fn duration() -> Value {
    json!({"inputFormat": "nanoseconds", "outputFormat": "asSeconds", "outputPrecision": 3, "showSuffix": true})
}

#[cfg(test)]
mod tests {
    use crate::testing::small_model;

    #[test]
    fn index_pattern_of_a_small_log() {
        insta::assert_snapshot!(super::file(&small_model()));
    }
}
