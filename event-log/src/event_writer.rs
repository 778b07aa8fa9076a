//! The path of one event from the call into the spool: merged with the logger's defaults, checked, written into the thread's
//! buffer, appended. A refused event goes to the quarantine, is counted and, at intervals, reported. Owns the order of these
//! steps.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use ecs_schema::{JsonError, Log, Overlay, Stamps, Timestamp};
use event_spool::{AppendError, Spool};
use serde_json::Value;

use crate::error::LogError;
use crate::id::EventId;
use crate::invalid::{Invalid, ReasonCounts};
use crate::quarantine::{Entry, EntryKind, Quarantine};
use crate::record::{EventRecord, HEAD_BYTES};
use crate::registry::Registry;
use crate::thread_buffer::with_buffer;

/// The mark of `event.provider`.
pub(crate) const PROVIDER: usize = 0;
/// The mark of `event.action`.
pub(crate) const ACTION: usize = 1;
/// The mark of `event.id`.
pub(crate) const ID: usize = 2;

/// The reason for which events are lost in a process that was forked from the one that started the service.
pub(crate) const FORKED: &str = "forked";

/// What all loggers of a service share.
#[derive(Debug)]
pub(crate) struct ServiceShared {
    pub(crate) spool: Spool,
    pub(crate) quarantine: Quarantine,
    pub(crate) registry: Registry,
    /// Events that were refused, by reason.
    pub(crate) invalid: ReasonCounts,
    /// Events that are lost, by reason: rejected by the spool or by the quarantine.
    pub(crate) lost: ReasonCounts,
}

impl ServiceShared {
    pub(crate) fn new(spool: Spool, quarantine: Quarantine, report_interval: Duration) -> Self {
        Self {
            spool,
            quarantine,
            registry: Registry::default(),
            invalid: ReasonCounts::new(report_interval),
            lost: ReasonCounts::new(report_interval),
        }
    }

    /// Keeps a refused event.
    #[cold]
    fn keep_invalid(&self, invalid: &Invalid, id: EventId, document: &[u8]) {
        let reason = invalid.with_values().to_string();
        let entry = Entry { id: Some(id), ..Entry::new(EntryKind::Invalid, &reason, document) };
        let kept = self.quarantine.put(&entry);
        let cut = self.quarantine.cut_of(&entry);
        // Counted apart, so that no line about an event that is whole speaks for one that is not.
        let code = if cut.is_some() { "truncated" } else { invalid.code() };
        match (kept, self.invalid.count(code), cut) {
            (Err(error), ..) => {
                self.count_lost("quarantine", &format_args!("{invalid}; the quarantine rejected it: {error}"));
            }
            (Ok(_), Some(count), None) => {
                tracing::warn!(reason = code, count, "invalid event kept in quarantine: {invalid}");
            }
            (Ok(_), Some(count), Some(most)) => {
                tracing::error!(
                    reason = code,
                    count,
                    "only the first {most} bytes of an invalid event are kept in the quarantine, which accepts no more: {invalid}",
                );
            }
            (Ok(_), None, _) => (),
        }
    }

    /// Counts an event that the spool rejected.
    #[cold]
    pub(crate) fn count_lost(&self, code: &'static str, error: &dyn fmt::Display) {
        if let Some(count) = self.lost.count(code) {
            tracing::error!(reason = code, count, "event lost: {error}");
        }
    }
}

/// Why an append failed, in one word.
fn code_of(error: &AppendError) -> &'static str {
    match error {
        AppendError::Full { .. } => "spool-full",
        AppendError::NoSegment { .. } => "no-segment",
        AppendError::NotSynced { .. } => "not-synced",
        _ => "spool",
    }
}

/// Whether the provider and the action of an event are looked up in the registry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ActionCheck {
    Registry,
    /// They are fixed, or the log has no such fields.
    Skip,
}

/// Writes events of one logger.
#[derive(Debug)]
pub(crate) struct EventWriter<L> {
    pub(crate) shared: Arc<ServiceShared>,
    pub(crate) overlay: Overlay<L>,
    pub(crate) action_check: ActionCheck,
}

/// An event in one of the forms in which it can be given.
pub(crate) trait EventInput<L> {
    /// Appends the event's document to `out`, and gives back its id.
    fn write(
        &self,
        writer: &EventWriter<L>,
        stamps: &Stamps<'_>,
        id: EventId,
        out: &mut Vec<u8>,
    ) -> Result<EventId, Invalid>;

    /// The document that the quarantine keeps of a refused event, of which `written` has been written: what would have been
    /// logged, with defaults, fixed fields and stamps, so that it can be resubmitted unchanged; otherwise the event as it was
    /// passed in.
    fn quarantined<'a>(&'a self, written: &'a [u8]) -> &'a [u8] {
        written
    }
}

impl<L: Log> EventWriter<L> {
    /// Logs the event and returns its id; every failure is handled here.
    #[inline]
    pub(crate) fn log(&self, input: &impl EventInput<L>, id: Option<EventId>) -> EventId {
        if self.shared.spool.is_forked() {
            self.shared.count_lost(FORKED, &AppendError::Forked);
            return id.unwrap_or_else(EventId::new);
        }
        with_buffer(|buffer| {
            let (id, written) = self.write(input, id, buffer);
            let appended = written.map(|()| self.shared.spool.append(buffer));
            match appended {
                Ok(Ok(_)) => {}
                Ok(Err(error)) => self.note_failed(&error, input, id, buffer),
                Err(invalid) => self.refuse(&invalid, input, id, buffer),
            }
            id
        })
    }

    /// Logs the event and waits until it is on disk.
    pub(crate) fn log_durable(&self, input: &impl EventInput<L>) -> Result<EventId, LogError> {
        if self.shared.spool.is_forked() {
            self.shared.count_lost(FORKED, &AppendError::Forked);
            return Err(LogError::Append(AppendError::Forked));
        }
        with_buffer(|buffer| {
            let (id, written) = self.write(input, None, buffer);
            if let Err(invalid) = written {
                self.refuse(&invalid, input, id, buffer);
                return Err(LogError::Invalid(invalid));
            }
            match self.shared.spool.append_durable(buffer) {
                Ok(_) => Ok(id),
                Err(error) => {
                    if !matches!(error, AppendError::NotSynced { .. }) {
                        self.note_failed(&error, input, id, buffer);
                    }
                    Err(LogError::Append(error))
                }
            }
        })
    }

    /// Says why the event would not be logged.
    pub(crate) fn check(&self, input: &impl EventInput<L>) -> Result<(), Invalid> {
        with_buffer(|buffer| {
            let limit = self.shared.spool.max_record_bytes();
            self.write(input, None, buffer).1?;
            if buffer.len() > limit { Err(too_large(buffer.len(), limit)) } else { Ok(()) }
        })
    }

    /// Writes the event's record into the empty `buffer`. A given id takes precedence over the event's own.
    #[inline]
    fn write(
        &self,
        input: &impl EventInput<L>,
        given: Option<EventId>,
        buffer: &mut Vec<u8>,
    ) -> (EventId, Result<(), Invalid>) {
        let now = Timestamp::now();
        let id = given.unwrap_or_else(|| EventId::at(now));
        buffer.extend_from_slice(&EventRecord::head(id));
        let text = id.text();
        match input.write(self, &Stamps { now, id: text.as_bytes() }, id, buffer) {
            Ok(own) if own != id && given.is_none() => {
                buffer[..HEAD_BYTES].copy_from_slice(&EventRecord::head(own));
                (own, Ok(()))
            }
            Ok(_) => (id, Ok(())),
            Err(invalid) => (given.or_else(|| own_id(&buffer[HEAD_BYTES..])).unwrap_or(id), Err(invalid)),
        }
    }

    /// Handles a record that the spool rejected.
    #[cold]
    fn note_failed(&self, error: &AppendError, input: &impl EventInput<L>, id: EventId, record: &[u8]) {
        match error {
            AppendError::TooLarge { bytes, limit } => self.refuse(&too_large(*bytes, *limit), input, id, record),
            _ => self.shared.count_lost(code_of(error), error),
        }
    }

    #[cold]
    fn refuse(&self, invalid: &Invalid, input: &impl EventInput<L>, id: EventId, record: &[u8]) {
        let written = record.get(HEAD_BYTES..).unwrap_or_default();
        self.shared.keep_invalid(invalid, id, input.quarantined(written));
    }

    #[cold]
    fn unregistered(&self, provider: &str, action: &str) -> Invalid {
        let is_provider_known = self.shared.registry.has_provider(provider);
        Invalid::Unregistered { provider: provider.to_owned(), action: action.to_owned(), is_provider_known }
    }
}

/// From the sizes of records.
fn too_large(bytes: usize, limit: usize) -> Invalid {
    let document = |record: usize| record.saturating_sub(HEAD_BYTES);
    Invalid::TooLarge { bytes: document(bytes), limit: document(limit) }
}

/// The id that a refused document has.
#[cold]
fn own_id(document: &[u8]) -> Option<EventId> {
    let document: Value = serde_json::from_slice(document).ok()?;
    EventId::parse(document.pointer("/event/id")?.as_str()?.as_bytes())
}

/// An event as a struct.
pub(crate) struct TypedEvent<'a, L>(pub(crate) &'a L);

impl<L: Log> EventInput<L> for TypedEvent<'_, L> {
    #[inline]
    fn write(
        &self,
        writer: &EventWriter<L>,
        stamps: &Stamps<'_>,
        id: EventId,
        out: &mut Vec<u8>,
    ) -> Result<EventId, Invalid> {
        let marks = writer.overlay.write_event(self.0, stamps, out).map_err(Invalid::Violations)?;
        let find = |mark| marks.find(mark, out).unwrap_or(b"\"\"");
        if writer.action_check == ActionCheck::Registry
            && !writer.shared.registry.contains_json(find(PROVIDER), find(ACTION))
        {
            let text = |json| serde_json::from_slice::<String>(json).unwrap_or_default();
            return Err(writer.unregistered(&text(find(PROVIDER)), &text(find(ACTION))));
        }
        let own = find(ID);
        let own = &own[1..own.len() - 1];
        Ok(if own == stamps.id { id } else { EventId::parse(own).unwrap_or(id) })
    }
}

/// An event as a JSON value.
pub(crate) struct JsonValue<'a>(pub(crate) &'a Value);

impl<L: Log> EventInput<L> for JsonValue<'_> {
    fn write(
        &self,
        writer: &EventWriter<L>,
        stamps: &Stamps<'_>,
        id: EventId,
        out: &mut Vec<u8>,
    ) -> Result<EventId, Invalid> {
        let mut event = self.0.clone();
        writer.overlay.write_value(&mut event, stamps, out).map_err(Invalid::Violations)?;
        writer.check_value(&event, id)
    }
}

/// An event as JSON text.
pub(crate) struct JsonText<'a>(pub(crate) &'a str);

impl<L: Log> EventInput<L> for JsonText<'_> {
    fn write(
        &self,
        writer: &EventWriter<L>,
        stamps: &Stamps<'_>,
        id: EventId,
        out: &mut Vec<u8>,
    ) -> Result<EventId, Invalid> {
        let event = writer.overlay.write_text(self.0, stamps, out).map_err(|error| match error {
            JsonError::Invalid(violations) => Invalid::Violations(violations),
            JsonError::Syntax(error) => Invalid::Syntax(error),
            other => Invalid::Syntax(serde_json::Error::io(std::io::Error::other(other))),
        })?;
        writer.check_value(&event, id)
    }

    fn quarantined<'a>(&'a self, written: &'a [u8]) -> &'a [u8] {
        if written.is_empty() { self.0.as_bytes() } else { written }
    }
}

impl<L: Log> EventWriter<L> {
    /// Checks what no table says about a merged document, and finds its id.
    fn check_value(&self, event: &Value, id: EventId) -> Result<EventId, Invalid> {
        let find = |pointer| event.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
        let (provider, action) = (find("/event/provider"), find("/event/action"));
        if self.action_check == ActionCheck::Registry && !self.shared.registry.contains(provider, action) {
            return Err(self.unregistered(provider, action));
        }
        Ok(EventId::parse(find("/event/id").as_bytes()).unwrap_or(id))
    }
}
