//! The bulk API: builds the body of a request from documents, and parses its reply into outcomes. Knows no transport and no event.

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

/// The members of a bulk reply that are requested, as the value of `filter_path`.
///
/// * `items.*.status` decides about each document, and its position says which document it is about;
/// * `items.*.error.type` and `items.*.error.reason` decide where a status is ambiguous, and are kept with a rejected document;
/// * `errors` is a cross-check: a reply that says there are no errors and contains one is not trusted;
/// * `error.type`, `error.reason` are those of a refusal of the whole request, which the filter would hide as well.
///
/// * `items.*._index` says where a document is stored: an alias may have moved on since it was resolved, and an engine may have
///   created an index by itself.
///
/// Not `items.*._id`: the order identifies the documents.
pub const BULK_FILTER_PATH: &str =
    "errors,items.*._index,items.*.status,items.*.error.type,items.*.error.reason,error.type,error.reason";

/// Path of a bulk request to one concrete index, the only kind that may be repeated when it is unknown whether it arrived: an id
/// is unique within an index and not behind an alias. An engine may recreate the index if it is gone.
#[must_use]
pub fn bulk_path_to_index(index: &str) -> String {
    format!("/{}/_bulk?filter_path={BULK_FILTER_PATH}", path_segment(index))
}

/// Path of a bulk request to a data stream. The parameter that requires one is newer than the supported engines.
pub(crate) fn bulk_path_to_stream(stream: &str) -> String {
    bulk_path_to_index(stream)
}

/// Path of a bulk request to the current write index of an alias.
///
/// `require_alias` makes the engine refuse it with 404 if the alias is missing; otherwise it would create an index of that name
/// with a guessed mapping.
#[must_use]
pub fn bulk_path_to_alias(alias: &str) -> String {
    format!("/{}/_bulk?require_alias=true&filter_path={BULK_FILTER_PATH}", path_segment(alias))
}
