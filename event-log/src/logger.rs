//! Loggers, which a program uses to log events. Owns the calls; the path of an event is in `event_writer.rs`.

use std::fmt;
use std::sync::Arc;

use ecs_schema::{Log, ProviderAction, Timestamp};
use serde_json::Value;

use crate::error::LogError;
use crate::event_writer::{EventWriter, JsonText, JsonValue, TypedEvent};
use crate::id::EventId;
use crate::invalid::Invalid;
use crate::timing::Timing;

/// Logs events of the log `L` with a set of defaults; made by [`EventLogService::logger`](crate::EventLogService::logger).
///
/// A call to log costs some hundred nanoseconds: the event is merged with defaults and fixed fields, checked, written as
/// JSON and copied into the memory-mapped spool, from where it survives the death of the process. It makes no system call
/// but the clock's, which needs none on usual machines; takes no lock; allocates nothing once the thread's buffer has
/// grown; and cannot fail, because there is nothing that the caller should do: an event that breaks rules is kept in
/// the quarantine with the reason, as is one above [`max_event_bytes`](crate::ServiceBuilder::max_event_bytes), counted, and reported through `tracing` now and then. Placeholders in required fields
/// of a struct count as absent; see [`Overlay`](ecs_schema::Overlay).
///
/// An event's own `event.id` becomes the id of its document, too, when it is a UUID; logging it twice stores it once.
pub struct EventLogger<L> {
    writer: Arc<EventWriter<L>>,
}

impl<L: Log> EventLogger<L> {
    pub(crate) fn new(writer: EventWriter<L>) -> Self {
        Self { writer: Arc::new(writer) }
    }

    /// Logs an event, and says under which id: its own `event.id` when that is a UUID, else a new one, which becomes its
    /// `event.id` if it has none. The event is found by this id, whether it is in the store or in the quarantine.
    pub fn log_event(&self, event: &L) -> EventId {
        self.writer.log(&TypedEvent(event), None)
    }

    /// Logs an event whose document gets the id `id`; the field `event.id` too, unless the event has one.
    pub fn log_event_as(&self, id: EventId, event: &L) -> EventId {
        self.writer.log(&TypedEvent(event), Some(id))
    }

    /// Logs an event that is a JSON object, as [`log_event`](Self::log_event) does. A null in it removes a default.
    #[expect(clippy::must_use_candidate, reason = "most callers ignore the ids of their events")]
    pub fn log_value(&self, event: &Value) -> EventId {
        self.writer.log(&JsonValue(event), None)
    }

    /// Logs an event that is the text of a JSON object, as [`log_event`](Self::log_event) does. A null in it removes a default.
    #[expect(clippy::must_use_candidate, reason = "most callers ignore the ids of their events")]
    pub fn log_json(&self, event: &str) -> EventId {
        self.writer.log(&JsonText(event), None)
    }

    /// Logs an event and waits until it would survive the death of the machine; several callers wait for one sync.
    ///
    /// # Errors
    /// [`LogError::Invalid`] when the event is refused (it is in the quarantine then), [`LogError::Append`] when it is not
    /// known to be on disk.
    pub fn log_event_durable(&self, event: &L) -> Result<EventId, LogError> {
        self.writer.log_durable(&TypedEvent(event))
    }

    /// The same for the text of a JSON object.
    ///
    /// # Errors
    /// As [`log_event_durable`](Self::log_event_durable).
    pub fn log_json_durable(&self, event: &str) -> Result<EventId, LogError> {
        self.writer.log_durable(&JsonText(event))
    }

    /// Checks whether an event would be logged, and returns why not; logs and counts nothing.
    ///
    /// # Errors
    /// The reason.
    pub fn check_event(&self, event: &L) -> Result<(), Invalid> {
        self.writer.check(&TypedEvent(event))
    }

    /// The same for the text of a JSON object.
    ///
    /// # Errors
    /// The reason.
    pub fn check_json(&self, event: &str) -> Result<(), Invalid> {
        self.writer.check(&JsonText(event))
    }

    /// Starts a timing for an event, and sets its `event.start`; [`stop_timing`](Self::stop_timing) ends it.
    pub fn start_timing(&self, event: &mut L) -> Timing {
        Timing::start(event)
    }

    /// The same with a given start.
    pub fn start_timing_at(&self, event: &mut L, start: Timestamp) -> Timing {
        Timing::start_at(event, start)
    }

    /// Ends a timing, and sets `event.end` and `event.duration`, in nanoseconds.
    ///
    /// A timing is a value, so only a timing that was started can be stopped.
    pub fn stop_timing(&self, timing: Timing, event: &mut L) {
        timing.stop(event);
    }
}

impl<L> Clone for EventLogger<L> {
    fn clone(&self) -> Self {
        Self { writer: Arc::clone(&self.writer) }
    }
}

impl<L: Log> fmt::Debug for EventLogger<L> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "EventLogger({})", L::NAME)
    }
}

/// Logs events of one provider whose actions are an enum, so that neither provider nor action can be misspelt, and neither is
/// looked up. Made by [`EventLogService::provider_logger`](crate::EventLogService::provider_logger).
///
/// ```compile_fail,E0599
/// use ecs_schema::generated::kibana_event_log::{ActionsAction, KibanaEventLog};
///
/// fn log(logger: &event_log::ProviderLogger<KibanaEventLog, ActionsAction>, event: &KibanaEventLog) {
///     logger.log_event(ActionsAction::Exceute, event);
/// }
/// ```
///
/// ```
/// use ecs_schema::generated::kibana_event_log::{ActionsAction, KibanaEventLog};
///
/// fn log(logger: &event_log::ProviderLogger<KibanaEventLog, ActionsAction>, event: &KibanaEventLog) {
///     logger.log_event(ActionsAction::Execute, event);
/// }
/// ```
pub struct ProviderLogger<L, A> {
    /// For each action, in the order of the enum, the logger with that action fixed.
    loggers: Arc<[(A, EventLogger<L>)]>,
}

impl<L: Log, A: ProviderAction> ProviderLogger<L, A> {
    pub(crate) fn new(loggers: Vec<(A, EventLogger<L>)>) -> Self {
        Self { loggers: loggers.into() }
    }

    /// Logs an event of `action`, and returns its id; see [`EventLogger::log_event`]. Provider and action in the event itself are
    /// ignored.
    #[inline]
    pub fn log_event(&self, action: A, event: &L) -> EventId {
        self.action(action).log_event(event)
    }

    /// The logger of one action.
    #[must_use]
    pub fn action(&self, action: A) -> &EventLogger<L> {
        let found = self.loggers.iter().find(|(known, _)| *known == action);
        found.map(|(_, logger)| logger).expect("`ProviderAction::ALL` has every action")
    }
}

impl<L, A> Clone for ProviderLogger<L, A> {
    fn clone(&self) -> Self {
        Self { loggers: Arc::clone(&self.loggers) }
    }
}

impl<L: Log, A: ProviderAction> fmt::Debug for ProviderLogger<L, A> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "ProviderLogger({}, {})", L::NAME, A::PROVIDER)
    }
}
