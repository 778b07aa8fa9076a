//! The shipping configuration of a service, as one value: destination, settings, and what is installed first. Shipping itself is
//! in `ship`.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use event_spool::Spool;
use event_store::{Bundle, Installer, Transport};

use crate::error::StartError;
use crate::quarantine::Quarantine;
use crate::ship::{Settings, ShipperStorage, ShipperThread};

/// The folder of the journal of intents, in the service's directory.
const SHIPPING_DIRECTORY: &str = "shipping";

/// The destination of a service's events; see [`ServiceBuilder::ship`](crate::ServiceBuilder::ship).
///
/// # Examples
/// ```no_run
/// use ecs_schema::generated::kibana_event_log::KibanaEventLog;
/// use event_log::{Bundle, EventLogService, HttpTransport, Shipping};
///
/// let engine = HttpTransport::builder().host("https://127.0.0.1:9200").ca_certificate("ca.pem").build()?;
/// let bundle = Bundle::load("generated/kibana-event-log/elasticsearch")?;
/// let service = EventLogService::<KibanaEventLog>::builder()
///     .ship(Shipping::installing(engine, bundle))
///     .start("/var/lib/orders/event-log")?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub struct Shipping {
    transport: Arc<dyn Transport>,
    settings: Settings,
    bundle: Option<Bundle>,
}

impl Shipping {
    /// Ships through `transport`. The second argument is the name of the alias, or [`Settings`] with more than that.
    pub fn new(transport: impl Transport + 'static, settings: impl Into<Settings>) -> Self {
        Self { transport: Arc::new(transport), settings: settings.into(), bundle: None }
    }

    /// Ships to the alias or data stream that the generated files create, the first one if they create several, after they are
    /// installed as by [`Shipping::install`]. The names may differ between engines; the files have the right one.
    pub fn installing(transport: impl Transport + 'static, bundle: Bundle) -> Self {
        let target = bundle.targets().next().unwrap_or_default().to_owned();
        Self::new(transport, target.as_str()).install(bundle)
    }

    /// Installs the log's generated files in the background, retrying until it succeeds, before the first event is sent. Without
    /// this they have to be installed by other means, and events wait until they are.
    ///
    /// While the engine has a newer version of the log, nothing is installed and events are sent all the same: a program that is
    /// not updated yet keeps writing.
    pub fn install(mut self, bundle: Bundle) -> Self {
        self.bundle = Some(bundle);
        self
    }

    /// Starts shipping.
    pub(crate) fn start(
        self,
        spool: &Spool,
        quarantine: &Quarantine,
        directory: &Path,
    ) -> Result<ShipperThread, StartError> {
        let Self { transport, settings, bundle } = self;
        if let Some(bundle) = bundle.as_ref().filter(|bundle| !bundle.has_target(settings.target())) {
            return Err(StartError::Target {
                target: settings.target().to_owned(),
                log: bundle.log().to_owned(),
                made: bundle.targets().map(str::to_owned).collect(),
            });
        }
        let storage = ShipperStorage::open(spool, quarantine.clone(), &directory.join(SHIPPING_DIRECTORY));
        storage
            .and_then(|storage| match bundle {
                Some(bundle) => ShipperThread::start_installing(settings, storage, transport, Installer::new(bundle)),
                None => ShipperThread::start(settings, storage, transport),
            })
            .map_err(StartError::Shipping)
    }
}

impl fmt::Debug for Shipping {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A transport may hold secrets.
        let bundle = self.bundle.as_ref().map(Bundle::log);
        out.debug_struct("Shipping").field("settings", &self.settings).field("bundle", &bundle).finish_non_exhaustive()
    }
}
