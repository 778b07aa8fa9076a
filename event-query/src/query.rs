//! What is asked of a store, as a value: filter, time, order, page, fields, total, aggregations.

mod resolved;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::aggregation::{self, Aggregation};
use crate::cursor::Cursor;
use crate::error::{ErrorKind, QueryError};
use crate::field::FieldTable;
use crate::filter::Filter;
use crate::resolve;
use crate::sort::{self, FallbackTieBreaker, SortKey};
use crate::time::{DEFAULT_TIME_FIELD, TimeRange};
use crate::value::date::Clock;

pub use resolved::ResolvedQuery;

/// How many hits a page has, unless said otherwise: as Kibana's event log.
pub const DEFAULT_SIZE: usize = 10;
/// How many hits a page may have: the default of `index.max_result_window`. More come by cursor.
pub const MAX_SIZE: usize = 10_000;
/// How many keys an order may have.
pub const MAX_SORT_KEYS: usize = 16;

/// A query, not yet checked against a mapping. Without anything said, it asks for the newest [`DEFAULT_SIZE`] events.
///
/// # Examples
/// ```
/// use event_query::{FieldTable, Query, ResolveContext, SortKey, SortValue, TimeRange};
///
/// let fields = FieldTable::from_json(r#"{"properties": {
///     "@timestamp": {"type": "date"},
///     "event": {"properties": {"id": {"type": "keyword"}, "action": {"type": "keyword"}}}
/// }}"#)?;
/// let query = Query::new()
///     .kql("event.action: execute*")?
///     .time(TimeRange::new().from("2h ago".parse()?))
///     .sort([SortKey::descending("@timestamp")])
///     .size(50);
///
/// let first = query.resolve(&fields, &ResolveContext::default())?;
/// println!("{}", first.search_body());
///
/// // After the last hit of a page, the same query goes on.
/// let cursor = first.cursor_after(&[SortValue::Integer(1_785_225_600_000), SortValue::Text("019…".into())], None)?;
/// let second = query.cursor(cursor).resolve(&fields, &ResolveContext::default())?;
/// assert_eq!(second.after().map(<[_]>::len), Some(2));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Query {
    filters: Vec<Filter>,
    time: Option<TimeRange>,
    sort: Option<Vec<SortKey>>,
    size: usize,
    cursor: Option<String>,
    source: Source,
    total: Total,
    aggregations: Vec<(String, Aggregation)>,
}

/// Which fields of the stored event a hit has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Source {
    /// The whole event.
    #[default]
    All,
    /// None, only what a hit has besides.
    None,
    /// The fields and objects at these paths, in which `*` is a wildcard.
    Fields(Vec<String>),
}

/// How exact the number of all hits is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Total {
    /// Exact.
    #[default]
    Exact,
    /// Exact up to this number, and from there a lower bound.
    UpTo(u32),
    /// Not computed.
    None,
}

/// What a query is checked against, besides the mapping.
#[derive(Clone, Debug)]
pub struct ResolveContext {
    /// What `now` is on the first page. Further pages have it in their cursor, so that a relative range does not move.
    pub now: Timestamp,
    /// The zone of dates without one, and of date histograms.
    pub time_zone: TimeZone,
    /// What makes the order total where the mapping has no [`crate::TIE_BREAKER`].
    pub fallback: FallbackTieBreaker,
}

impl Default for ResolveContext {
    /// The system's clock, UTC, and no fallback.
    fn default() -> Self {
        Self { now: Timestamp::now(), time_zone: TimeZone::UTC, fallback: FallbackTieBreaker::None }
    }
}

impl Default for Query {
    fn default() -> Self {
        Self {
            filters: Vec::new(),
            time: None,
            sort: None,
            size: DEFAULT_SIZE,
            cursor: None,
            source: Source::All,
            total: Total::Exact,
            aggregations: Vec::new(),
        }
    }
}

impl Query {
    /// The newest events.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Only events that fulfil this too.
    #[must_use]
    pub fn filter(mut self, filter: impl Into<Filter>) -> Self {
        self.filters.push(filter.into());
        self
    }

    /// Only events that a KQL text finds too.
    ///
    /// # Errors
    /// When the text is not KQL.
    pub fn kql(self, text: &str) -> Result<Self, QueryError> {
        Ok(self.filter(Filter::kql(text)?))
    }

    /// Only events of this time, in place of a range that was given before.
    #[must_use]
    pub fn time(mut self, range: TimeRange) -> Self {
        self.time = Some(range);
        self
    }

    /// The order of hits, in place of the newest first.
    #[must_use]
    pub fn sort(mut self, keys: impl IntoIterator<Item = SortKey>) -> Self {
        self.sort = Some(keys.into_iter().collect());
        self
    }

    /// How many hits a page has, in place of [`DEFAULT_SIZE`]; 0 for totals and aggregations alone.
    #[must_use]
    pub fn size(mut self, size: usize) -> Self {
        self.size = size;
        self
    }

    /// Goes on after the hit that the cursor was made for.
    #[must_use]
    pub fn cursor(mut self, cursor: impl Into<String>) -> Self {
        self.cursor = Some(cursor.into());
        self
    }

    /// Which fields a hit has.
    #[must_use]
    pub fn source(mut self, source: Source) -> Self {
        self.source = source;
        self
    }

    /// How exact the total is.
    #[must_use]
    pub fn total(mut self, total: Total) -> Self {
        self.total = total;
        self
    }

    /// Computes a figure over all events that are found, under a name.
    #[must_use]
    pub fn aggregate(mut self, name: impl Into<String>, aggregation: Aggregation) -> Self {
        self.aggregations.push((name.into(), aggregation));
        self
    }

    /// Checks the query against a mapping. What is returned cannot be refused by an engine for its form.
    ///
    /// # Errors
    /// When a field is unknown, a value is not of its field's type, the mapping does not permit what is asked, a limit is
    /// exceeded, or the cursor is damaged or of another query.
    pub fn resolve(&self, fields: &FieldTable, context: &ResolveContext) -> Result<ResolvedQuery, QueryError> {
        if self.size > MAX_SIZE {
            let message = format!("a page has at most {MAX_SIZE} hits; more come by cursor");
            return Err(QueryError::new(ErrorKind::Limit, message));
        }
        let cursor = self.cursor.as_deref().map(Cursor::decode).transpose()?;
        let now = cursor.as_ref().map_or(context.now, |cursor| cursor.now);
        let clock = Clock { now, time_zone: context.time_zone.clone() };
        let filters = self.filters.iter().cloned().chain(self.time.as_ref().map(TimeRange::filter));
        let condition = resolve::resolve(&Filter::all_of(filters), fields, &clock)?;
        let sort = if self.size == 0 { Vec::new() } else { self.resolve_sort(fields, context.fallback)? };
        if let Source::Fields(paths) = &self.source
            && let Some(unknown) = paths.iter().find(|path| !fields.selects(path))
        {
            return Err(QueryError::new(ErrorKind::UnknownField, format!("unknown field `{unknown}`"))
                .suggesting(fields.nearest(unknown)));
        }
        let aggregations = aggregation::resolve(&self.aggregations, fields, &context.time_zone, 1)?;
        ResolvedQuery {
            condition,
            sort,
            size: self.size,
            source: self.source.clone(),
            total: self.total,
            aggregations,
            now,
            after: None,
            point_in_time: None,
        }
        .continued(cursor)
    }

    fn resolve_sort(
        &self,
        fields: &FieldTable,
        fallback: FallbackTieBreaker,
    ) -> Result<Vec<sort::ResolvedSortKey>, QueryError> {
        let newest_first = || {
            let has_time = fields.field(DEFAULT_TIME_FIELD).is_some();
            has_time.then(|| SortKey::descending(DEFAULT_TIME_FIELD)).into_iter().collect()
        };
        let keys = self.sort.clone().unwrap_or_else(newest_first);
        if keys.len() > MAX_SORT_KEYS {
            return Err(QueryError::new(ErrorKind::Limit, format!("an order has at most {MAX_SORT_KEYS} keys")));
        }
        sort::resolve(&keys, fields, fallback)
    }
}
