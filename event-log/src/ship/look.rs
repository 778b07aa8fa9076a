//! Asking which documents an index has, when they may be stored where they cannot be sent to again.

use std::collections::HashSet;
use std::time::Duration;

use event_store::{Response, TransportError, path_segment};
use serde::{Deserialize, Serialize};

use super::batch::{Arrival, Batch};
use super::errand::{Errand, Job};
use super::shipper::Shipper;
use super::stats::Condition;
use super::troubles::Activity;

const GONE: &str = "index_not_found_exception";

#[derive(Serialize)]
struct GetMany {
    ids: Vec<String>,
}

/// The question to one index about all documents of a batch.
pub(super) fn errand(index: &str, batch: Batch, sent: Duration) -> Errand {
    let ids: Vec<String> = batch.items.iter().map(|item| item.id.to_string()).collect();
    let path = format!("/{}/_mget?_source=false&filter_path=docs._id,docs.found,docs.error.type", path_segment(index));
    let question = serde_json::to_vec(&GetMany { ids }).expect("texts are JSON");
    Errand { job: Job::Look(batch), path, question, sent }
}

#[derive(Deserialize)]
struct Many {
    docs: Vec<One>,
}

#[derive(Deserialize)]
struct One {
    #[serde(rename = "_id")]
    id: String,
    #[serde(default)]
    found: bool,
    error: Option<Said>,
}

#[derive(Deserialize)]
struct Said {
    #[serde(rename = "type", default)]
    kind: String,
}

impl Shipper {
    pub(super) fn complete_look(&mut self, mut batch: Batch, outcome: Result<Response, TransportError>) {
        let answer = match outcome {
            Err(error) => Err((Condition::Unreachable, error.to_string())),
            Ok(response) => read(batch.items.len(), &response),
        };
        match answer {
            Ok(Some(ids)) => self.settle(batch, &ids),
            Ok(None) => {
                // It was replaced by another one, or deleted: which indices there are is asked again.
                batch.to_ask = None;
                self.target.forget();
                self.retry_now(batch);
            }
            Err((condition, text)) => {
                self.trouble(Activity::Sending, condition, &format!("cannot tell which documents are stored: {text}"));
                // Meanwhile the target may move on; all indices are asked again.
                batch.to_ask = None;
                self.retry(batch);
            }
        }
    }

    /// Finishes what the index has. The rest is asked for in the next index, and belongs nowhere after the last.
    fn settle(&mut self, mut batch: Batch, ids: &HashSet<String>) {
        let mut missing = Vec::new();
        for (place, item) in batch.items.iter().enumerate() {
            if ids.contains(item.id.text().as_str()) {
                self.progress.finish(item.sequence, item.sequence);
            } else {
                missing.push(place);
            }
        }
        let stored = (batch.items.len() - missing.len()) as u64;
        self.stats.delivered += stored;
        self.stats.conflicts += stored;
        let is_last = batch.to_ask.as_mut().is_none_or(|indices| {
            indices.pop();
            indices.is_empty()
        });
        if is_last && batch.arrival == Arrival::Refused {
            let rejection = |place: usize| Some((place, batch.items[place].rejection.as_deref()?));
            let refused: Vec<_> = missing.iter().filter_map(|place| rejection(*place)).collect();
            let put = self.put_aside(&batch, &refused);
            missing.retain(|place| put.binary_search(place).is_err());
        }
        batch.keep(&missing);
        if batch.is_empty() {
            return self.recycle(batch);
        }
        if is_last {
            batch.to_ask = None;
            if batch.arrival == Arrival::Refused {
                // The quarantine does not take them now.
                return self.retry(batch);
            }
            batch.arrival = Arrival::Asked;
        }
        self.retry_now(batch);
    }
}

/// The ids of the documents that the index has; `None` when it is gone. Or in one line why that is not known.
fn read(documents: usize, response: &Response) -> Result<Option<HashSet<String>>, (Condition, String)> {
    if let Some(refusal) = response.refusal() {
        return match refusal.status {
            // Only an engine knows that; a proxy that finds nothing says 404 as well.
            404 if refusal.error_type == GONE => Ok(None),
            401 | 403 if Condition::of(&refusal) == Condition::Forbidden => {
                Err((Condition::Forbidden, format!("{refusal}; the writer needs the right to `_mget`")))
            }
            _ => Err((Condition::of(&refusal), format!("{refusal}; {}", refusal.obstacle().advice()))),
        };
    }
    let unclear = || (Condition::Refused, "the answer is not an engine's, or not complete".to_owned());
    let Many { docs } = serde_json::from_slice(&response.body).map_err(|_| unclear())?;
    if docs.len() != documents {
        return Err(unclear());
    }
    match docs.iter().find_map(|one| one.error.as_ref()) {
        Some(said) if said.kind == GONE => Ok(None),
        Some(said) => Err((Condition::Refused, said.kind.clone())),
        None => Ok(Some(docs.into_iter().filter(|one| one.found).map(|one| one.id).collect())),
    }
}
