//! How a service ships, as one value: where to, how, and what is installed there first. Owns nothing of how that is done.

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

/// Where a service ships its events to; see [`ServiceBuilder::ship`](crate::ServiceBuilder::ship).
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

    /// Ships to the alias or the data stream that the generated files make, the first if they make several, after they
    /// are installed as by [`Shipping::install`]. The names may differ between the engines; the files know which.
    pub fn installing(transport: impl Transport + 'static, bundle: Bundle) -> Self {
        let target = bundle.targets().next().unwrap_or_default().to_owned();
        Self::new(transport, target.as_str()).install(bundle)
    }

    /// Installs the log's generated files in the background, again and again until it succeeds, before the first event is
    /// sent. Without this they have to be there, and events wait until they are.
    ///
    /// While the engine has a newer version of the log, nothing is installed and events are sent all the same: a program
    /// that is deployed later than others goes on writing.
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
