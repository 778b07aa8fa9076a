//! A request that a shipper wants sent, with its documents.

use std::time::Duration;

use event_store::{Method, Request};

use super::batch::Batch;
use super::target::TargetQuery;

/// A request to be sent. The driver of a shipper sends [`request`](Self::request) and passes this to
/// [`Shipper::complete`](super::shipper::Shipper::complete) with the outcome; otherwise its records stay unacknowledged.
#[derive(Debug)]
pub struct PendingRequest {
    pub(super) kind: RequestKind,
    pub(super) path: String,
    /// The body of a request that is not a bulk request.
    pub(super) body: Vec<u8>,
    pub(super) sent: Duration,
}

/// The purpose of a request.
#[derive(Debug)]
pub(super) enum RequestKind {
    /// Which indices are behind the target?
    Resolve(TargetQuery),
    /// Store these documents.
    Bulk(Batch),
    /// Which of these documents are there?
    ExistenceCheck(Batch),
}

impl PendingRequest {
    /// The request.
    #[must_use]
    pub fn request(&self) -> Request<'_> {
        match &self.kind {
            RequestKind::Resolve(_) => Request::get(&self.path),
            RequestKind::Bulk(batch) => Request::bulk(&self.path, batch.body.as_bytes()),
            RequestKind::ExistenceCheck(_) => Request::new(Method::Post, &self.path).with_json(&self.body),
        }
    }

    /// How many documents it stores, 0 when it only reads.
    #[must_use]
    pub fn documents(&self) -> usize {
        match &self.kind {
            RequestKind::Bulk(batch) => batch.items.len(),
            RequestKind::Resolve(_) | RequestKind::ExistenceCheck(_) => 0,
        }
    }
}
