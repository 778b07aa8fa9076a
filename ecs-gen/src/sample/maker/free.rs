//! JSON with free names: flattened objects up to the limits of their depth and their leaves, and any JSON at all.

use serde_json::{Map, Value, json};

use crate::sample::random::Random;

/// How deep a flattened object may be, itself included.
const MAX_DEPTH: usize = 20;
/// Lucene's limit for a term.
const MAX_TERM: usize = 32_766;
const NAMES: &[&str] = &["a", "team", "app.kubernetes.io/name", "имя", "with space", "_id", "0", "quote\"d"];

/// A flattened object at `path`.
pub(super) fn flattened(random: &mut Random, path: &str) -> Map<String, Value> {
    match random.below(40) {
        0 => nested(MAX_DEPTH),
        // The path, twice, the name and the text are one term, with what is between them.
        1 => Map::from_iter([("k".to_owned(), "x".repeat(MAX_TERM - 2 * path.len() - 4).into())]),
        2 => Map::new(),
        _ => members(random, 3),
    }
}

/// Objects in one another, so many in all.
pub(in crate::sample) fn nested(depth: usize) -> Map<String, Value> {
    let leaf = Map::from_iter([("leaf".to_owned(), json!(1))]);
    (1..depth).fold(leaf, |inner, _| Map::from_iter([("n".to_owned(), Value::Object(inner))]))
}

/// Any JSON but null, which is no value.
pub(super) fn any(random: &mut Random) -> Value {
    match json(random, 3) {
        Value::Null => json!([null]),
        value => value,
    }
}

fn members(random: &mut Random, depth: usize) -> Map<String, Value> {
    (0..random.below(4)).map(|_| (random.pick(NAMES).to_owned(), json(random, depth - 1))).collect()
}

fn json(random: &mut Random, depth: usize) -> Value {
    match random.below(if depth == 0 { 6 } else { 8 }) {
        0 => Value::Null,
        1 => json!(random.per_mille(500)),
        2 => json!(random.bits()),
        3 => json!(random.fraction()),
        4 => json!(-1),
        5 => random.pick(&["", "text", "日本語", "10.0.0.1", "2024-05-17"]).into(),
        6 => Value::Array((0..random.below(3)).map(|_| json(random, depth - 1)).collect()),
        _ => Value::Object(members(random, depth)),
    }
}
