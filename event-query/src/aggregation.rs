//! Aggregations: what is asked, checked against the mapping, and what comes back.

mod check;

use std::collections::BTreeMap;

use crate::error::{ErrorKind, QueryError};

pub(crate) use check::resolve;
pub use check::{ResolvedAggregation, ResolvedKind};

/// How many buckets a terms aggregation returns, unless said otherwise: as engines do.
pub const DEFAULT_BUCKETS: usize = 10;
/// How many buckets there may be: the default of `search.max_buckets` of all engines.
pub const MAX_BUCKETS: usize = 65_535;
/// How deep aggregations may be in one another.
pub const MAX_AGGREGATION_DEPTH: usize = 8;

/// A figure over the events that a query finds, by itself or for each bucket of another.
///
/// # Examples
/// ```
/// use event_query::{Aggregation, CalendarUnit, HistogramInterval};
///
/// let actions = Aggregation::terms("event.action")
///     .buckets(20)
///     .with("months", Aggregation::date_histogram("@timestamp", HistogramInterval::Calendar(CalendarUnit::Month)))
///     .with("slowest", Aggregation::max("event.duration"));
/// # let _ = actions;
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Aggregation {
    pub(crate) field: String,
    pub(crate) kind: AggregationKind,
    pub(crate) inner: Vec<(String, Aggregation)>,
}

/// What is computed.
#[derive(Clone, Debug, PartialEq)]
pub enum AggregationKind {
    /// A bucket for each value, the most frequent first by default.
    Terms {
        /// How many buckets are returned.
        buckets: usize,
        /// Which come first.
        order: BucketOrder,
    },
    /// A bucket for each span of time, in order, those without events left out.
    DateHistogram {
        /// The length of a span.
        interval: HistogramInterval,
    },
    /// About how many different values there are.
    Cardinality,
    /// The smallest value.
    Min,
    /// The largest value.
    Max,
    /// The mean of all values.
    Average,
    /// The sum of all values.
    Sum,
    /// How many values there are.
    ValueCount,
}

/// The order of the buckets of a terms aggregation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BucketOrder {
    /// The most frequent value first; of equal ones, the smallest.
    #[default]
    MostFrequent,
    /// The smallest value first.
    Ascending,
    /// The largest value first.
    Descending,
}

/// The length of the spans of a date histogram. The zone is that of [`crate::ResolveContext`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HistogramInterval {
    /// So many milliseconds.
    Fixed {
        /// At least 1.
        milliseconds: u64,
    },
    /// A unit of the calendar, as long as it is.
    Calendar(CalendarUnit),
}

/// A unit of the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CalendarUnit {
    /// A minute.
    Minute,
    /// An hour.
    Hour,
    /// A day, which may have 23 to 25 hours.
    Day,
    /// A week from Monday.
    Week,
    /// A month.
    Month,
    /// A quarter.
    Quarter,
    /// A year.
    Year,
}

impl Aggregation {
    fn new(field: impl Into<String>, kind: AggregationKind) -> Self {
        Self { field: field.into(), kind, inner: Vec::new() }
    }

    /// A bucket for each value of a field that has exact values.
    #[must_use]
    pub fn terms(field: impl Into<String>) -> Self {
        Self::new(field, AggregationKind::Terms { buckets: DEFAULT_BUCKETS, order: BucketOrder::default() })
    }

    /// A bucket for each span of time.
    #[must_use]
    pub fn date_histogram(field: impl Into<String>, interval: HistogramInterval) -> Self {
        Self::new(field, AggregationKind::DateHistogram { interval })
    }

    /// About how many different values a field has.
    #[must_use]
    pub fn cardinality(field: impl Into<String>) -> Self {
        Self::new(field, AggregationKind::Cardinality)
    }

    /// The smallest number or date.
    #[must_use]
    pub fn min(field: impl Into<String>) -> Self {
        Self::new(field, AggregationKind::Min)
    }

    /// The largest number or date.
    #[must_use]
    pub fn max(field: impl Into<String>) -> Self {
        Self::new(field, AggregationKind::Max)
    }

    /// The mean of numbers.
    #[must_use]
    pub fn average(field: impl Into<String>) -> Self {
        Self::new(field, AggregationKind::Average)
    }

    /// The sum of numbers.
    #[must_use]
    pub fn sum(field: impl Into<String>) -> Self {
        Self::new(field, AggregationKind::Sum)
    }

    /// How many values a field has, in all events.
    #[must_use]
    pub fn value_count(field: impl Into<String>) -> Self {
        Self::new(field, AggregationKind::ValueCount)
    }

    /// How many buckets a terms aggregation returns, in place of [`DEFAULT_BUCKETS`].
    #[must_use]
    pub fn buckets(mut self, count: usize) -> Self {
        if let AggregationKind::Terms { buckets, .. } = &mut self.kind {
            *buckets = count;
        }
        self
    }

    /// Which buckets of a terms aggregation come first.
    #[must_use]
    pub fn order(mut self, by: BucketOrder) -> Self {
        if let AggregationKind::Terms { order, .. } = &mut self.kind {
            *order = by;
        }
        self
    }

    /// The same figure for each bucket of this aggregation, under a name.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, inner: Self) -> Self {
        self.inner.push((name.into(), inner));
        self
    }
}

/// What came back for one aggregation.
#[derive(Clone, Debug, PartialEq)]
pub enum AggregationResult {
    /// Of terms and date histograms.
    Buckets {
        /// The buckets in order.
        buckets: Vec<Bucket>,
        /// How many values of events are in no bucket, because there are more than were asked for.
        others: u64,
    },
    /// Of cardinality and value count.
    Count(u64),
    /// Of minimum, maximum, average and sum: none where there is no value. A date is in milliseconds since 1970. Engines compute
    /// in 64-bit floats, so integers are exact up to 2^53.
    Number(Option<f64>),
}

/// The events that have a value in common.
#[derive(Clone, Debug, PartialEq)]
pub struct Bucket {
    /// The value, or the start of the span of time.
    pub key: BucketKey,
    /// How many events there are; for a nested field, events and not elements.
    pub events: u64,
    /// The figures of the bucket by name.
    pub inner: BTreeMap<String, AggregationResult>,
}

/// The value of a bucket.
#[derive(Clone, Debug, PartialEq)]
pub enum BucketKey {
    /// Of exact texts, addresses and versions.
    Text(String),
    /// Of integers, and of dates in milliseconds since 1970.
    Integer(i64),
    /// Of integers above the signed ones.
    Unsigned(u64),
    /// Of floats.
    Float(f64),
    /// Of booleans.
    Boolean(bool),
}

pub(crate) fn unsupported(message: String) -> QueryError {
    QueryError::new(ErrorKind::Unsupported, message)
}
