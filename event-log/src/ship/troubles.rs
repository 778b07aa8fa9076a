//! Why documents wait at present, what went wrong last, and how often that is logged. Every failure is told here; what it
//! means for documents is decided elsewhere.

use std::time::Duration;

use super::stats::{Condition, Stats};

/// How often the same kind of trouble is logged.
const LOG_INTERVAL: Duration = Duration::from_mins(1);

/// What keeps documents waiting.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Trouble {
    /// What kind of trouble it is.
    pub condition: Condition,
    /// In one line: what failed, the reason that the engine or the system gave, what to do; no value of an event.
    pub reason: String,
    /// Since when, without a break.
    pub lasts: Duration,
}

impl Trouble {
    /// A trouble that lasts for so long.
    #[must_use]
    pub fn new(condition: Condition, reason: impl Into<String>, lasts: Duration) -> Self {
        Self { condition, reason: reason.into(), lasts }
    }
}

/// What a shipper does that can fail. One success ends the trouble of its activity and of no other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Activity {
    /// Asking what is behind the target.
    Resolving,
    /// Sending documents, and asking for them. It goes well when no batch waits after a failure.
    Sending,
    /// Putting refused documents into the quarantine. As sending, since they are sent again when that fails.
    Quarantining,
    /// Writing intents into the journal.
    Intending,
    /// Reading the spool.
    Reading,
    /// Telling the spool what is finished.
    Acknowledging,
}

const ACTIVITIES: usize = Activity::Acknowledging as usize + 1;

/// What is wrong, by activity.
#[derive(Debug, Default)]
pub(super) struct Troubles {
    /// Each with when it began.
    current: [Option<(Condition, String, Duration)>; ACTIVITIES],
    last: Option<(String, Duration)>,
    logged: [Option<Duration>; Condition::ALL.len()],
}

impl Troubles {
    /// Something went wrong, and documents wait until it goes well.
    /// Returns whether it was logged.
    pub(super) fn begin(
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
        self.say(condition, text, now, target)
    }

    /// It went well.
    pub(super) fn end(&mut self, activity: Activity) {
        self.current[activity as usize] = None;
    }

    /// Something went wrong that nothing waits for. It is logged, unless the like was logged a moment ago.
    /// Returns whether it was.
    pub(super) fn say(&mut self, condition: Condition, text: &str, now: Duration, target: &str) -> bool {
        let place = Condition::ALL.iter().position(|kind| *kind == condition).unwrap_or_default();
        let is_due = self.logged[place].is_none_or(|logged| now >= logged + LOG_INTERVAL);
        if is_due {
            self.logged[place] = Some(now);
            tracing::warn!(trouble = condition.name(), destination = %target, "shipping: {text}");
        }
        self.last = Some((text.to_owned(), now));
        is_due
    }

    /// Puts what is wrong into the stats, what a person has to see to first.
    pub(super) fn fill(&self, stats: &mut Stats, now: Duration) {
        let current = self.current.iter().flatten();
        stats.troubles = current
            .map(|(condition, reason, since)| Trouble::new(*condition, reason.as_str(), now.saturating_sub(*since)))
            .collect();
        stats.troubles.sort_by_key(|trouble| !trouble.condition.needs_person());
        stats.condition = stats.troubles.first().map_or(Condition::Well, |trouble| trouble.condition);
        (stats.last_error, stats.last_error_at) = self.last.clone().unzip();
    }
}

#[cfg(test)]
mod tests;
