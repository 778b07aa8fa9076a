//! The searches, and what of an answer counts: which documents in which order, or which figures. How a figure is written is
//! not compared, since each type writes its own.

use std::collections::BTreeMap;

use ecs_gen::diff::searches::{NUMERIC_TYPES, Outcome, SEARCHES};
use serde_json::{Value, json};

use super::documents::Set;

/// What an answer comes to.
#[derive(Clone, Debug, PartialEq)]
pub enum Found {
    /// The request or a shard failed.
    Failure,
    /// Documents, by their ids.
    Documents(Vec<String>),
    /// Counts by value.
    Figures(BTreeMap<String, u64>),
}

/// What was found, beside what is found where there is one type.
pub fn outcome(wanted: &Found, found: &Found) -> Outcome {
    match (wanted, found) {
        (Found::Failure, _) => Outcome::Absent,
        (_, Found::Failure) => Outcome::Fails,
        _ if wanted == found => Outcome::Answers,
        _ => Outcome::Differs,
    }
}

/// The bodies of all searches for a set: those of [`SEARCHES`], then a sort with each of [`NUMERIC_TYPES`].
pub fn bodies(set: &Set) -> Vec<Value> {
    let of_set = json!({"term": {"set": set.name}});
    let query = |query: Value| json!({"size": 100, "_source": false, "query": {"bool": {"filter": [of_set, query]}}, "sort": ["place"]});
    let sort = |options: Value| json!({"size": 100, "_source": false, "query": of_set, "sort": [{"f": options}]});
    let aggregation = |aggregation: Value| json!({"size": 0, "query": of_set, "aggs": {"a": aggregation}});
    let body = |search: &str| match search {
        "sort" => sort(json!({"order": "asc"})),
        "term" => query(json!({"term": {"f": set.term}})),
        "match" => query(json!({"match": {"f": set.term}})),
        "range" => query(json!({"range": {"f": {"gte": set.bound}}})),
        "exists" => query(json!({"exists": {"field": "f"}})),
        "terms" => aggregation(json!({"terms": {"field": "f", "size": 100}})),
        "histogram" => aggregation(json!({"histogram": {"field": "f", "interval": 1, "min_doc_count": 1}})),
        "date_histogram" => {
            aggregation(json!({"date_histogram": {"field": "f", "fixed_interval": "1ms", "min_doc_count": 1}}))
        }
        figure => aggregation(json!({figure: {"field": "f"}})),
    };
    let numeric = |name: &&str| sort(json!({"order": "asc", "numeric_type": name}));
    SEARCHES.iter().map(|search| body(search)).chain(NUMERIC_TYPES.iter().map(numeric)).collect()
}

/// What the answer to a search came to.
pub fn found(answer: &Value) -> Found {
    if answer.get("error").is_some() || answer["_shards"]["failed"] != 0 {
        return Found::Failure;
    }
    let Some(figure) = answer.pointer("/aggregations/a") else { return documents(answer) };
    let figures = match figure.get("buckets").and_then(Value::as_array) {
        Some(buckets) => {
            buckets.iter().map(|bucket| (key(bucket), bucket["doc_count"].as_u64().unwrap_or_default())).collect()
        }
        None => BTreeMap::from([(text(&figure["value"]), 1)]),
    };
    Found::Figures(figures)
}

fn documents(answer: &Value) -> Found {
    let hits = answer.pointer("/hits/hits").and_then(Value::as_array).into_iter().flatten();
    Found::Documents(hits.map(|hit| hit["_id"].as_str().unwrap_or_default().to_owned()).collect())
}

fn key(bucket: &Value) -> String {
    bucket["key_as_string"]
        .as_str()
        .filter(|text| ["true", "false"].contains(text))
        .map_or_else(|| text(&bucket["key"]), str::to_owned)
}

/// A number in one form, whatever it was written as.
fn text(value: &Value) -> String {
    let number = value.as_f64().or_else(|| value.as_str()?.parse().ok());
    number.map_or_else(
        || value.as_str().map_or_else(|| value.to_string(), str::to_owned),
        |number: f64| number.to_string(),
    )
}
