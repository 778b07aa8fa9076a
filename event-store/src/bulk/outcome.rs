//! What one item of a bulk reply means for its document. Owns the verdicts; which reason leads to which is the business of
//! [`reasons`](super::reasons).
//!
//! The question is always whether the refusal is about the document, which will never be taken, or about the state that the
//! engine is in, which passes or which a person changes. A document that waits is late, one that is put aside wrongly is lost
//! to its readers; so what no rule knows is neither, and left to whoever sees more than one item.

use std::borrow::Cow;
use std::fmt;

use super::reasons::{Meaning, Obstacle, meaning};
use crate::arrival::may_have_acted;
use crate::reason::{beginning, reason_without_values};

/// What became of one document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ItemOutcome<'a> {
    /// It is stored.
    Created,
    /// The index has a document with this id: an earlier try had arrived. As good as [`Created`](Self::Created).
    AlreadyStored,
    /// Not stored now, for a reason that is not known to be the document's. Where it
    /// [may be](Obstacle::may_be_the_document), whoever repeats it should do so a bounded number of times while others are
    /// stored.
    Retry {
        /// What is in the way.
        obstacle: Obstacle,
        /// What the engine said.
        said: Said<'a>,
    },
    /// Never to be stored as it is.
    Rejected {
        /// What the engine said.
        said: Said<'a>,
    },
}

/// What an engine said of a document that it did not store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Said<'a> {
    /// Status of the item.
    pub status: u16,
    /// Name of the exception; empty when the engine gave none.
    pub error_type: &'a str,
    /// The engine's sentence; may quote the document.
    pub reason: &'a str,
}

/// What `create` is answered with when the id is there.
const CONFLICT: &str = "version_conflict_engine_exception";

impl<'a> ItemOutcome<'a> {
    /// The outcome that an item's status and error stand for.
    #[must_use]
    pub fn new(status: u16, error_type: &'a str, reason: &'a str) -> Self {
        let said = Said { status, error_type, reason };
        match status {
            200..=299 => Self::Created,
            409 if error_type.is_empty() || error_type == CONFLICT => Self::AlreadyStored,
            _ => match meaning(status, error_type, reason) {
                Meaning::Obstacle(obstacle) => Self::Retry { obstacle, said },
                Meaning::Document => Self::Rejected { said },
            },
        }
    }

    /// Whether the document is in the index.
    #[must_use]
    pub const fn is_stored(&self) -> bool {
        matches!(self, Self::Created | Self::AlreadyStored)
    }

    /// What the engine said of a document that it did not store.
    #[must_use]
    pub const fn said(&self) -> Option<Said<'a>> {
        match self {
            Self::Created | Self::AlreadyStored => None,
            Self::Retry { said, .. } | Self::Rejected { said } => Some(*said),
        }
    }

    /// Whether the document may be in the index although it is not said to be: a status of 408, or outside of 400 to 499.
    #[must_use]
    pub fn is_ambiguous(&self) -> bool {
        self.said().is_some_and(|said| may_have_acted(said.status))
    }
}

impl Said<'_> {
    /// Shows status, exception and reason in one line, without what the reason may quote of the document; see
    /// [`reason_without_values`].
    #[must_use]
    pub fn without_values(&self) -> impl fmt::Display {
        self.show(reason_without_values(self.error_type, self.reason))
    }

    /// What is the same for all documents that are refused for this reason: status, exception, and the beginning of the
    /// sentence, up to what differs.
    #[must_use]
    pub fn kind(&self) -> String {
        self.show(beginning(self.reason)).to_string()
    }

    fn show(&self, reason: Cow<'_, str>) -> impl fmt::Display {
        fmt::from_fn(move |out| {
            write!(out, "{}", self.status)?;
            if !self.error_type.is_empty() {
                write!(out, " {}", self.error_type)?;
            }
            if !reason.is_empty() {
                write!(out, ": {reason}")?;
            }
            Ok(())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{ItemOutcome, Obstacle};

    #[track_caller]
    fn check(status: u16, error_type: &str, reason: &str, wanted: &str) {
        let outcome = ItemOutcome::new(status, error_type, reason);
        let name = match outcome {
            ItemOutcome::Created => "created",
            ItemOutcome::AlreadyStored => "already stored",
            ItemOutcome::Retry { obstacle: Obstacle::Load, .. } => "load",
            ItemOutcome::Retry { obstacle: Obstacle::Access, .. } => "access",
            ItemOutcome::Retry { obstacle: Obstacle::State, .. } => "state",
            ItemOutcome::Retry { obstacle: Obstacle::Defect, .. } => "defect",
            ItemOutcome::Retry { obstacle: Obstacle::Unknown, .. } => "unknown",
            ItemOutcome::Rejected { .. } => "rejected",
        };
        assert_eq!(name, wanted, "{status} {error_type}: {reason}");
        assert_eq!(outcome.is_stored(), matches!(wanted, "created" | "already stored"));
        assert_eq!(outcome.said().is_none(), outcome.is_stored());
    }

    #[test]
    fn stored_is_what_is_there() {
        check(201, "", "", "created");
        check(200, "", "", "created");
        let reason = "[a]: version conflict, document already exists";
        check(409, "version_conflict_engine_exception", reason, "already stored");
        check(409, "", "", "already stored");
    }

    #[test]
    fn refusals_of_the_document_are_for_good() {
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
    fn load_passes_and_access_is_a_persons_business() {
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
    fn what_no_row_knows_is_unknown_or_a_defect() {
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
    fn kind_is_the_same_for_documents_with_the_same_problem() {
        let kind = |reason| ItemOutcome::new(400, "document_parsing_exception", reason).said().unwrap().kind();
        let text =
            "[1:7] failed to parse field [n] of type [long] in document with id 'd3'. Preview of field's value: 'a'";
        assert_eq!(kind(text), "400 document_parsing_exception: failed to parse field …");
        assert_eq!(kind(text), kind("[1:99] failed to parse field [m] of type [ip]"));
        assert_ne!(kind(text), kind("Malformed content, must start with an object"));
        let bare = ItemOutcome::new(400, "", "").said().unwrap();
        assert_eq!((bare.kind().as_str(), bare.without_values().to_string().as_str()), ("400", "400"));
    }
}
