//! Values for which an engine's verdict is not obvious: each is sent alone to both engines, and the verdicts are recorded here. If
//! an engine's verdict ever changes, the test fails.

use anyhow::{Result, ensure};
use ecs_gen::sample::minimal_document;
use ecs_schema::validate_json;
use serde_json::{Value, json};

use super::Index;
use crate::engines::Engine;

/// Who accepts a value: this project, OpenSearch, Elasticsearch.
type Accepted = [bool; 3];

const ALL: Accepted = [true, true, true];
const NONE: Accepted = [false, false, false];
const ONLY_ENGINES: Accepted = [false, true, true];
const ONLY_OPENSEARCH: Accepted = [false, true, false];
const ONLY_ELASTICSEARCH: Accepted = [false, false, true];

/// Path in the log with every type, value, and who accepts it.
fn disputed_values() -> Vec<(&'static str, Value, Accepted)> {
    let deep = |levels: usize| (1..levels).fold(json!({"leaf": 1}), |inner, _| json!({"n": inner}));
    let text = |length: usize| json!("x".repeat(length));
    vec![
        ("other_name", Value::Null, NONE),
        ("other_name", json!([]), ONLY_ENGINES),
        ("constant.set", Value::Null, ONLY_ELASTICSEARCH), // A keyword there.
        ("range.integer", json!({"gt": 1, "lt": 2}), NONE),
        ("range.integer", json!({"gt": 1, "lt": 3}), ALL),
        ("range.date", json!({"gt": "2024-01-01", "lt": "2024-01-01T00:00:00.001Z"}), NONE),
        ("date.plain", json!("2024-05-17T09:30:00+18:00"), ALL),
        ("date.plain", json!("2024-05-17T09:30:00+18:01"), NONE),
        ("date.plain", json!("2024-05-17T09:30:00+19:00"), NONE),
        ("date.plain", json!("2024"), ALL),
        ("date.plain", json!("2024-05"), ALL),
        ("date.plain", json!("2024-05-17"), ALL),
        ("date.plain", json!("2024-05-17T09"), ALL),
        ("date.plain", json!("2024-05-17T09:30"), ALL),
        ("date.plain", json!("12345"), ALL),
        ("date.plain", json!("-12345"), ONLY_ENGINES),
        ("date.plain", json!("-00012"), ONLY_ENGINES),
        ("date.plain", json!("-00000000012"), ALL),
        ("date.plain", json!("-00009999999999"), ALL),
        ("date.plain", json!(-999), ALL),
        ("date.plain", json!(-1_000), ONLY_ENGINES),
        ("date.iso", json!("-12345"), ONLY_OPENSEARCH),
        ("range.date", json!({"gte": "-292275054"}), ONLY_ENGINES),
        ("range.date", json!({"gte": "-292275055"}), ONLY_ELASTICSEARCH),
        ("date.plain", json!(-5_909_863_270_i64), ONLY_ELASTICSEARCH),
        ("date.plain", json!("-5909863270"), ONLY_ELASTICSEARCH),
        ("date.plain", json!(-59_098_632_700_i64), ALL),
        ("date.plain", json!(-999_999_999), ONLY_ENGINES),
        ("date.millis", json!(-5_909_863_270_i64), ALL),
        ("date.plain", json!("123"), ONLY_ENGINES),
        ("date.plain", json!("1595258400000"), ALL),
        ("date.nanos", json!("2024-05-17T09"), ONLY_OPENSEARCH),
        ("date.nanos", json!("2024-05-17T09:30"), ONLY_OPENSEARCH),
        ("date.nanos", json!("2024-05-17T09:30:00"), ALL),
        ("date.nanos_iso", json!("2024-05-17T09:30"), NONE),
        ("date.nanos", json!("1969-12-31T23:59:59Z"), NONE),
        ("number.long", json!(1e3), ALL),
        ("number.long", json!("1e3"), ONLY_ENGINES),
        ("number.long", json!("12"), ALL),
        ("number.long", json!("1.0"), ONLY_ENGINES),
        ("number.long", json!("9223372036854775808"), NONE),
        ("number.long_strict", json!("12"), NONE),
        ("number.long", json!(1.5), ONLY_ENGINES),
        ("number.half_float", json!(65_519), ALL),
        ("number.half_float", json!(65_520), NONE),
        ("number.half_float", json!(-65_520), NONE),
        ("keyword.whole", text(32_766), ALL),
        ("keyword.whole", text(32_767), NONE),
        ("keyword.cut", text(40_000), ALL),
        ("free.flattened", deep(20), ALL),
        ("free.flattened", deep(21), ONLY_OPENSEARCH),
        ("free.flattened", json!({"a\0b": 1}), ONLY_OPENSEARCH),
        ("free.flattened", json!({"k": text(32_766 - 2)}), ONLY_ELASTICSEARCH),
        ("free.flattened", json!({"k": text(32_766 - 2 * "every.free.flattened.".len() - 2)}), ALL),
        ("free.flattened", json!({"k": text(32_766 - 2 * "every.free.flattened.".len() - 1)}), ONLY_ELASTICSEARCH),
        ("free.flattened_cut", json!({"k": text(40_000)}), ONLY_ELASTICSEARCH),
    ]
}

/// What OpenSearch 2.15 says otherwise than later releases: it has a keyword for a constant, and counts no far years.
fn said_by_opensearch2(path: &str, value: &Value) -> Option<bool> {
    match path {
        "constant.set" => Some(true),
        "date.plain" if *value == json!(-999_999_999) => Some(false),
        _ => None,
    }
}

/// Asks the engine for each, and us.
pub fn check(index: &Index<'_>) -> Result<usize> {
    let disputed_values = disputed_values();
    let mut others = Vec::new();
    for (path, value, [ours, opensearch, elasticsearch]) in &disputed_values {
        let mut document = minimal_document(&index.log.model);
        let mut place = &mut document["every"];
        for step in path.split('.') {
            place = &mut place[step];
        }
        *place = value.clone();
        let mut shown = value.to_string();
        shown.truncate(80);
        let said = validate_json(index.log.rules(), &document).is_ok();
        ensure!(said == *ours, "`{path}: {shown}`: ours is to say {ours}, and says {said}");
        let wanted = match index.release {
            Engine::OpenSearch2 => said_by_opensearch2(path, value).unwrap_or(*opensearch),
            _ if index.is_of(&[Engine::OpenSearch]) => *opensearch,
            _ => *elasticsearch,
        };
        let reason = index.send_one(&document)?;
        if reason.is_none() != wanted {
            others.push(format!("`{path}: {shown}`: the engine was to say {wanted}: {reason:?}"));
        }
    }
    ensure!(others.is_empty(), "{}", others.join("\n"));
    Ok(disputed_values.len())
}
