//! What can go wrong with a service and its loggers, where a caller acts on it.

use std::path::PathBuf;

use ecs_schema::Violations;
use event_spool::{AppendError, OpenError};

use crate::Invalid;
use crate::registry::RegisterError;
use crate::ship::PortError;

/// Why a service could not be started.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// A spool of the service cannot be opened: another process has it, or the disk refuses.
    #[error("the spool in `{}` cannot be opened", directory.display())]
    Spool {
        /// The spool's directory.
        directory: PathBuf,
        /// What the spool says.
        source: OpenError,
    },
    /// The fixed fields are not valid.
    #[error("the fixed fields break rules of the log")]
    Fixed(#[source] Violations),
    /// The provider of the service's own events cannot be registered.
    #[error("the provider of the service's own events cannot be registered")]
    Register(#[source] RegisterError),
    /// What is to be installed does not make the alias that is shipped to. Data streams are not shipped to.
    #[error("the files of the log `{log}` make no alias `{alias}`")]
    Alias {
        /// The alias that is shipped to.
        alias: String,
        /// The log of the bundle.
        log: String,
    },
    /// Shipping cannot begin: its journal or the quarantine cannot be read, or the system has no threads.
    #[error("shipping cannot begin")]
    Shipping(#[source] PortError),
}

/// Why a logger could not be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LoggerError {
    /// The defaults are not valid, as they are; what they lack, the events may have.
    #[error("the defaults break rules of the log")]
    Defaults(#[source] Violations),
}

/// Why an event is not known to be on disk.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LogError {
    /// The event was refused; it is in the quarantine.
    #[error("the event is refused")]
    Invalid(#[source] Invalid),
    /// The spool did not take the event, or could not sync it.
    #[error("the spool does not take the event")]
    Append(#[source] AppendError),
}
