//! Counts of what a fake engine has received and stored.

use serde_json::{Value, json};

/// Counts since the start or the last reset.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Documents stored, in all indices.
    pub documents: u64,
    /// Different ids among them.
    pub unique: u64,
    /// Documents whose id another index has as well: the effect of a rollover between two attempts.
    pub duplicates_across_indices: u64,
    /// Documents refused with 409, because their index has the id.
    pub duplicates_refused: u64,
    /// Documents refused with 400.
    pub rejected: u64,
    /// Documents refused with 429.
    pub busy: u64,
    /// Bulk requests, including those with a fault.
    pub requests: u64,
    /// Bulk requests whose body came compressed.
    pub gzip_requests: u64,
    /// Requests into which a fault was injected.
    pub struck: u64,
    /// Bytes of the bodies of bulk requests, after decompression.
    pub bytes: u64,
    /// Accepted connections.
    pub connections: u64,
}

impl Stats {
    pub(crate) fn to_json(&self) -> Value {
        json!({
            "documents": self.documents,
            "unique": self.unique,
            "duplicates_across_indices": self.duplicates_across_indices,
            "duplicates_refused": self.duplicates_refused,
            "rejected": self.rejected,
            "busy": self.busy,
            "requests": self.requests,
            "gzip_requests": self.gzip_requests,
            "struck": self.struck,
            "bytes": self.bytes,
            "connections": self.connections,
        })
    }
}
