//! The configuration of a service, with the defaults and their reasons.

use std::marker::PhantomData;
use std::path::Path;
use std::time::Duration;

use ecs_schema::{Log, Overlay, ProviderAction};
use event_spool::{Spool, SpoolBuilder};
use serde_json::{Value, json};

use super::{EventLogService, has_field};
use crate::error::StartError;
use crate::quarantine::{self, MAX_REASON_BYTES, Quarantine};
use crate::record::HEAD_BYTES;
use crate::shipping::Shipping;

/// A minute: refusals show up in the program's log soon, and a thousand refusals per second do not flood it.
pub const DEFAULT_REPORT_INTERVAL: Duration = Duration::from_mins(1);
/// 1 MiB: few events come near it, and a request with one is far below what engines and gateways accept.
pub const DEFAULT_MAX_EVENT_BYTES: usize = 1 << 20;
/// The folder of the spool of events, in the service's directory.
pub const EVENTS_DIRECTORY: &str = "events";
/// The folder of the quarantine, in the service's directory.
pub const QUARANTINE_DIRECTORY: &str = "quarantine";

/// Configures and starts an [`EventLogService`].
#[derive(Debug)]
#[must_use]
pub struct ServiceBuilder<L> {
    spool: Option<SpoolBuilder>,
    quarantine: Option<SpoolBuilder>,
    max_event_bytes: Option<usize>,
    pub(super) fixed: Value,
    pub(super) expands_dotted: bool,
    pub(super) report_interval: Duration,
    pub(super) own: Option<OwnEventSettings>,
    pub(super) shipping: Option<Shipping>,
    log: PhantomData<fn(&L)>,
}

/// The service's own events.
#[derive(Debug)]
pub(super) struct OwnEventSettings {
    pub(super) provider: &'static str,
    pub(super) actions: Vec<&'static str>,
    pub(super) starting: &'static str,
    pub(super) stopping: &'static str,
}

impl<L: Log> ServiceBuilder<L> {
    pub(super) fn new() -> Self {
        let ecs = if has_field::<L>(["ecs", "version"]) {
            json!({"ecs": {"version": L::RULES.ecs_version()}})
        } else {
            json!({})
        };
        Self {
            spool: None,
            quarantine: None,
            max_event_bytes: None,
            fixed: ecs,
            expands_dotted: false,
            report_interval: DEFAULT_REPORT_INTERVAL,
            own: None,
            shipping: None,
            log: PhantomData,
        }
    }

    /// The options of the spool of events: its size, what happens when it is full, when it is synced.
    pub fn spool(mut self, spool: SpoolBuilder) -> Self {
        self.spool = Some(spool);
        self
    }

    /// The options of the quarantine; by default [`Quarantine::spool_builder`].
    pub fn quarantine(mut self, spool: SpoolBuilder) -> Self {
        self.quarantine = Some(spool);
        self
    }

    /// The maximum size of an event's JSON in bytes, with defaults and fixed fields; by default [`DEFAULT_MAX_EVENT_BYTES`], or what
    /// the files of the spool allow, if that is less.
    ///
    /// Requires files, in spool and quarantine, of slightly more than twice that size (at most 128 MiB). If the spool or the
    /// quarantine is not configured, it gets such files; otherwise [`start`](Self::start) checks the size. A larger event is not
    /// logged: the quarantine keeps it, in full if it fits, otherwise its beginning. Engines accept requests of up to 100 MB by
    /// default (`http.max_content_length`), gateways in front of them often less.
    pub fn max_event_bytes(mut self, bytes: usize) -> Self {
        self.max_event_bytes = Some(bytes);
        self
    }

    /// The options with which the spools of events and of the quarantine are opened.
    pub(super) fn spools(&mut self) -> Result<[SpoolBuilder; 2], StartError> {
        let wanted = self.max_event_bytes;
        let bytes = wanted.unwrap_or(DEFAULT_MAX_EVENT_BYTES);
        let fit = |builder: Option<SpoolBuilder>, default: SpoolBuilder, head: usize, setting| {
            let record = bytes.saturating_add(head);
            let Some(builder) = builder else { return Ok(default.fit_records(record)) };
            let largest = builder.largest_record_bytes();
            if wanted.is_some() && record > largest {
                return Err(StartError::EventBytes { bytes, setting, needed: SpoolBuilder::segment_bytes_for(record) });
            }
            Ok(builder.max_record_bytes(record.min(largest)))
        };
        let spool = fit(self.spool.take(), Spool::builder(), HEAD_BYTES, "spool")?;
        let entry_head = quarantine::HEAD_BYTES + MAX_REASON_BYTES;
        let quarantine = fit(self.quarantine.take(), Quarantine::spool_builder(), entry_head, "quarantine")?;
        // Of larger events it keeps as much as it can.
        let largest = quarantine.largest_record_bytes();
        Ok([spool, quarantine.max_record_bytes(largest)])
    }

    /// Fixes fields of every event, for instance the identity and version of the service: a JSON object. Later calls override
    /// earlier ones. `ecs.version` is always fixed.
    pub fn fixed_json(mut self, fields: &Value) -> Self {
        merge(&mut self.fixed, fields);
        self
    }

    /// The same with the fields of a struct; placeholders count as absent.
    pub fn fixed(self, fields: &L) -> Self {
        self.fixed_json(&Overlay::sparse(fields))
    }

    /// Takes dotted names in events that are JSON, `{"log.level": "info"}`, as objects in objects. Without this they are
    /// refused; a field that is given in both spellings is refused in any case.
    pub fn expand_dotted(mut self) -> Self {
        self.expands_dotted = true;
        self
    }

    /// Logs an event of the service itself when it starts and when it stops, and registers its provider.
    pub fn own_events<A: ProviderAction>(mut self, starting: A, stopping: A) -> Self {
        self.own = Some(OwnEventSettings {
            provider: A::PROVIDER,
            actions: A::ALL.iter().map(|action| action.as_str()).collect(),
            starting: starting.as_str(),
            stopping: stopping.as_str(),
        });
        self
    }

    /// Minimum time between two reports, through `tracing`, of events refused for the same reason; by default
    /// [`DEFAULT_REPORT_INTERVAL`].
    pub fn report_interval(mut self, interval: Duration) -> Self {
        self.report_interval = interval;
        self
    }

    /// Ships the events, on the service's own threads, from its start to its stop. Without this they stay in the spool.
    pub fn ship(mut self, shipping: Shipping) -> Self {
        self.shipping = Some(shipping);
        self
    }

    /// Starts the service in `directory`, which is created if it does not exist.
    ///
    /// # Errors
    /// When a spool cannot be opened, the fixed fields are not valid, or shipping cannot begin. An engine that cannot be reached is
    /// not an error.
    pub fn start(self, directory: impl AsRef<Path>) -> Result<EventLogService<L>, StartError> {
        EventLogService::open(self, directory.as_ref())
    }
}

/// Merges the objects of `above` into `below`.
fn merge(below: &mut Value, above: &Value) {
    match (below, above) {
        (Value::Object(below), Value::Object(above)) => {
            for (name, value) in above {
                merge(below.entry(name.clone()).or_insert(Value::Null), value);
            }
        }
        (below, above) => *below = above.clone(),
    }
}
