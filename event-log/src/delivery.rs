//! How delivery is going, as a service reports it: plain values.

use std::time::Duration;

use crate::metrics::{MAX_HEALTHY_LAG, MAX_HEALTHY_PROBLEM};
use crate::ship::{Condition, DeliveryProblem};

/// How delivery is going.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeliveryMetrics {
    /// Events that the store has confirmed, including those that it had already.
    pub delivered: u64,
    /// Events that were sent again after a failed attempt.
    pub retried: u64,
    /// Events in `delivered` that the store had already: an earlier attempt had arrived.
    pub conflicts: u64,
    /// Events that the store put into an index which readers do not see; they are sent again, and are not in `delivered`.
    pub strays: u64,
    /// Events that the store rejected permanently and that are now in quarantine.
    pub rejected: u64,
    /// Events that wait in the spool.
    pub waiting: u64,
    /// The age of the oldest waiting event, among those that are in a batch or in flight.
    pub lag: Option<Duration>,
    /// Why events wait at present; empty while none waits after a failure.
    pub problems: Vec<DeliveryProblem>,
    /// The last failure in one line, without secrets and without documents; kept after it is resolved.
    pub last_error: Option<String>,
    /// Whether delivery has ended because of a defect of this library. Events stay in the spool, and are delivered after the next
    /// start.
    pub has_panicked: bool,
    /// How the installation of the log's generated files is going, if delivery installs them.
    pub installation: Option<InstallMetrics>,
}

/// How the installation of a log's generated files is going.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InstallMetrics {
    /// Whether it is done. Until then nothing is sent, unless the engine has a newer version of the log.
    pub is_installed: bool,
    /// Failed attempts.
    pub failures: u64,
    /// Why the last attempt failed, in one line; `None` once it is installed.
    pub last_error: Option<String>,
    /// Whether a person has to act before an attempt can succeed. It is retried all the same.
    pub needs_person: bool,
    /// How long it has been attempted; `None` once it is installed.
    pub pending_for: Option<Duration>,
}

impl DeliveryMetrics {
    /// Adds the reasons for which events wait, a line for each.
    pub(crate) fn add_reasons(&self, reasons: &mut Vec<String>) {
        if self.has_panicked {
            let text = "delivery has ended because of a defect in this library, which the error output shows: events stay in the spool; \
                        restart the service, and report the defect";
            reasons.push(text.to_owned());
            return;
        }
        let before = reasons.len();
        let mut later = None;
        for DeliveryProblem { condition, reason, duration } in &self.problems {
            if condition.needs_person() || *duration > MAX_HEALTHY_PROBLEM {
                reasons.push(format!("events have been waiting for {} s: {reason}", duration.as_secs()));
            } else {
                later = Some(reason.as_str());
            }
        }
        if let Some(installation) = &self.installation {
            let pending = installation.pending_for.filter(|pending| *pending > MAX_HEALTHY_PROBLEM);
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
                (None, None) => "no request fails; more events are logged than the engine accepts".to_owned(),
            };
            reasons.push(format!("delivery is {} s behind: {cause}", lag.as_secs()));
        }
    }

    /// Whether events wait for this kind of reason at present.
    pub(crate) fn waits_for(&self, condition: Condition) -> bool {
        let is_uninstalled = self.installation.as_ref().is_some_and(|it| !it.is_installed && it.last_error.is_some());
        let is_held = condition == Condition::NotInstalled && is_uninstalled;
        is_held || self.problems.iter().any(|problem| problem.condition == condition)
    }
}
