//! What one item of a bulk reply means for its document. Owns the outcomes; which reason leads to which is decided by
//! [`reasons`](super::reasons).
//!
//! The question is always whether the refusal is about the document, which will never be accepted, or about the state of the
//! engine, which passes or which a person changes. A document that waits is late; one that is quarantined wrongly is lost to its
//! readers. So an unknown reason is neither, and is left to a caller that sees more than one item.

use std::borrow::Cow;
use std::fmt;

use super::reasons::{FailureCause, Verdict, verdict};
use crate::ambiguity::may_have_acted;
use crate::reason::{beginning, reason_without_values, write_error};

/// The outcome for one document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ItemOutcome<'a> {
    /// It is stored.
    Created,
    /// The index has a document with this id: an earlier try had arrived. As good as [`Created`](Self::Created).
    AlreadyStored,
    /// Not stored now, for a reason that is not known to be the document's. Where it
    /// [may be](FailureCause::may_be_the_document), retry it a bounded number of times while others are stored.
    Retry {
        /// Why it was not stored.
        cause: FailureCause,
        /// The engine's error.
        error: ItemError<'a>,
    },
    /// Permanently rejected.
    Rejected {
        /// The engine's error.
        error: ItemError<'a>,
    },
}

/// An engine's error for a document that it did not store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ItemError<'a> {
    /// Status of the item.
    pub status: u16,
    /// Name of the exception; empty when the engine gave none.
    pub error_type: &'a str,
    /// The engine's sentence; may quote the document.
    pub reason: &'a str,
}

/// The exception for a `create` whose id exists.
const CONFLICT: &str = "version_conflict_engine_exception";

impl<'a> ItemOutcome<'a> {
    /// The outcome for an item's status and error.
    #[must_use]
    pub fn new(status: u16, error_type: &'a str, reason: &'a str) -> Self {
        let error = ItemError { status, error_type, reason };
        match status {
            200..=299 => Self::Created,
            409 if error_type.is_empty() || error_type == CONFLICT => Self::AlreadyStored,
            _ => match verdict(status, error_type, reason) {
                Verdict::Other(cause) => Self::Retry { cause, error },
                Verdict::Document => Self::Rejected { error },
            },
        }
    }

    /// Whether the document is in the index.
    #[must_use]
    pub const fn is_stored(&self) -> bool {
        matches!(self, Self::Created | Self::AlreadyStored)
    }

    /// The engine's error for a document that it did not store.
    #[must_use]
    pub const fn error(&self) -> Option<ItemError<'a>> {
        match self {
            Self::Created | Self::AlreadyStored => None,
            Self::Retry { error, .. } | Self::Rejected { error } => Some(*error),
        }
    }

    /// Whether the document may be in the index although the engine does not say so: status 408, or outside of 400 to 499.
    #[must_use]
    pub fn is_ambiguous(&self) -> bool {
        self.error().is_some_and(|error| may_have_acted(error.status))
    }
}

impl ItemError<'_> {
    /// Shows status, exception and reason in one line, without what the reason may quote of the document; see
    /// [`reason_without_values`].
    #[must_use]
    pub fn without_values(&self) -> impl fmt::Display {
        self.show(reason_without_values(self.error_type, self.reason))
    }

    /// What all documents that are refused for this reason have in common: status, exception, and the beginning of the sentence.
    #[must_use]
    pub fn summary(&self) -> String {
        self.show(beginning(self.reason)).to_string()
    }

    fn show(&self, reason: Cow<'_, str>) -> impl fmt::Display {
        fmt::from_fn(move |out| write_error(self.status, self.error_type, &reason, out))
    }
}

#[cfg(test)]
mod tests {
    use super::{FailureCause, ItemOutcome};

    #[track_caller]
    fn check(status: u16, error_type: &str, reason: &str, wanted: &str) {
        let outcome = ItemOutcome::new(status, error_type, reason);
        let name = match outcome {
            ItemOutcome::Created => "created",
            ItemOutcome::AlreadyStored => "already stored",
            ItemOutcome::Retry { cause: FailureCause::Load, .. } => "load",
            ItemOutcome::Retry { cause: FailureCause::Access, .. } => "access",
            ItemOutcome::Retry { cause: FailureCause::State, .. } => "state",
            ItemOutcome::Retry { cause: FailureCause::Defect, .. } => "defect",
            ItemOutcome::Retry { cause: FailureCause::Unknown, .. } => "unknown",
            ItemOutcome::Rejected { .. } => "rejected",
        };
        assert_eq!(name, wanted, "{status} {error_type}: {reason}");
        assert_eq!(outcome.is_stored(), matches!(wanted, "created" | "already stored"));
        assert_eq!(outcome.error().is_none(), outcome.is_stored());
    }

    #[test]
    fn created_and_conflicting_ids_are_stored() {
        check(201, "", "", "created");
        check(200, "", "", "created");
        let reason = "[a]: version conflict, document already exists";
        check(409, "version_conflict_engine_exception", reason, "already stored");
        check(409, "", "", "already stored");
    }

    #[test]
    fn refusals_of_the_document_are_permanent() {
        let strict = "[1:8] mapping set to strict, dynamic introduction of [zz] within [_doc] is not allowed";
        check(400, "strict_dynamic_mapping_exception", strict, "rejected");
        check(400, "document_parsing_exception", "[1:7] failed to parse field [n] of type [long]", "rejected");
        check(400, "mapper_parsing_exception", "failed to parse", "rejected");
        let nested = "The number of nested documents has exceeded the allowed limit of [2].";
        check(400, "mapper_parsing_exception", nested, "rejected");
        let immense = "Document contains at least one immense term in field=\"k\"";
        check(400, "illegal_argument_exception", immense, "rejected");
        check(400, "illegal_argument_exception", "Limit of total fields [300] has been exceeded", "rejected");
        check(400, "illegal_argument_exception", "unable to convert [x] to long", "rejected");
        check(413, "", "", "rejected");
    }

    #[test]
    fn states_of_the_engine_wait() {
        let full = "index [e] blocked by: [TOO_MANY_REQUESTS/12/disk usage exceeded flood-stage watermark, index has \
                    read-only-allow-delete block];";
        check(429, "cluster_block_exception", full, "state");
        check(403, "cluster_block_exception", "index [a] blocked by: [FORBIDDEN/8/index write (api)]", "state");
        check(404, "index_not_found_exception", "no such index [a]", "state");
        check(400, "index_closed_exception", "closed", "state");
        check(
            400,
            "illegal_argument_exception",
            "no write index is defined for alias [a]. The write index may",
            "state",
        );
        check(400, "illegal_argument_exception", "pipeline with id [gone] does not exist", "state");
        check(400, "script_exception", "compile error", "state");
        let id = "Document ID is not supported in create/index operation request";
        check(400, "illegal_argument_exception", id, "state");
        for reason in [
            "Number of documents in shard cannot exceed [2147483519]",
            "Number of documents in shard [a][0] exceeds the limit of [2147483519] documents per shard",
            "Number of documents in the index can't exceed [2147483519]",
            "number of documents in the index cannot exceed 2147483519 (current document count is 2147483519; added \
             numDocs is 1)",
        ] {
            check(400, "illegal_argument_exception", reason, "state");
        }
        let pipeline = "Pipeline processor configured for non-existent pipeline [nope]";
        check(500, "illegal_state_exception", pipeline, "state");
        check(409, "resource_already_exists_exception", "", "state");
    }

    #[test]
    fn load_passes_and_access_needs_a_person() {
        check(429, "es_rejected_execution_exception", "rejected execution", "load");
        check(429, "circuit_breaking_exception", "[parent] Data too large", "load");
        check(503, "unavailable_shards_exception", "primary shard is not active", "load");
        check(503, "cluster_block_exception", "blocked by: [SERVICE_UNAVAILABLE/1/state not recovered]", "load");
        check(500, "mapper_exception", "timed out while waiting for a dynamic mapping update", "load");
        check(502, "", "", "load");
        check(504, "", "", "load");
        check(403, "security_exception", "action is unauthorized", "access");
        check(401, "security_exception", "missing credentials", "access");
    }

    #[test]
    fn reason_without_a_row_is_unknown_or_a_defect() {
        check(400, "", "", "unknown");
        check(499, "", "", "unknown");
        check(400, "illegal_argument_exception", "the moon is full", "unknown");
        check(400, "script_exception", "runtime error", "unknown");
        check(500, "null_pointer_exception", "", "defect");
        for status in [0, 100, 199, 300, 302, 600, 999, u16::MAX] {
            check(status, "", "", "defect");
        }
    }

    #[test]
    fn summary_is_equal_for_the_same_problem() {
        let summary = |reason| ItemOutcome::new(400, "document_parsing_exception", reason).error().unwrap().summary();
        let text =
            "[1:7] failed to parse field [n] of type [long] in document with id 'd3'. Preview of field's value: 'a'";
        assert_eq!(summary(text), "400 document_parsing_exception: failed to parse field …");
        assert_eq!(summary(text), summary("[1:99] failed to parse field [m] of type [ip]"));
        assert_ne!(summary(text), summary("Malformed content, must start with an object"));
        let bare = ItemOutcome::new(400, "", "").error().unwrap();
        assert_eq!((bare.summary().as_str(), bare.without_values().to_string().as_str()), ("400", "400"));
    }
}
