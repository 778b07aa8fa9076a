//! A request that a shipper wants sent, with the documents that it is about.

use std::time::Duration;

use event_store::{Method, Request};

use super::batch::Batch;
use super::target::Question;

/// Something to be sent. Whoever drives a shipper sends [`request`](Self::request) and hands the errand back with what
/// came of it; one that is not handed back leaves its records unacknowledged.
#[derive(Debug)]
pub struct Errand {
    pub(super) job: Job,
    pub(super) path: String,
    /// The body of what is no bulk request.
    pub(super) question: Vec<u8>,
    pub(super) sent: Duration,
}

#[derive(Debug)]
pub(super) enum Job {
    /// Which indices are behind the target?
    Resolve(Question),
    /// Store these documents.
    Bulk(Batch),
    /// Which of these documents are there?
    Look(Batch),
}

impl Errand {
    /// The request.
    #[must_use]
    pub fn request(&self) -> Request<'_> {
        match &self.job {
            Job::Resolve(_) => Request::get(&self.path),
            Job::Bulk(batch) => Request::bulk(&self.path, batch.body.as_bytes()),
            Job::Look(_) => Request::new(Method::Post, &self.path).with_json(&self.question),
        }
    }

    /// Documents that it stores, 0 when it only asks.
    #[must_use]
    pub fn documents(&self) -> usize {
        match &self.job {
            Job::Bulk(batch) => batch.items.len(),
            Job::Resolve(_) | Job::Look(_) => 0,
        }
    }
}
