//! Why documents wait at present, what failed last, and how often that is logged. Every failure is recorded here; what it
//! means for documents is decided elsewhere.

use std::time::Duration;

use super::stats::{Condition, Stats};

/// How often problems of the same kind are logged.
const LOG_INTERVAL: Duration = Duration::from_mins(1);

/// What keeps documents waiting.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DeliveryProblem {
    /// The kind of problem.
    pub condition: Condition,
    /// One line: what failed, the reason that the engine or the system gave, and what to do; no value of an event.
    pub reason: String,
    /// How long it has lasted without interruption.
    pub duration: Duration,
}

impl DeliveryProblem {
    /// A problem that has lasted for `duration`.
    #[must_use]
    pub fn new(condition: Condition, reason: impl Into<String>, duration: Duration) -> Self {
        Self { condition, reason: reason.into(), duration }
    }
}

/// What a shipper does that can fail. A success resolves the problem of its own activity only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Activity {
    /// Resolving the target.
    Resolving,
    /// Sending documents, and checking whether they exist. It succeeds when no batch waits after a failure.
    Sending,
    /// Putting rejected documents into the quarantine. Resolved as sending is, since they are sent again when it fails.
    Quarantining,
    /// Writing intents into the journal.
    Intending,
    /// Reading the spool.
    Reading,
    /// Acknowledging finished records to the spool.
    Acknowledging,
}

const ACTIVITIES: usize = Activity::Acknowledging as usize + 1;

/// The current problem of each activity, and the last one of all.
#[derive(Debug, Default)]
pub(super) struct ProblemLog {
    /// Each with the time at which it began.
    current: [Option<(Condition, String, Duration)>; ACTIVITIES],
    last: Option<(String, Duration)>,
    logged: [Option<Duration>; Condition::ALL.len()],
}

impl ProblemLog {
    /// Records a failure that documents wait for until the activity succeeds. Returns whether it was logged.
    pub(super) fn record(
        &mut self,
        activity: Activity,
        condition: Condition,
        text: &str,
        now: Duration,
        target: &str,
    ) -> bool {
        let current = &mut self.current[activity as usize];
        let since = current.as_ref().map_or(now, |(_, _, since)| *since);
        *current = Some((condition, text.to_owned(), since));
        self.log(condition, text, now, target)
    }

    /// Records a success.
    pub(super) fn resolve(&mut self, activity: Activity) {
        self.current[activity as usize] = None;
    }

    /// Logs a failure that nothing waits for, unless one of the same kind was logged within [`LOG_INTERVAL`]. Returns whether it
    /// was.
    pub(super) fn log(&mut self, condition: Condition, text: &str, now: Duration, target: &str) -> bool {
        let position = Condition::ALL.iter().position(|kind| *kind == condition).unwrap_or_default();
        let is_due = self.logged[position].is_none_or(|logged| now >= logged + LOG_INTERVAL);
        if is_due {
            self.logged[position] = Some(now);
            tracing::warn!(trouble = condition.name(), destination = %target, "shipping: {text}");
        }
        self.last = Some((text.to_owned(), now));
        is_due
    }

    /// Adds the current problems to the stats, those that need a person first.
    pub(super) fn add_to(&self, stats: &mut Stats, now: Duration) {
        let current = self.current.iter().flatten();
        stats.problems = current
            .map(|(condition, reason, since)| {
                DeliveryProblem::new(*condition, reason.as_str(), now.saturating_sub(*since))
            })
            .collect();
        stats.problems.sort_by_key(|problem| !problem.condition.needs_person());
        stats.condition = stats.problems.first().map_or(Condition::Well, |problem| problem.condition);
        (stats.last_error, stats.last_error_at) = self.last.clone().unzip();
    }
}

#[cfg(test)]
mod tests;
