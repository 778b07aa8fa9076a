//! The runtime of an event log: events go in, are checked, and stand in a crash-safe spool until they are shipped.
//!
//! * [`EventLogService`] is the event log of a process: it owns the spools, the registry of providers, and makes loggers.
//! * [`EventLogger`] and [`ProviderLogger`] log. A call merges the logger's defaults with the event, checks and writes it,
//!   and appends it to the spool: no lock, no system call, no allocation in the steady state, nothing to await.
//! * What breaks the rules of the log is kept in the [`quarantine`] with the reason.
//! * [`Shipping`] brings events to an engine, and installs the log there; [`ship`] says what is promised.
//! * With the feature `tracing-layer`, a layer of `tracing` logs chosen spans and events.
//!
//! A service needs `ecs-schema` besides, for its structs, and no other crate of this workspace.
//!
//! Works without any asynchronous runtime, and in each: a call that logs waits for nothing. The calls that wait, such as
//! [`EventLogService::flush`] and [`EventLogService::stop`], say so.
//!
//! Without the feature `http`, which is on by default, there is no HTTP and no TLS: for programs that only spool, or ship
//! through a [`Transport`] of their own.

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

// What a service is set up with, so that it depends on this crate and `ecs-schema` alone.
pub use event_spool::{FlushPolicy, FullPolicy, Spool, SpoolBuilder};
#[cfg(feature = "http")]
pub use event_store::{BuildError, Gzip, HttpTransport, HttpTransportBuilder};
pub use event_store::{Bundle, BundleError, Transport, embed_bundle};

/// The examples of the page on the runtime.
#[cfg(all(doctest, feature = "http"))]
#[doc = include_str!("../../docs/runtime.md")]
struct RuntimePage;
