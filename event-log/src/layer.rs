//! A layer of `tracing` that turns selected spans and events into log events. Owns the selection and the mapping of fields; checks
//! nothing, because the logger does.
//!
//! Spans and events that have a field `event.action` are selected; all others are ignored. So nothing is logged by accident, and
//! the reports of this crate, which have no such field, are never logged again.
//!
//! | in `tracing` | in the event |
//! | --- | --- |
//! | a field, `"kibana.space_ids"`, `event.provider`, … | the field of that path |
//! | the message of an event | `message`, unless the field is there |
//! | the name of a span | `message`, unless the field is there |
//! | the level, in lower case | `log.level`, where the log has it |
//! | the target | `log.logger`, where the log has it |
//! | when a span was created and when it closed | `event.start`, `event.end`, `event.duration` |
//! | whether an event of level `ERROR` was in a span | `event.outcome`: `failure` or `success`, unless the field is there |
//!
//! A span is logged when it closes, with the fields recorded until then. A field that the log does not have makes the event
//! invalid, and so keeps it in the quarantine with the reason. Fields that are arrays in the log take one value or, as
//! text, a JSON array.

mod fields;

use std::fmt;

use ecs_schema::{Kind, Log, ObjectRule, Timestamp};
use serde_json::{Value, json};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::LookupSpan;

use crate::EventLogger;
use fields::{Fields, contains, put, put_absent};

/// The field that makes a span or an event one for the log.
const CHOSEN: &str = "event.action";

/// Logs the spans and events of `tracing` that have a field `event.action`; see the module.
///
/// # Examples
/// ```
/// use ecs_schema::generated::kibana_event_log::KibanaEventLog;
/// use event_log::{EventLogService, TracingLayer};
/// use serde_json::json;
/// use tracing_subscriber::layer::SubscriberExt;
///
/// # let directory = tempfile::tempdir()?;
/// let service = EventLogService::<KibanaEventLog>::builder().start(directory.path())?;
/// service.register_provider_actions("actions", ["execute"])?;
/// let logger = service.logger_json(&json!({"event": {"provider": "actions"}}))?;
/// let subscriber = tracing_subscriber::registry().with(TracingLayer::new(logger));
/// tracing::subscriber::with_default(subscriber, || {
///     tracing::info_span!("sending", event.action = "execute", user.name = "ann").in_scope(|| {
///         tracing::info!("this has no action, and is not logged");
///     });
/// });
/// assert_eq!(service.metrics().accepted, 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct TracingLayer<L> {
    logger: EventLogger<L>,
}

impl<L: Log> TracingLayer<L> {
    /// A layer that logs to `logger`.
    #[must_use]
    pub const fn new(logger: EventLogger<L>) -> Self {
        Self { logger }
    }

    /// The log event for a span or event with this `metadata`.
    fn begin(metadata: &Metadata<'_>) -> Value {
        let mut event = json!({});
        let root = L::RULES.root();
        if has_field(root, "log", "level") {
            put(&mut event, "log.level", metadata.level().as_str().to_lowercase().into());
        }
        if has_field(root, "log", "logger") {
            put(&mut event, "log.logger", metadata.target().into());
        }
        event
    }
}

/// The state of a selected span.
struct Open {
    event: Value,
    timing: crate::Timing,
}

/// Marks a span in which something failed.
struct Failed;

impl<L: Log + 'static, S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for TracingLayer<L> {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let metadata = attributes.metadata();
        if metadata.fields().field(CHOSEN).is_none() {
            return;
        }
        let Some(span) = context.span(id) else { return };
        let mut event = Self::begin(metadata);
        attributes.record(&mut Fields::of::<L>(&mut event));
        let timing = crate::Timing::start(&mut L::blank());
        span.extensions_mut().insert(Open { event, timing });
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        if let Some(span) = context.span(id)
            && let Some(open) = span.extensions_mut().get_mut::<Open>()
        {
            values.record(&mut Fields::of::<L>(&mut open.event));
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        if *event.metadata().level() == Level::ERROR {
            for span in context.event_scope(event).into_iter().flatten() {
                span.extensions_mut().replace(Failed);
            }
        }
        if event.metadata().fields().field(CHOSEN).is_some() {
            let mut value = Self::begin(event.metadata());
            event.record(&mut Fields::of::<L>(&mut value));
            self.logger.log_value(&value);
        }
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        let Some(span) = context.span(&id) else { return };
        let (open, is_failed) = {
            let mut extensions = span.extensions_mut();
            (extensions.remove::<Open>(), extensions.remove::<Failed>().is_some())
        };
        let Some(Open { mut event, timing }) = open else { return };
        // The action of this span was declared but never recorded.
        if !contains(&event, CHOSEN) {
            return;
        }
        let duration = timing.elapsed_nanos();
        let end = Timestamp::from_unix_nanos(timing.started().unix_nanos() + i128::from(duration));
        put_absent(&mut event, "event.start", timing.started().to_string().into());
        put_absent(&mut event, "event.duration", duration.into());
        put_absent(&mut event, "event.end", end.unwrap_or(Timestamp::MAX).to_string().into());
        put_absent(&mut event, "event.outcome", if is_failed { "failure" } else { "success" }.into());
        put_absent(&mut event, "message", span.name().into());
        self.logger.log_value(&event);
    }
}

fn has_field(root: &ObjectRule, object: &str, field: &str) -> bool {
    match root.field(object).map(ecs_schema::FieldRule::kind) {
        Some(Kind::Object(rules)) => rules.field(field).is_some(),
        _ => false,
    }
}

impl<L: Log> fmt::Debug for TracingLayer<L> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "TracingLayer({})", L::NAME)
    }
}
