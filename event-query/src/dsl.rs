//! Checked queries as the JSON that Elasticsearch 8 and 9 and OpenSearch 2 and 3 take. The text is the same for all of them.
//!
//! | condition | DSL | Kibana's |
//! | --- | --- | --- |
//! | all, none | `match_all`, `match_none` | `match_all`; none has no form |
//! | and | `bool.filter`, with `bool.must_not` for what is negated | the same, one `bool` for each `not` |
//! | or | `bool.should` with `minimum_should_match: 1` | the same, also around each single field |
//! | not | `bool.must_not` | the same |
//! | nested | `nested` with `score_mode: none`, `ignore_unmapped: true` | the same, the latter by option |
//! | exists | `exists` | the same |
//! | equality of a keyword | `term` | the same |
//! | of another exact type | `term` | `match` or `match_phrase`, which engines turn into `term` |
//! | several values of a field | `terms`, at most 65,536 in one | `bool.should` of `term` |
//! | of a network, a date | `range`, both bounds included | `match` of the network, `range` of the text |
//! | comparisons | `range`; dates are absolute and in UTC | `range` of the text, with the time zone |
//! | of a range type | `range` with `relation: intersects` | the same by default |
//! | pattern of an exact type | `wildcard`; of a flattened field `prefix` | `wildcard` of a keyword, else `query_string` |
//! | pattern of text | `query_string` of one field | the same |
//! | words, phrase | `match`, `match_phrase` | the same |
//! | any field | `multi_match` with `lenient`, or `query_string` | the same |
//!
//! Everything is a filter: nothing is scored.

mod aggregation;
mod filter;

pub(crate) use aggregation::{RESERVED_NAMES, aggregations, read_results};
pub use filter::condition;
