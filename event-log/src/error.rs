//! Errors of a service and its loggers that a caller can act on.
//!
//! The errors of this crate say their causes in their own `Display`, and no value of an event. `Debug` says the same, so that
//! an error that a `main` returns, which is printed by `Debug`, reads as a sentence.

use std::path::PathBuf;

use ecs_schema::Violations;
use event_spool::{AppendError, OpenError};

use crate::Invalid;
use crate::registry::RegisterError;

/// Why a service could not be started.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// A spool of the service cannot be opened: another process has it, or the disk refuses.
    #[error("the spool in `{}` cannot be opened: {source}", directory.display())]
    Spool {
        /// The spool's directory.
        directory: PathBuf,
        /// What the spool says.
        r#source: OpenError,
    },
    /// Files of the spool or the quarantine are too small for events as large as [`max_event_bytes`] says.
    ///
    /// [`max_event_bytes`]: crate::ServiceBuilder::max_event_bytes
    #[error(
        "events of up to `{bytes}` bytes do not fit the files of the {setting}: set its `segment_bytes` to `{needed}` or more"
    )]
    EventBytes {
        /// The maximum size of events.
        bytes: usize,
        /// `spool` or `quarantine`.
        setting: &'static str,
        /// The minimum size of its files.
        needed: u64,
    },
    /// The fixed fields are not valid.
    #[error("the fixed fields break rules of the log: {0}")]
    Fixed(Violations),
    /// The provider of the service's own events cannot be registered.
    #[error("the provider of the service's own events cannot be registered: {0}")]
    Register(RegisterError),
    /// The bundle does not create the alias or data stream to ship to.
    #[error(
        "the files of the log `{log}` create no alias or data stream `{target}`, but `{}`: ship there, as `Shipping::installing` does",
        made.join("`, `")
    )]
    Target {
        /// The alias or data stream that is shipped to.
        target: String,
        /// The log of the bundle.
        log: String,
        /// The aliases or data streams that the bundle creates.
        made: Vec<String>,
    },
    /// Shipping cannot begin: its journal or the quarantine cannot be read, or the system has no threads.
    #[error("shipping cannot begin: {0}")]
    Shipping(Box<dyn std::error::Error + Send + Sync>),
}

/// Why a logger could not be made.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum LoggerError {
    /// The defaults are not valid; fields that they lack may come from the events.
    #[error("the defaults break rules of the log: {0}")]
    Defaults(Violations),
}

/// Why an event is not known to be on disk.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum LogError {
    /// The event was refused; it is in the quarantine.
    #[error("the event is refused: {0}")]
    Invalid(Invalid),
    /// The spool rejected the event, or could not sync it.
    #[error("the spool rejected the event: {0}")]
    Append(AppendError),
}

/// Implements `Debug` by `Display`.
macro_rules! debug_by_display {
    ($($error:ty),+ $(,)?) => {
        $(impl std::fmt::Debug for $error {
            fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                std::fmt::Display::fmt(self, out)
            }
        })+
    };
}

debug_by_display!(
    Invalid,
    LogError,
    LoggerError,
    RegisterError,
    StartError,
    crate::IdError,
    crate::RecordError,
    crate::quarantine::EntryError,
    crate::quarantine::QuarantineError,
);
