//! A query that the mapping permits, for a store to execute.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Value as Json, json};

use super::{Source, Total};
use crate::aggregation::{AggregationResult, ResolvedAggregation};
use crate::cursor::{Cursor, Fingerprint, fingerprint};
use crate::dsl;
use crate::error::{ErrorKind, QueryError};
use crate::resolved::Condition;
use crate::sort::{self, ResolvedSortKey, SortValue};

/// A query that was checked against a mapping: what an embedded store executes, and what is sent to an engine.
#[derive(Clone, Debug, PartialEq)]
pub struct ResolvedQuery {
    pub(super) condition: Condition,
    pub(super) sort: Vec<ResolvedSortKey>,
    pub(super) size: usize,
    pub(super) source: Source,
    pub(super) total: Total,
    pub(super) aggregations: Vec<ResolvedAggregation>,
    pub(super) now: Timestamp,
    pub(super) after: Option<Vec<SortValue>>,
    pub(super) point_in_time: Option<String>,
}

impl ResolvedQuery {
    /// The same, going on after the hit of the cursor.
    pub(super) fn continued(mut self, cursor: Option<Cursor>) -> Result<Self, QueryError> {
        let Some(cursor) = cursor else { return Ok(self) };
        if cursor.fingerprint != self.fingerprint() || cursor.after.len() != self.sort.len() {
            let message =
                "the cursor is of another query: filter, time range and order have to be the same on every page";
            return Err(QueryError::new(ErrorKind::Cursor, message));
        }
        self.after = Some(cursor.after);
        self.point_in_time = cursor.point_in_time;
        Ok(self)
    }

    /// Which events are found.
    #[must_use]
    pub fn condition(&self) -> &Condition {
        &self.condition
    }

    /// Their order, which is total; empty where no hits are asked for.
    #[must_use]
    pub fn sort(&self) -> &[ResolvedSortKey] {
        &self.sort
    }

    /// How many hits are asked for.
    #[must_use]
    pub fn size(&self) -> usize {
        self.size
    }

    /// Which fields of a hit are asked for.
    #[must_use]
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// How exact the total is.
    #[must_use]
    pub fn total(&self) -> Total {
        self.total
    }

    /// What is computed over all events that are found.
    #[must_use]
    pub fn aggregations(&self) -> &[ResolvedAggregation] {
        &self.aggregations
    }

    /// What `now` is, on this page and on all that follow it.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// The sort values after which the page begins; none on the first.
    #[must_use]
    pub fn after(&self) -> Option<&[SortValue]> {
        self.after.as_deref()
    }

    /// The engine's name of the point in time that the cursor is of.
    #[must_use]
    pub fn point_in_time(&self) -> Option<&str> {
        self.point_in_time.as_deref()
    }

    /// The cursor after a hit of this query that has these sort values.
    ///
    /// # Errors
    /// When there are not as many values as sort keys.
    pub fn cursor_after(&self, values: &[SortValue], point_in_time: Option<&str>) -> Result<String, QueryError> {
        if values.len() != self.sort.len() {
            let message = format!("the hit has {} sort values, and the order {} keys", values.len(), self.sort.len());
            return Err(QueryError::new(ErrorKind::Cursor, message));
        }
        Ok(Cursor {
            fingerprint: self.fingerprint(),
            now: self.now,
            after: values.to_vec(),
            point_in_time: point_in_time.map(str::to_owned),
        }
        .encode())
    }

    fn fingerprint(&self) -> Fingerprint {
        fingerprint(&[&dsl::condition(&self.condition).to_string(), &sort::to_dsl(&self.sort).to_string()])
    }

    /// The body of a search on an engine. A store that has a point in time adds it as `pit`.
    #[must_use]
    pub fn search_body(&self) -> Json {
        let mut body = json!({
            "query": { "bool": { "filter": [dsl::condition(&self.condition)] } },
            "size": self.size,
            "track_total_hits": match self.total {
                Total::Exact => json!(true),
                Total::UpTo(most) => json!(most),
                Total::None => json!(false),
            },
            "_source": match &self.source {
                Source::All => json!(true),
                Source::None => json!(false),
                Source::Fields(paths) => json!(paths),
            },
        });
        if !self.sort.is_empty() {
            body["sort"] = sort::to_dsl(&self.sort);
        }
        if let Some(after) = &self.after {
            body["search_after"] = after.iter().map(SortValue::to_json).collect();
        }
        if !self.aggregations.is_empty() {
            body["aggs"] = dsl::aggregations(&self.aggregations);
        }
        body
    }

    /// The body of a count on an engine.
    #[must_use]
    pub fn count_body(&self) -> Json {
        json!({ "query": { "bool": { "filter": [dsl::condition(&self.condition)] } } })
    }

    /// The results in the `aggregations` of an engine's reply to [`Self::search_body`]; none where one is missing or of
    /// another form.
    #[must_use]
    pub fn read_aggregations(&self, aggregations: &Json) -> Option<BTreeMap<String, AggregationResult>> {
        dsl::read_results(&self.aggregations, aggregations)
    }
}
