//! Whether an engine's reason for not storing one document is about that document, or about the engine. The one table of
//! reasons; reads no JSON and knows nothing of retries.
//!
//! Statuses do not distinguish the two. A mapping that rejects a document and a missing pipeline are both a 400, and even the
//! same `illegal_argument_exception`. So type and sentence decide first, and the status only where no row matches. A reason that
//! is in no row is [`FailureCause::Unknown`]: it may be the document or the engine, which only more items can show.
//!
//! Each row records its origin: [`ON_BOTH`] means that `testkit live reasons` provokes it on both engines, [`ON_OPENSEARCH`] and
//! [`ON_ELASTICSEARCH`] on that one. A test of `testkit` ensures that it has a case for each of them. [`READ`] means that it
//! comes from documentation or source code, which a comment names.

use crate::EngineKind;

/// Why an engine did not store a document that is not known to be at fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FailureCause {
    /// The engine is overloaded, or a part of it is starting or moving. That passes by itself.
    Load,
    /// The engine does not accept the credentials, or they lack a privilege. A person has to act.
    Access,
    /// The index, its shard, pipeline, alias or collection, or the disk is in a state that accepts no documents. A person, or the
    /// engine's own lifecycle, has to act.
    State,
    /// The engine fails with an internal error (500). The document may be what triggers it.
    Defect,
    /// The reason is not in the table. The document may be at fault.
    Unknown,
}

impl FailureCause {
    /// What to do about it, as a clause of a sentence.
    #[must_use]
    pub const fn advice(self) -> &'static str {
        match self {
            Self::Load => "they are retried with growing delays",
            Self::Access => "pass valid credentials, and give their user the generated role of the writer",
            Self::State => "fix that in the engine, unless the index's lifecycle does",
            Self::Defect => "they are retried; the engine's own log says more",
            Self::Unknown => "they are retried; check whether the documents or the index are at fault",
        }
    }

    /// Whether the document may be at fault.
    #[must_use]
    pub const fn may_be_the_document(self) -> bool {
        matches!(self, Self::Defect | Self::Unknown)
    }
}

/// What a refusal is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The document: unchanged, it will never be stored in this index.
    Document,
    /// Something else, or it is unknown.
    Other(FailureCause),
}

/// An exception, the beginning of its reason in lower case, the verdict, and the engines on which it was measured. The first
/// matching row counts. Only the beginning is compared: the rest may quote the document, which must not decide its own verdict.
type ReasonRow = (&'static str, &'static str, Verdict, &'static [EngineKind]);

const DOCUMENT: Verdict = Verdict::Document;
const STATE: Verdict = Verdict::Other(FailureCause::State);
const LOAD: Verdict = Verdict::Other(FailureCause::Load);
const ACCESS: Verdict = Verdict::Other(FailureCause::Access);

/// The engines on which the live suite provokes a row.
const ON_BOTH: &[EngineKind] = &[EngineKind::OpenSearch, EngineKind::Elasticsearch];
const ON_OPENSEARCH: &[EngineKind] = &[EngineKind::OpenSearch];
const ON_ELASTICSEARCH: &[EngineKind] = &[EngineKind::Elasticsearch];
/// None: the row comes from documentation or source code.
const READ: &[EngineKind] = &[];

const ROWS: &[ReasonRow] = &[
    // The index takes no writes: `index.blocks.*`, a lifecycle's read-only, the flood stage of the disk, the cluster's own
    // block.
    ("cluster_block_exception", "", STATE, ON_BOTH),
    ("index_closed_exception", "", STATE, ON_BOTH),
    // The alias, the index or the stream is not there, or nothing may make it.
    ("index_not_found_exception", "", STATE, ON_BOTH),
    // An index of that name cannot be made.
    ("invalid_index_name_exception", "", STATE, ON_OPENSEARCH),
    // The cluster has no room for the shards of the index that would be made.
    ("validation_exception", "validation failed: 1: this action would add", STATE, ON_BOTH),
    // The mapping asks for a routing value that nothing here gives.
    ("routing_missing_exception", "", STATE, ON_BOTH),
    // `index.default_pipeline` or `index.final_pipeline` names what is not there.
    ("illegal_argument_exception", "pipeline with id [", STATE, ON_BOTH),
    // A pipeline calls one that is not there, or sends a document where it may not.
    ("illegal_state_exception", "pipeline processor configured for non-existent pipeline", STATE, ON_OPENSEARCH),
    ("illegal_state_exception", "final pipeline [", STATE, ON_OPENSEARCH),
    // The alias leads to several indices and to none for writing.
    ("illegal_argument_exception", "no write index is defined for alias", STATE, ON_BOTH),
    // What is sent does not go with a data stream of that name.
    ("illegal_argument_exception", "index request with op_type=create targeting backing indices", STATE, ON_OPENSEARCH),
    ("illegal_argument_exception", "only write ops with an op_type of create", STATE, ON_OPENSEARCH),
    // The stream's template is gone. `MetadataCreateDataStreamService` of both engines.
    ("illegal_argument_exception", "no matching index template found for data stream", STATE, READ),
    // Amazon OpenSearch Serverless, in collections for time series and vectors; its page on supported operations.
    ("illegal_argument_exception", "document id is not supported", STATE, READ),
    // The shard has all documents that Lucene can count. `InternalEngine` of both engines, in the wordings of several releases.
    ("illegal_argument_exception", "number of documents in the index can", STATE, READ),
    ("illegal_argument_exception", "number of documents in shard", STATE, READ),
    // The mapping could not be updated in time. `MappingUpdatedAction` of both engines.
    ("mapper_exception", "timed out while waiting for a dynamic mapping update", LOAD, READ),
    ("process_cluster_event_timeout_exception", "", LOAD, READ),
    ("unavailable_shards_exception", "", LOAD, READ),
    ("circuit_breaking_exception", "", LOAD, READ),
    ("es_rejected_execution_exception", "", LOAD, READ),
    ("rejected_execution_exception", "", LOAD, READ),
    ("security_exception", "", ACCESS, READ),
    // The mapping; the second type is OpenSearch's, the third Elasticsearch's.
    ("strict_dynamic_mapping_exception", "", DOCUMENT, ON_BOTH),
    ("mapper_parsing_exception", "", DOCUMENT, ON_OPENSEARCH),
    ("document_parsing_exception", "", DOCUMENT, ON_ELASTICSEARCH),
    // A value that no field holds. On Elasticsearch it is a `document_parsing_exception`.
    ("illegal_argument_exception", "document contains at least one immense term", DOCUMENT, ON_OPENSEARCH),
    // New fields of a mapping that takes them, which are of another type than a mapping that was added meanwhile, or too many.
    // Others that bring none pass. `MapperService`, `MappingLookup` and `FieldMapper` of both engines.
    // On Elasticsearch the limits of fields and depth are a `document_parsing_exception`.
    ("illegal_argument_exception", "mapper [", DOCUMENT, READ),
    ("illegal_argument_exception", "can't merge a non object mapping", DOCUMENT, READ),
    ("illegal_argument_exception", "object mapping [", DOCUMENT, READ),
    ("illegal_argument_exception", "limit of total fields [", DOCUMENT, ON_OPENSEARCH),
    ("illegal_argument_exception", "limit of mapping depth [", DOCUMENT, ON_OPENSEARCH),
    ("illegal_argument_exception", "field name [", DOCUMENT, ON_BOTH),
    // A processor of a pipeline that does not find what it wants in the document. All but the first are
    // `IngestDocument`, `GrokProcessor` and `DateProcessor` of both engines.
    ("illegal_argument_exception", "unable to convert [", DOCUMENT, ON_OPENSEARCH),
    ("illegal_argument_exception", "field [", DOCUMENT, READ),
    ("illegal_argument_exception", "provided grok expressions do not match", DOCUMENT, READ),
    ("illegal_argument_exception", "unable to parse date [", DOCUMENT, READ),
    // A script of a pipeline is wrong. `ScriptException` of both engines. There is no row for its "runtime error": the script may
    // refuse this document, as the one for flat events does, or fail over every one; it is this one when others are stored.
    ("script_exception", "compile error", STATE, READ),
    // No JSON. Engines that parse before they map; `XContentParser` of both.
    ("x_content_parse_exception", "", DOCUMENT, READ),
    ("not_x_content_exception", "", DOCUMENT, READ),
];

/// The verdict of the table on an exception.
fn find(error_type: &str, reason: &str) -> Option<Verdict> {
    let begins = |words: &str| reason.get(..words.len()).is_some_and(|start| start.eq_ignore_ascii_case(words));
    ROWS.iter().find(|(of, words, ..)| *of == error_type && begins(words)).map(|(_, _, verdict, _)| *verdict)
}

/// The rows that the live suite must provoke on an engine: the exception, and the beginning of its reason.
#[doc(hidden)]
pub fn measured_reasons(engine: EngineKind) -> impl Iterator<Item = (&'static str, &'static str)> {
    ROWS.iter()
        .filter(move |(.., engines)| engines.contains(&engine))
        .map(|(error_type, words, ..)| (*error_type, *words))
}

/// The cause that an exception names, whatever its status.
pub(crate) fn named_cause(error_type: &str, reason: &str) -> Option<FailureCause> {
    match find(error_type, reason) {
        Some(Verdict::Other(cause)) => Some(cause),
        _ => None,
    }
}

/// What a refusal is about.
pub(super) fn verdict(status: u16, error_type: &str, reason: &str) -> Verdict {
    match (status, find(error_type, reason)) {
        // Whatever the reason: an engine without a master, or without the shard, recovers.
        (502..=504, _) | (408 | 425 | 429, None) => LOAD,
        (_, Some(verdict)) => verdict,
        (401 | 403, None) => ACCESS,
        // 409 also stands for conflicts in the engine's own state.
        (404 | 409, None) => STATE,
        (413, None) => DOCUMENT,
        (400..=499, None) => Verdict::Other(FailureCause::Unknown),
        _ => Verdict::Other(FailureCause::Defect),
    }
}

/// Why a whole request was refused. That is never about a single document.
pub(crate) fn cause_of(status: u16, error_type: &str, reason: &str) -> FailureCause {
    match verdict(status, error_type, reason) {
        Verdict::Document | Verdict::Other(FailureCause::Unknown) => FailureCause::State,
        Verdict::Other(cause) => cause,
    }
}

#[cfg(test)]
mod tests {
    use super::{DOCUMENT, ROWS, verdict};

    #[test]
    fn no_row_hides_a_later_one() {
        for (at, (error_type, words, row, _)) in ROWS.iter().enumerate() {
            let before = ROWS[..at].iter().find(|(of, earlier, ..)| of == error_type && words.starts_with(earlier));
            assert_eq!(before, None, "{error_type} {words}");
            assert_eq!(*words, words.to_ascii_lowercase());
            assert_eq!(verdict(400, error_type, &format!("{} and so on", words.to_ascii_uppercase())), *row);
        }
        assert_eq!(verdict(413, "", ""), DOCUMENT);
    }

    #[test]
    fn document_cannot_decide_its_verdict() {
        let quoted = "unable to convert [pipeline with id [x] does not exist] to long";
        assert_eq!(verdict(400, "illegal_argument_exception", quoted), DOCUMENT);
    }
}
