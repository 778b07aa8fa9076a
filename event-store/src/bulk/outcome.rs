//! What one item of a bulk reply means for its document. Owns the table of statuses and error types; reads no JSON.
//!
//! The question is always whether the refusal speaks of the document, which will never be taken, or of the state that the
//! engine is in, which passes or which a person mends. In doubt it is the engine: a document that waits is late, one that is
//! put aside wrongly is lost to its readers.

use crate::arrival::may_have_acted;

/// What became of one document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ItemOutcome<'a> {
    /// It is stored.
    Created,
    /// The index has a document with this id: an earlier try had arrived. As good as [`Created`](Self::Created).
    AlreadyStored,
    /// Not stored now, for a reason that is not the document's. A status of 500 may be a defect that the document sets off,
    /// so whoever repeats it should do so a bounded number of times while others pass.
    Retry {
        /// Status of the item.
        status: u16,
        /// Name of the exception; empty when the engine gave none.
        error_type: &'a str,
        /// The engine's sentence; may quote the document.
        reason: &'a str,
    },
    /// Never to be stored as it is.
    Rejected {
        /// Status of the item.
        status: u16,
        /// Name of the exception; empty when the engine gave none.
        error_type: &'a str,
        /// The engine's sentence; may quote the document.
        reason: &'a str,
    },
}

/// Statuses that say that the engine cannot now, whatever the document.
///
/// * 401, 403: credentials or roles, which a person mends; and `cluster_block_exception`, an index that is read-only;
/// * 404: `index_not_found_exception`; the alias is not installed yet, or a pinned index is gone, after which the alias is
///   to be resolved again;
/// * 408, 429: `es_rejected_execution_exception`, `circuit_breaking_exception`, the flood-stage watermark of the disk.
const NOT_NOW: &[u16] = &[401, 403, 404, 408, 425, 429];

/// Exceptions that come with 400 and still speak of the index and not of the document: it is closed, or the cluster has no
/// room for the shards of the index that would be made.
pub(crate) const NOT_THE_DOCUMENT: &[&str] = &[
    "circuit_breaking_exception",
    "cluster_block_exception",
    "es_rejected_execution_exception",
    "index_closed_exception",
    "index_not_found_exception",
    "process_cluster_event_timeout_exception",
    "rejected_execution_exception",
    "unavailable_shards_exception",
    "validation_exception",
];

/// How an alias without a write index is refused, with 400 and the `illegal_argument_exception` of a bad document.
const NO_WRITE_INDEX: &str = "no write index is defined for alias";

/// What `create` is answered with when the id is there.
const CONFLICT: &str = "version_conflict_engine_exception";

impl<'a> ItemOutcome<'a> {
    /// The outcome that an item's status and error stand for.
    #[must_use]
    pub fn new(status: u16, error_type: &'a str, reason: &'a str) -> Self {
        match status {
            200..=299 => Self::Created,
            // An engine has other conflicts, of its own state, and they do not mean that the document is there.
            409 if error_type.is_empty() || error_type == CONFLICT => Self::AlreadyStored,
            400..=499 if !Self::is_for_now(status, error_type, reason) => Self::Rejected { status, error_type, reason },
            _ => Self::Retry { status, error_type, reason },
        }
    }

    fn is_for_now(status: u16, error_type: &str, reason: &str) -> bool {
        status == 409
            || NOT_NOW.contains(&status)
            || NOT_THE_DOCUMENT.contains(&error_type)
            || reason.starts_with(NO_WRITE_INDEX)
    }

    /// Whether the document may be in the index although it is not said to be: a status of 408, or outside of 400 to 499.
    #[must_use]
    pub const fn is_ambiguous(&self) -> bool {
        match self {
            Self::Created | Self::AlreadyStored => false,
            Self::Retry { status, .. } | Self::Rejected { status, .. } => may_have_acted(*status),
        }
    }

    /// Whether the document is in the index.
    #[must_use]
    pub const fn is_stored(&self) -> bool {
        matches!(self, Self::Created | Self::AlreadyStored)
    }
}

#[cfg(test)]
mod tests {
    use super::ItemOutcome;

    #[track_caller]
    fn check(status: u16, error_type: &str, reason: &str, wanted: &str) {
        let outcome = ItemOutcome::new(status, error_type, reason);
        let found = format!("{outcome:?}");
        assert!(found.starts_with(wanted), "{status} {error_type}: {found}");
        assert_eq!(outcome.is_stored(), matches!(wanted, "Created" | "AlreadyStored"));
    }

    #[test]
    fn stored_is_what_is_there() {
        check(201, "", "", "Created");
        check(200, "", "", "Created");
        check(
            409,
            "version_conflict_engine_exception",
            "[a]: version conflict, document already exists",
            "AlreadyStored",
        );
        check(409, "", "", "AlreadyStored");
    }

    #[test]
    fn refusals_of_the_document_are_for_good() {
        check(400, "strict_dynamic_mapping_exception", "mapping set to strict", "Rejected");
        check(400, "document_parsing_exception", "failed to parse field", "Rejected");
        check(400, "mapper_parsing_exception", "failed to parse field", "Rejected");
        check(400, "illegal_argument_exception", "Limit of total fields [300] has been exceeded", "Rejected");
        check(400, "", "", "Rejected");
        check(413, "", "", "Rejected");
        check(499, "", "", "Rejected");
    }

    #[test]
    fn refusals_for_the_state_of_the_engine_pass() {
        check(429, "es_rejected_execution_exception", "rejected execution", "Retry");
        check(429, "cluster_block_exception", "disk usage exceeded flood-stage watermark", "Retry");
        check(429, "circuit_breaking_exception", "[parent] Data too large", "Retry");
        check(403, "cluster_block_exception", "index [a] blocked by: [FORBIDDEN/8/index write (api)]", "Retry");
        check(403, "security_exception", "action is unauthorized", "Retry");
        check(401, "security_exception", "missing credentials", "Retry");
        check(404, "index_not_found_exception", "no such index [a]", "Retry");
        check(503, "unavailable_shards_exception", "primary shard is not active", "Retry");
        check(502, "", "", "Retry");
        check(504, "", "", "Retry");
        check(500, "null_pointer_exception", "", "Retry");
        check(400, "index_closed_exception", "closed", "Retry");
        check(
            400,
            "illegal_argument_exception",
            "no write index is defined for alias [a]. The write index may",
            "Retry",
        );
        check(409, "resource_already_exists_exception", "", "Retry");
    }

    #[test]
    fn statuses_that_no_engine_sends_are_never_taken_for_stored() {
        for status in [0, 100, 199, 300, 302, 600, 999, u16::MAX] {
            check(status, "", "", "Retry");
        }
    }
}
