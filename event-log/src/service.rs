//! The service: opens the spools, owns the registry, creates loggers, stops. Owns what all loggers of a process share; delivery is
//! the task of a shipper that reads the spool.

mod builder;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use ecs_schema::{Kind, Log, Overlay, OverlayBuilder, ProviderAction, Stamp, Strength};
use event_spool::Spool;
use serde_json::{Value, json};

pub use builder::{
    DEFAULT_MAX_EVENT_BYTES, DEFAULT_REPORT_INTERVAL, EVENTS_DIRECTORY, QUARANTINE_DIRECTORY, ServiceBuilder,
};

use crate::error::{LoggerError, StartError};
use crate::event_writer::{ACTION, ActionCheck, EventWriter, ID, PROVIDER, ServiceShared};
use crate::logger::{EventLogger, ProviderLogger};
use crate::loss::LossReporter;
use crate::metrics::Metrics;
use crate::quarantine::Quarantine;
use crate::registry::RegisterError;
use crate::ship::ShipperThread;

/// An event log of one process: the log `L`, in a directory.
///
/// Needs no asynchronous runtime and no server: events stay in the directory until they are delivered, which
/// [`ServiceBuilder::ship`] enables.
///
/// # Examples
/// ```
/// use ecs_schema::Shape;
/// use ecs_schema::generated::kibana_event_log::{ActionsAction, KibanaEventLog};
/// use event_log::EventLogService;
///
/// # let directory = tempfile::tempdir()?;
/// let service = EventLogService::<KibanaEventLog>::builder().start(directory.path())?;
/// let logger = service.provider_logger::<ActionsAction>(&KibanaEventLog::blank())?;
/// let mut event = KibanaEventLog::blank();
/// event.message = Some("sent to the channel".to_owned());
/// logger.log_event(ActionsAction::Execute, &event);
/// assert_eq!(service.metrics().accepted, 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct EventLogService<L> {
    shared: Arc<ServiceShared>,
    directory: PathBuf,
    /// Fields that no event can change.
    fixed: Value,
    /// Whether dotted names of untyped events are taken as objects in objects.
    expands_dotted: bool,
    own: Option<OwnEvents<L>>,
    shipper: Option<ShipperThread>,
}

/// The service's events about itself.
struct OwnEvents<L> {
    logger: EventLogger<L>,
    provider: &'static str,
    starting: &'static str,
    stopping: &'static str,
}

/// What happened to the events of a service, when it is stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StopReport {
    /// Events that a store has confirmed since the service was started.
    pub delivered: u64,
    /// Events that are in the spool and will be delivered after the next start; without shipping, all events that are in it.
    pub spooled: u64,
    /// Events that went to the quarantine since the service was started: they violated rules of the log, or the engine rejected them
    /// permanently.
    pub quarantined: u64,
    /// Events of the quarantine that were resubmitted since the service was started. Each is counted twice:
    /// as quarantined, and by its outcome afterwards.
    pub resubmitted: u64,
    /// Events that are lost, because neither the spool nor the quarantine accepted them.
    pub lost: u64,
    /// Events that were dropped from a full spool since the service was started, to make room for newer ones.
    pub dropped: u64,
    /// Events of the spool that are lost because the disk has damaged them: those found since the service was started, including
    /// events of earlier processes.
    pub damaged: u64,
    /// Whether everything in the spools would survive the death of the machine.
    pub is_synced: bool,
    /// Whether delivery was complete before the deadline; false if the service does not ship and there are events to deliver.
    pub is_delivered: bool,
}

impl<L: Log> EventLogService<L> {
    /// Configures a service, starting with the documented defaults.
    pub fn builder() -> ServiceBuilder<L> {
        ServiceBuilder::new()
    }

    fn open(mut builder: ServiceBuilder<L>, directory: &Path) -> Result<Self, StartError> {
        let [spool, quarantine] = builder.spools()?;
        let open = |name: &str, spool: event_spool::SpoolBuilder| {
            let directory = directory.join(name);
            let losses = Arc::new(LossReporter::new(&directory, builder.report_interval));
            let report = Arc::clone(&losses);
            let spool = spool.on_loss(move |stats| report.report(stats)).open(&directory);
            let spool = spool.map_err(|source| StartError::Spool { directory, source })?;
            losses.report_opening(&spool);
            Ok(spool)
        };
        let spool = open(EVENTS_DIRECTORY, spool)?;
        if let Some(name) = spool.file_system_without_reservation() {
            let directory = directory.display();
            tracing::warn!(
                reason = "file-system",
                "`{directory}` is on {name}, which may not keep the space that files reserve: a full disk may end the process \
                 with SIGBUS there; use a directory on ext4 or XFS",
            );
        }
        let quarantine = Quarantine::over(open(QUARANTINE_DIRECTORY, quarantine)?);
        let shared = Arc::new(ServiceShared::new(spool, quarantine, builder.report_interval));
        let mut service = Self {
            shared,
            directory: directory.to_owned(),
            fixed: builder.fixed,
            expands_dotted: builder.expands_dotted,
            own: None,
            shipper: None,
        };
        service.overlay().build().map_err(StartError::Fixed)?;
        if let Some(own) = builder.own {
            service.shared.registry.register(own.provider, own.actions).map_err(StartError::Register)?;
            let logger =
                service.logger_json(&json!({})).map_err(|LoggerError::Defaults(error)| StartError::Fixed(error))?;
            let own = OwnEvents { logger, provider: own.provider, starting: own.starting, stopping: own.stopping };
            own.log(own.starting);
            service.own = Some(own);
        }
        if let Some(shipping) = builder.shipping {
            service.shipper = Some(shipping.start(&service.shared.spool, &service.shared.quarantine, directory)?);
        }
        Ok(service)
    }

    /// Registers the actions that a provider logs. Events of other combinations of provider and action are refused.
    ///
    /// # Errors
    /// When `actions` is empty, or the provider is already registered; then its actions are unchanged.
    pub fn register_provider_actions<'a>(
        &self,
        provider: &str,
        actions: impl IntoIterator<Item = &'a str>,
    ) -> Result<(), RegisterError> {
        self.shared.registry.register(provider, actions)
    }

    /// Registers all actions of an enum.
    ///
    /// # Errors
    /// When the provider is registered.
    pub fn register_provider<A: ProviderAction>(&self) -> Result<(), RegisterError> {
        self.register_provider_actions(A::PROVIDER, A::ALL.iter().map(|action| action.as_str()))
    }

    /// Whether a provider may log an action.
    #[must_use]
    pub fn is_provider_action_registered(&self, provider: &str, action: &str) -> bool {
        self.shared.registry.contains(provider, action)
    }

    /// Each provider that is registered, in the order of registration, with its actions, sorted.
    #[must_use]
    pub fn provider_actions(&self) -> Vec<(String, Vec<String>)> {
        let list = self.shared.registry.list();
        list.map(|(provider, actions)| (provider.to_owned(), actions.map(str::to_owned).collect())).collect()
    }

    /// A logger that fills fields missing from its events from `defaults`.
    ///
    /// # Errors
    /// When a default is not valid.
    pub fn logger(&self, defaults: &L) -> Result<EventLogger<L>, LoggerError> {
        self.make_logger(self.overlay().defaults(defaults), Self::action_check())
    }

    /// The same with defaults that are a JSON object.
    ///
    /// # Errors
    /// When a default is not valid; a field that the log does not have is not.
    pub fn logger_json(&self, defaults: &Value) -> Result<EventLogger<L>, LoggerError> {
        self.make_logger(self.overlay().defaults_json(defaults), Self::action_check())
    }

    /// A logger for the actions of one provider, which is registered if it is not; see [`ProviderLogger`].
    ///
    /// # Errors
    /// When a default is not valid.
    pub fn provider_logger<A: ProviderAction>(&self, defaults: &L) -> Result<ProviderLogger<L, A>, LoggerError> {
        if !self.shared.registry.has_provider(A::PROVIDER) {
            // If another thread is faster, the provider is registered all the same.
            let _ = self.register_provider::<A>();
        }
        let logger = |action: A| {
            let pair = json!({"event": {"provider": A::PROVIDER, "action": action.as_str()}});
            let overlay = self.overlay().defaults(defaults).fixed_json(&pair);
            Ok((action, self.make_logger(overlay, ActionCheck::Skip)?))
        };
        A::ALL.iter().map(|action| logger(*action)).collect::<Result<_, _>>().map(ProviderLogger::new)
    }

    /// Syncs everything that has been logged, and waits until it is delivered or until `deadline`; returns whether both succeeded.
    /// Without shipping it only syncs. Blocks; on an asynchronous runtime, call it where blocking is allowed.
    #[must_use]
    pub fn flush(&self, deadline: Instant) -> bool {
        !self.is_forked() && self.sync() && self.shipper.as_ref().is_none_or(|shipper| shipper.flush(deadline))
    }

    /// Logs the service's own last event, delivers events until `deadline`, and reports what happened to all of them.
    ///
    /// Loggers keep working: events logged from now on stay in the spool until the next start. Blocks; on an asynchronous runtime,
    /// call it where blocking is allowed.
    pub fn stop(&self, deadline: Instant) -> StopReport {
        if self.is_forked() {
            return self.report(false, false);
        }
        if let Some(own) = &self.own {
            own.log(own.stopping);
        }
        let is_synced = self.sync();
        let is_flushed = self.shipper.as_ref().map(|shipper| {
            let is_flushed = shipper.flush(deadline);
            shipper.stop(deadline);
            is_flushed
        });
        self.report(is_synced, is_flushed.unwrap_or_else(|| self.metrics().waiting() == 0))
    }

    fn report(&self, is_synced: bool, is_delivered: bool) -> StopReport {
        let metrics = self.metrics();
        StopReport {
            delivered: metrics.delivery.as_ref().map_or(0, |delivery| delivery.delivered),
            spooled: metrics.waiting(),
            quarantined: metrics.quarantined,
            resubmitted: metrics.resubmitted,
            lost: metrics.lost.iter().map(|(_, count)| count).sum(),
            dropped: metrics.spool.dropped_records,
            damaged: metrics.spool.damaged_records,
            is_synced,
            is_delivered,
        }
    }

    /// The current metrics.
    #[must_use]
    pub fn metrics(&self) -> Metrics {
        let delivery = self.shipper.as_ref().filter(|_| !self.is_forked()).map(ShipperThread::metrics);
        Metrics::new(&self.shared, delivery)
    }

    /// The spool of events, for code that delivers them; `record.rs` specifies its records.
    #[must_use]
    pub fn spool(&self) -> &Spool {
        &self.shared.spool
    }

    /// The events that could not be logged or delivered, with the reasons.
    #[must_use]
    pub fn quarantine(&self) -> &Quarantine {
        &self.shared.quarantine
    }

    /// The directory of both.
    #[must_use]
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// Whether this process was forked from the one that started the service. Loggers refuse all events there, and count
    /// them as `lost`; start a service after the fork, in a directory of its own or, once the parent has ended, in this one.
    #[must_use]
    pub fn is_forked(&self) -> bool {
        self.shared.spool.is_forked()
    }

    fn sync(&self) -> bool {
        let synced = [&self.shared.spool, self.shared.quarantine.spool()].map(Spool::flush);
        for error in synced.iter().filter_map(|result| result.as_ref().err()) {
            tracing::error!("{error}");
        }
        synced.iter().all(Result::is_ok)
    }

    /// What is merged into each event, without a logger's defaults.
    fn overlay(&self) -> OverlayBuilder<L> {
        let overlay = if self.expands_dotted { Overlay::builder().expand_dotted() } else { Overlay::builder() };
        overlay
            .stamp("@timestamp", Strength::Default, Stamp::Now)
            .stamp("event.id", Strength::Default, Stamp::Id)
            .mark("event.provider", PROVIDER)
            .mark("event.action", ACTION)
            .mark("event.id", ID)
            .fixed_json(&self.fixed)
    }

    fn make_logger(
        &self,
        overlay: OverlayBuilder<L>,
        action_check: ActionCheck,
    ) -> Result<EventLogger<L>, LoggerError> {
        let overlay = overlay.build().map_err(LoggerError::Defaults)?;
        Ok(EventLogger::new(EventWriter { shared: Arc::clone(&self.shared), overlay, action_check }))
    }

    /// Whether events are checked against the registry: only if the log has providers and actions.
    fn action_check() -> ActionCheck {
        let has = |path| has_field::<L>(path);
        if has(["event", "provider"]) && has(["event", "action"]) { ActionCheck::Registry } else { ActionCheck::Skip }
    }
}

/// Whether the log has a field in an object.
fn has_field<L: Log>([object, field]: [&str; 2]) -> bool {
    match L::RULES.root().field(object).map(ecs_schema::FieldRule::kind) {
        Some(Kind::Object(rules)) => rules.field(field).is_some(),
        _ => false,
    }
}

impl<L: Log> OwnEvents<L> {
    fn log(&self, action: &str) {
        let provider = self.provider;
        let mut event = json!({"event": {"provider": provider, "action": action}});
        if L::RULES.root().field("message").is_some() {
            event["message"] = format!("{provider} {action}").into();
        }
        self.logger.log_value(&event);
    }
}

impl<L> Drop for EventLogService<L> {
    fn drop(&mut self) {
        if self.shared.spool.is_forked() {
            // Its threads are the parent's: there is nothing to stop or wait for.
            std::mem::forget(self.shipper.take());
        }
    }
}

impl<L: Log> fmt::Debug for EventLogService<L> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "EventLogService({}, {})", L::NAME, self.directory.display())
    }
}
