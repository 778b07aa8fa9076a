//! The runtime of an event log: events are checked and kept in a crash-safe spool until they are shipped.
//!
//! * [`EventLogService`] is the event log of a process: it owns the spools and the registry of providers, and creates loggers.
//! * [`EventLogger`] and [`ProviderLogger`] log. A call merges the logger's defaults with the event, checks and writes it,
//!   and appends it to the spool: no lock, no system call, no allocation in the steady state, nothing to await.
//! * An event that violates the rules of the log is kept in the [`quarantine`] with the reason.
//! * [`Shipping`] sends events to an engine, and installs the log there; [`ship`] states the guarantees.
//! * With the feature `tracing-layer`, a layer of `tracing` logs chosen spans and events.
//!
//! A service also needs `ecs-schema`, for its structs, and no other crate of this workspace.
//!
//! Works with and without an asynchronous runtime: calls that log wait for nothing. Calls that block, such as
//! [`EventLogService::flush`] and [`EventLogService::stop`], are documented as such.
//!
//! Without the feature `http`, which is on by default, there is no HTTP and no TLS: for programs that only spool, or that ship
//! through their own [`Transport`].

mod delivery;
mod error;
mod event_writer;
mod id;
mod invalid;
#[cfg(feature = "tracing-layer")]
mod layer;
mod logger;
mod loss;
mod metrics;
pub mod quarantine;
mod record;
mod registry;
mod service;
pub mod ship;
mod shipping;
mod thread_buffer;
mod timing;

pub use delivery::{DeliveryMetrics, InstallMetrics};
pub use error::{LogError, LoggerError, StartError};
pub use id::{EventId, IdError};
pub use invalid::Invalid;
#[cfg(feature = "tracing-layer")]
pub use layer::TracingLayer;
pub use logger::{EventLogger, ProviderLogger};
pub use metrics::{Health, MAX_HEALTHY_LAG, MAX_HEALTHY_PROBLEM, Metrics};
pub use record::{EventRecord, RecordError};
pub use registry::RegisterError;
pub use service::{
    DEFAULT_MAX_EVENT_BYTES, DEFAULT_REPORT_INTERVAL, EVENTS_DIRECTORY, EventLogService, QUARANTINE_DIRECTORY,
    ServiceBuilder, StopReport,
};
pub use shipping::Shipping;
pub use timing::Timing;

// Everything that a service is configured with, so that it depends only on this crate and `ecs-schema`.
pub use event_spool::{FlushPolicy, FullPolicy, Spool, SpoolBuilder};
#[cfg(feature = "http")]
pub use event_store::{BuildError, Gzip, HttpTransport, HttpTransportBuilder};
pub use event_store::{Bundle, BundleError, Transport, embed_bundle};

/// The examples of `docs/runtime.md`.
#[cfg(all(doctest, feature = "http"))]
#[doc = include_str!("../../docs/runtime.md")]
struct RuntimePage;
