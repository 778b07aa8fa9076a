//! Checks which documents an index has, for documents that may be stored in an index to which they cannot be sent again.

use std::collections::HashSet;
use std::time::Duration;

use event_store::{Response, TransportError, path_segment};
use serde::{Deserialize, Serialize};

use super::batch::{AttemptState, Batch};
use super::pending_request::{PendingRequest, RequestKind};
use super::problems::Activity;
use super::shipper::Shipper;
use super::stats::Condition;

const INDEX_GONE: &str = "index_not_found_exception";

#[derive(Serialize)]
struct MultiGetBody {
    ids: Vec<String>,
}

/// The request that looks up all documents of a batch in one index.
pub(super) fn request(index: &str, batch: Batch, sent: Duration) -> PendingRequest {
    let ids: Vec<String> = batch.items.iter().map(|item| item.id.to_string()).collect();
    let path = format!("/{}/_mget?_source=false&filter_path=docs._id,docs.found,docs.error.type", path_segment(index));
    let body = serde_json::to_vec(&MultiGetBody { ids }).expect("texts are JSON");
    PendingRequest { kind: RequestKind::ExistenceCheck(batch), path, body, sent }
}

#[derive(Deserialize)]
struct MultiGetReply {
    docs: Vec<FoundDocument>,
}

#[derive(Deserialize)]
struct FoundDocument {
    #[serde(rename = "_id")]
    id: String,
    #[serde(default)]
    found: bool,
    error: Option<DocumentError>,
}

#[derive(Deserialize)]
struct DocumentError {
    #[serde(rename = "type", default)]
    kind: String,
}

impl Shipper {
    pub(super) fn complete_existence_check(&mut self, mut batch: Batch, outcome: Result<Response, TransportError>) {
        let answer = match outcome {
            Err(error) => Err((Condition::Unreachable, error.to_string())),
            Ok(response) => read(batch.items.len(), &response),
        };
        match answer {
            Ok(Some(ids)) => self.settle(batch, &ids),
            Ok(None) => {
                // It was replaced by another one, or deleted: the target is resolved again.
                batch.indices_to_check = None;
                self.target.invalidate();
                self.retry_now(batch);
            }
            Err((condition, text)) => {
                self.record_problem(
                    Activity::Sending,
                    condition,
                    &format!("cannot tell which documents are stored: {text}"),
                );
                // The target may move on meanwhile; all indices are checked again.
                batch.indices_to_check = None;
                self.retry(batch);
            }
        }
    }

    /// Finishes the documents that the index has. The rest are looked up in the next index; after the last they are not stored.
    fn settle(&mut self, mut batch: Batch, ids: &HashSet<String>) {
        let mut missing = Vec::new();
        for (position, item) in batch.items.iter().enumerate() {
            if ids.contains(item.id.text().as_str()) {
                self.finished.finish(item.sequence, item.sequence);
            } else {
                missing.push(position);
            }
        }
        let stored = (batch.items.len() - missing.len()) as u64;
        self.stats.delivered += stored;
        self.stats.conflicts += stored;
        let is_last = batch.indices_to_check.as_mut().is_none_or(|indices| {
            indices.pop();
            indices.is_empty()
        });
        if is_last && batch.attempt_state == AttemptState::RejectedAmbiguous {
            let rejection = |position: usize| Some((position, batch.items[position].rejection.as_deref()?));
            let refused: Vec<_> = missing.iter().filter_map(|position| rejection(*position)).collect();
            let put = self.quarantine_rejected(&batch, &refused);
            missing.retain(|position| put.binary_search(position).is_err());
        }
        batch.keep(&missing);
        if batch.is_empty() {
            return self.recycle(batch);
        }
        if is_last {
            batch.indices_to_check = None;
            if batch.attempt_state == AttemptState::RejectedAmbiguous {
                // The quarantine does not accept them now.
                return self.retry(batch);
            }
            batch.attempt_state = AttemptState::CheckedAbsent;
        }
        self.retry_now(batch);
    }
}

/// The ids of the documents that the index has; `None` when the index is gone; or a line that says why this is unknown.
fn read(documents: usize, response: &Response) -> Result<Option<HashSet<String>>, (Condition, String)> {
    if let Some(refusal) = response.refusal() {
        return match refusal.status {
            // Only an engine says this; a proxy that finds nothing answers 404 as well.
            404 if refusal.error_type == INDEX_GONE => Ok(None),
            401 | 403 if Condition::of(&refusal) == Condition::Forbidden => {
                Err((Condition::Forbidden, format!("{refusal}; the writer needs the privilege for `_mget`")))
            }
            _ => Err((Condition::of(&refusal), format!("{refusal}; {}", refusal.cause().advice()))),
        };
    }
    let unclear = || (Condition::Refused, "the reply is not an engine's, or is incomplete".to_owned());
    let MultiGetReply { docs } = serde_json::from_slice(&response.body).map_err(|_| unclear())?;
    if docs.len() != documents {
        return Err(unclear());
    }
    match docs.iter().find_map(|one| one.error.as_ref()) {
        Some(error) if error.kind == INDEX_GONE => Ok(None),
        Some(error) => Err((Condition::Refused, error.kind.clone())),
        None => Ok(Some(docs.into_iter().filter(|one| one.found).map(|one| one.id).collect())),
    }
}
