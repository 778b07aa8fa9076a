//! A client for Elasticsearch and OpenSearch: bulk requests and their replies, the transport, the indices behind an alias or a
//! data stream, and the installation of a log's generated files. Knows what engines answer and nothing about events; documents
//! are bytes here, and nothing runs in the background.
//!
//! * [`BulkBody`] and [`read_bulk_reply`]: documents to a request, a reply to an [`ItemOutcome`] for each.
//! * [`Transport`]: one request, one reply. [`HttpTransport`] is the real one, with the feature
//!   `http`, which is on by default; tests have their own.
//! * [`WriteTarget`], [`resolve_target`]: the concrete indices behind an alias or a data stream, so that a repeated request
//!   cannot store a document twice.
//! * [`Bundle`], [`Installer`], [`RetryingInstaller`]: idempotent installation of what `ecs-gen` generated.
//!
//! # Examples
//! Any type that answers requests is a [`Transport`]; this one claims that every document is already stored:
//!
//! ```
//! use event_store::{
//!     BulkBody, ItemOutcome, Request, Response, Transport, TransportError, bulk_path_to_index, read_bulk_reply,
//! };
//!
//! struct AlwaysStored;
//!
//! impl Transport for AlwaysStored {
//!     fn send(&self, request: &Request<'_>) -> Result<Response, TransportError> {
//!         assert_eq!(request.content_type, "application/x-ndjson");
//!         Ok(Response::json(200, r#"{"errors":true,"items":[{"create":{"status":409}}]}"#))
//!     }
//! }
//!
//! let mut body = BulkBody::default();
//! body.push("0190b6a4-5e0c-7cc2-a1b7-9d7b2f4f3c11", br#"{"message":"hello"}"#)?;
//!
//! let path = bulk_path_to_index(".kibana-event-log-000001");
//! let reply = AlwaysStored.send(&Request::bulk(&path, body.as_bytes()))?;
//! read_bulk_reply(&reply, body.documents(), ".kibana-event-log-000001", &mut |place, outcome, _| {
//!     assert_eq!((place, outcome), (0, ItemOutcome::AlreadyStored));
//! })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod ambiguity;
mod backoff;
mod bulk;
mod error;
#[cfg(feature = "http")]
mod http;
mod install;
mod name;
mod reason;
mod refusal;
#[cfg(feature = "http")]
mod secret;
mod transport;
mod write_target;

pub use backoff::Backoff;
pub use bulk::{
    BULK_FILTER_PATH, BulkBody, FailureCause, ItemError, ItemOutcome, PushError, ResponseError, bulk_path_to_alias,
    bulk_path_to_index, measured_reasons, read_bulk_reply, read_bulk_response,
};
#[cfg(feature = "http")]
pub use http::{
    BuildError, DEFAULT_CONNECT_TIMEOUT, DEFAULT_MAX_REPLY_BYTES, DEFAULT_REQUEST_TIMEOUT, Gzip, HttpTransport,
    HttpTransportBuilder,
};
pub use install::{
    Bundle, BundleError, EngineKind, INSTALL_BACKOFF, IndexOutcome, IndexReport, InstallError, InstallProgress,
    InstallReport, InstallStepOutcome, InstallStepReport, Installer, RetryingInstaller,
};
pub use name::path_segment;
pub use reason::reason_without_values;
pub use refusal::{Refusal, RefusalKind};
#[cfg(feature = "http")]
pub use secret::Secret;
pub use transport::{Method, Request, Response, Transport, TransportError, UnknownMethod};
pub use write_target::{ResolveError, TargetKind, WriteTarget, resolve_target, resolve_write_index};
