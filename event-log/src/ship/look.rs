//! Asking which documents an engine has, when they may be stored where they cannot be sent to again.

use std::collections::HashSet;
use std::time::Duration;

use event_store::{Response, TransportError, path_segment};
use serde::{Deserialize, Serialize};

use super::batch::{Batch, Look};
use super::errand::{Errand, Job};
use super::shipper::Shipper;
use super::stats::Condition;

const GONE: &str = "index_not_found_exception";

#[derive(Serialize)]
struct GetMany {
    ids: Vec<String>,
}

#[derive(Serialize)]
struct Search {
    size: usize,
    #[serde(rename = "_source")]
    source: bool,
    query: Query,
}

#[derive(Serialize)]
struct Query {
    ids: Ids,
}

#[derive(Serialize)]
struct Ids {
    values: Vec<String>,
}

/// The question about all documents of a batch.
pub(super) fn errand(alias: &str, batch: Batch, sent: Duration) -> Errand {
    let ids: Vec<String> = batch.items.iter().map(|item| item.id.to_string()).collect();
    let pin = batch.pin.as_deref().unwrap_or(alias);
    let (path, question) = if batch.look == Some(Look::Alias) {
        let path = format!(
            "/{}/_search?allow_partial_search_results=false&filter_path=hits.hits._id,timed_out,_shards.failed",
            path_segment(alias)
        );
        let search = Search { size: ids.len(), source: false, query: Query { ids: Ids { values: ids } } };
        (path, serde_json::to_vec(&search))
    } else {
        let path =
            format!("/{}/_mget?_source=false&filter_path=docs._id,docs.found,docs.error.type", path_segment(pin));
        (path, serde_json::to_vec(&GetMany { ids }))
    };
    let question = question.expect("texts and numbers are JSON");
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

#[derive(Deserialize)]
struct Found {
    timed_out: bool,
    #[serde(rename = "_shards")]
    shards: Shards,
    #[serde(default)]
    hits: Hits,
}

#[derive(Deserialize)]
struct Shards {
    failed: u32,
}

#[derive(Default, Deserialize)]
struct Hits {
    #[serde(default)]
    hits: Vec<Hit>,
}

#[derive(Deserialize)]
struct Hit {
    #[serde(rename = "_id")]
    id: String,
}

/// What the answer says.
enum Answer {
    /// These are stored, and no others.
    Stored(HashSet<String>),
    /// There is no such index.
    Gone,
    /// Nothing; in one line why.
    Nothing(Condition, String),
}

impl Shipper {
    pub(super) fn complete_look(&mut self, mut batch: Batch, outcome: Result<Response, TransportError>) {
        let look = batch.look.unwrap_or(Look::Index);
        let answer = match outcome {
            Err(error) => Answer::Nothing(Condition::Unreachable, error.to_string()),
            Ok(response) => read(look, batch.items.len(), &response),
        };
        match answer {
            Answer::Stored(ids) => self.settle(batch, &ids),
            Answer::Gone if look != Look::Alias => {
                batch.look = Some(Look::Alias);
                self.retry_now(batch);
            }
            Answer::Gone => {
                self.target.forget();
                self.trouble(Condition::NotInstalled, "the alias is gone");
                self.retry(batch);
            }
            Answer::Nothing(condition, text) => {
                self.trouble(condition, &format!("cannot tell which documents are stored: {text}"));
                self.retry(batch);
            }
        }
    }

    /// Finishes what is stored. The rest goes to its index if that takes it, and anywhere if it certainly is not there.
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
        if batch.is_refused && batch.look != Some(Look::Exists) {
            let rejection = |place: usize| Some((place, batch.items[place].rejection.as_deref()?));
            let refused: Vec<_> = missing.iter().filter_map(|place| rejection(*place)).collect();
            let put = self.put_aside(&batch, &refused);
            missing.retain(|place| put.binary_search(place).is_err());
        }
        batch.keep(&missing);
        if batch.is_empty() {
            self.recycle(batch);
        } else if batch.is_refused {
            self.retry(batch);
        } else {
            if batch.look == Some(Look::Exists) {
                batch.exists = true;
            } else {
                (batch.in_doubt, batch.pin) = (false, None);
            }
            batch.look = None;
            self.retry_now(batch);
        }
    }
}

fn read(look: Look, documents: usize, response: &Response) -> Answer {
    if let Some(refusal) = response.refusal() {
        return match refusal.status {
            // Only an engine knows that; a proxy that finds nothing says 404 as well.
            404 if refusal.error_type == GONE => Answer::Gone,
            401 | 403 => Answer::Nothing(Condition::Forbidden, format!("{refusal}; asking needs the right to read")),
            _ => Answer::Nothing(Condition::Refused, refusal.to_string()),
        };
    }
    let unclear = || Answer::Nothing(Condition::Refused, "the answer is not an engine's, or not complete".to_owned());
    match look {
        Look::Exists | Look::Index => match serde_json::from_slice::<Many>(&response.body) {
            Ok(many) if many.docs.len() != documents => unclear(),
            Ok(many) => match many.docs.iter().find_map(|one| one.error.as_ref()) {
                Some(said) if said.kind == GONE => Answer::Gone,
                Some(said) => Answer::Nothing(Condition::Refused, said.kind.clone()),
                None => Answer::Stored(many.docs.into_iter().filter(|one| one.found).map(|one| one.id).collect()),
            },
            Err(_) => unclear(),
        },
        Look::Alias => match serde_json::from_slice::<Found>(&response.body) {
            Ok(found) if !found.timed_out && found.shards.failed == 0 => {
                Answer::Stored(found.hits.hits.into_iter().map(|hit| hit.id).collect())
            }
            _ => unclear(),
        },
    }
}
