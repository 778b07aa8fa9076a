//! How delivery is going, as a service shows it: plain values.

use std::time::Duration;

use crate::metrics::{MAX_HEALTHY_LAG, MAX_HEALTHY_TROUBLE};
use crate::ship::{Condition, Trouble};

/// How delivery is going.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeliveryMetrics {
    /// Events that the store has confirmed, those included that it had before.
    pub delivered: u64,
    /// Events that were sent again after a try that failed.
    pub retried: u64,
    /// Of `delivered`, those that the store had before: second tries whose first had arrived.
    pub conflicts: u64,
    /// Events that the store said it had put where readers do not see them; they were sent again, and are not in `delivered`.
    pub strays: u64,
    /// Events that the store refused for good and that are in quarantine now.
    pub rejected: u64,
    /// Events that wait in the spool.
    pub waiting: u64,
    /// The age of the oldest event that waits, as far as known: of those that a request is made of or under way with.
    pub lag: Option<Duration>,
    /// Why events wait at present; empty while none waits after a failure.
    pub troubles: Vec<Trouble>,
    /// The last failure in one line, without secrets and without documents; kept when all is well again.
    pub last_error: Option<String>,
    /// Whether delivery has ended by a defect of this library. Events stay in the spool, and are delivered by the next start.
    pub has_panicked: bool,
    /// How the installation of the log's generated files is going, when that is the delivery's business.
    pub installation: Option<InstallationMetrics>,
}

/// How the installation of a log's generated files is going.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InstallationMetrics {
    /// Whether it is done. Until then nothing is sent, unless the engine has a newer version of the log.
    pub is_installed: bool,
    /// Tries that failed.
    pub failures: u64,
    /// Why the last try failed, in one line; none once it is installed.
    pub last_error: Option<String>,
    /// Whether a person has to do something before a try can succeed. It is tried again all the same.
    pub needs_person: bool,
    /// For how long it has been tried; none once it is installed.
    pub pending_for: Option<Duration>,
}

impl DeliveryMetrics {
    /// Adds what keeps events waiting, a line for each reason.
    pub(crate) fn add_reasons(&self, reasons: &mut Vec<String>) {
        if self.has_panicked {
            let text = "delivery has ended by a defect of this library, which the error output shows: events stay in the spool; \
                        restart the service, and report the defect";
            reasons.push(text.to_owned());
            return;
        }
        let before = reasons.len();
        let mut later = None;
        for Trouble { condition, reason, lasts } in &self.troubles {
            if condition.needs_person() || *lasts > MAX_HEALTHY_TROUBLE {
                reasons.push(format!("events have been waiting for {} s: {reason}", lasts.as_secs()));
            } else {
                later = Some(reason.as_str());
            }
        }
        if let Some(installation) = &self.installation {
            let pending = installation.pending_for.filter(|pending| *pending > MAX_HEALTHY_TROUBLE);
            match (&installation.last_error, pending) {
                (Some(error), _) if installation.needs_person => {
                    reasons.push(format!("the log cannot be installed: {error}"));
                }
                (error, Some(pending)) => {
                    let cause = error.as_deref().unwrap_or("the engine has not answered yet");
                    reasons.push(format!("the log has not been installed for {} s: {cause}", pending.as_secs()));
                }
                (error, None) => later = error.as_deref().or(later),
            }
        }
        if reasons.len() == before
            && let Some(lag) = self.lag.filter(|lag| *lag > MAX_HEALTHY_LAG)
        {
            let cause = match (later, &self.last_error) {
                (Some(reason), _) => reason.to_owned(),
                (None, Some(error)) => format!("no request fails now; the last failure was: {error}"),
                (None, None) => "no request fails; more is logged than the engine takes".to_owned(),
            };
            reasons.push(format!("delivery is {} s behind: {cause}", lag.as_secs()));
        }
    }

    /// Whether events wait for this kind of reason at present.
    pub(crate) fn waits_for(&self, condition: Condition) -> bool {
        let is_uninstalled = self.installation.as_ref().is_some_and(|it| !it.is_installed && it.last_error.is_some());
        let is_held = condition == Condition::NotInstalled && is_uninstalled;
        is_held || self.troubles.iter().any(|trouble| trouble.condition == condition)
    }
}
