//! Queries over event logs: the query model, the Kibana Query Language, the field table of a mapping, the DSL of engines,
//! cursors, aggregations. Owns what a query means; does no IO, reads no clock but for a default, and knows no store.
//!
//! ```text
//! KQL text ──► kql::Expression ─┐
//!                               ├─► Filter ─► Query ──(FieldTable, ResolveContext)──► ResolvedQuery ─┬─► JSON for engines
//! calls of a program ───────────┘                                                                    └─► an embedded store
//! ```
//!
//! * [`Query`] is what a caller asks; [`Filter`] and [`kql`] are its conditions.
//! * [`FieldTable`] is what a mapping says of fields. Everything is checked against it before anything is sent.
//! * [`ResolvedQuery`] is what a store executes. Its [`resolved::Condition`] has fields in place of names and values of their types in
//!   place of texts, so that an embedded store and an engine, by [`dsl`], find the same events.

mod aggregation;
mod cursor;
pub mod dsl;
mod error;
mod field;
mod filter;
pub mod kql;
mod query;
mod resolve;
pub mod resolved;
mod sort;
mod time;
mod value;

pub use aggregation::{
    Aggregation, AggregationKind, AggregationResult, Bucket, BucketKey, BucketOrder, CalendarUnit, DEFAULT_BUCKETS,
    HistogramInterval, MAX_AGGREGATION_DEPTH, MAX_BUCKETS, ResolvedAggregation, ResolvedKind,
};
pub use error::{ErrorKind, Offset, QueryError};
pub use field::{DateKind, Epoch, Field, FieldKind, FieldTable, FloatWidth, MappingError, RangeOf, Resolution};
pub use filter::{Filter, Operand};
pub use query::{DEFAULT_SIZE, MAX_SIZE, MAX_SORT_KEYS, Query, ResolveContext, ResolvedQuery, Source, Total};
pub use resolve::{MAX_CONDITION_DEPTH, MAX_CONDITIONS};
pub use sort::{FallbackTieBreaker, NumericType, ResolvedSortKey, SortKey, SortOrder, SortValue, TIE_BREAKER};
pub use time::{DEFAULT_TIME_FIELD, TimeExpression, TimeRange};
pub use value::{Decimal, Pattern, Version};
