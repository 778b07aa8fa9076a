//! The bulk interface: documents to the body of a request, its reply to outcomes. Knows no transport and no event.

mod body;
mod outcome;
mod reasons;
mod reply;

pub use body::{BulkBody, PushError};
pub use outcome::{ItemError, ItemOutcome};
pub use reasons::{FailureCause, measured_reasons};
pub(crate) use reasons::{cause_of, named_cause};
pub use reply::{ResponseError, read_bulk_reply, read_bulk_response};

use crate::name::path_segment;

/// What a bulk reply is asked to hold, as the value of `filter_path`.
///
/// * `items.*.status` decides about each document, and its position says which document it is about;
/// * `items.*.error.type` and `items.*.error.reason` decide where a status means several things, and go with a refused
///   document to whoever looks at it;
/// * `errors` is a second opinion: a reply that says that there are none and holds one is not believed;
/// * `error.type`, `error.reason` are what a refusal of the whole request says, which the filter would hide as well.
///
/// * `items.*._index` says where a document is stored: an alias may have moved on since it was resolved, and an engine may
///   have made an index of its own.
///
/// Not `items.*._id`: the order says as much.
pub const BULK_FILTER_PATH: &str =
    "errors,items.*._index,items.*.status,items.*.error.type,items.*.error.reason,error.type,error.reason";

/// Path of a bulk request to one concrete index, the only kind that may be repeated when it is not known whether it
/// arrived: an id is unique within one index and not behind an alias. An engine may make the index anew where it is gone.
#[must_use]
pub fn bulk_path_to_index(index: &str) -> String {
    format!("/{}/_bulk?filter_path={BULK_FILTER_PATH}", path_segment(index))
}

/// Path of a bulk request to a data stream. The parameter that demands one is younger than the engines that are supported.
pub(crate) fn bulk_path_to_stream(stream: &str) -> String {
    bulk_path_to_index(stream)
}

/// Path of a bulk request to whatever index the alias writes to now.
///
/// `require_alias` makes the engine refuse it with 404 where the alias is missing; it would make an index of the alias's
/// name otherwise, with a mapping that it guesses.
#[must_use]
pub fn bulk_path_to_alias(alias: &str) -> String {
    format!("/{}/_bulk?require_alias=true&filter_path={BULK_FILTER_PATH}", path_segment(alias))
}
