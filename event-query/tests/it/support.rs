//! The mapping that tests share, and the way from a text to what it means.

use event_query::{FieldTable, Query, QueryError, ResolveContext, ResolvedQuery};
use jiff::tz::TimeZone;
use serde_json::Value;

/// The documents, texts and expected ids that every store is held to.
pub(crate) fn conformance() -> Value {
    serde_json::from_str(include_str!("../conformance/cases.json")).expect("the table is JSON")
}

/// Its mapping: every type, nested in nested, multi-fields, an alias.
pub(crate) fn fields() -> FieldTable {
    FieldTable::from_mapping(&conformance()["mappings"]).expect("the mapping is one")
}

/// Some day, at noon.
pub(crate) fn context() -> ResolveContext {
    ResolveContext {
        now: "2026-07-29T12:34:56.789Z".parse().expect("it is a moment"),
        time_zone: TimeZone::UTC,
        ..ResolveContext::default()
    }
}

/// What the text means, without hits.
pub(crate) fn resolve(text: &str) -> Result<ResolvedQuery, QueryError> {
    Query::new().size(0).kql(text)?.resolve(&fields(), &context())
}
