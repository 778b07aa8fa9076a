//! Where the alias leads: its write index and its other indices, as of the last time that the engine said so.

use std::sync::Arc;
use std::time::Duration;

use event_store::AliasIndices;

/// How old an answer may be before the question is asked again, with requests going on meanwhile.
const REFRESH_AFTER: Duration = Duration::from_secs(10);
/// How old an answer may be for requests to rely on it.
const USABLE_FOR: Duration = Duration::from_secs(30);

/// What is known of the alias.
#[derive(Debug, Default)]
pub(super) struct Target {
    write: Option<Arc<str>>,
    indices: Vec<Arc<str>>,
    known: Option<Duration>,
    pub(super) is_asking: bool,
    /// Questions in a row without an answer.
    pub(super) failures: u32,
    /// Not to be asked before.
    pub(super) due: Duration,
}

impl Target {
    /// The write index, while what is known is fresh enough.
    pub(super) fn write(&self, now: Duration) -> Option<&Arc<str>> {
        self.known.filter(|known| now < *known + USABLE_FOR).and(self.write.as_ref())
    }

    /// Whether the alias leads to this index.
    pub(super) fn has(&self, index: &str) -> bool {
        self.indices.iter().any(|member| **member == *index)
    }

    pub(super) fn wants_asking(&self, now: Duration) -> bool {
        !self.is_asking && now >= self.due && self.known.is_none_or(|known| now >= known + REFRESH_AFTER)
    }

    /// What is known has turned out wrong.
    pub(super) fn forget(&mut self) {
        self.known = None;
    }

    /// Takes in the reply to `GET /_alias/NAME`; an error is one line for people.
    pub(super) fn learn(&mut self, alias: &str, body: &[u8], now: Duration) -> Result<(), String> {
        let indices = AliasIndices::read(alias, body).map_err(|error| error.to_string())?;
        self.write = Some(Arc::from(indices.write_index()));
        self.indices = indices.iter().map(Arc::from).collect();
        self.known = Some(now);
        self.failures = 0;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answer_without_a_write_index_leaves_what_was_known() {
        let mut target = Target::default();
        target.learn("log", br#"{"a":{"aliases":{"log":{}}}}"#, Duration::ZERO).unwrap();
        let error = target.learn("log", br#"{"a":{"aliases":{"log":{"is_write_index":false}}}}"#, Duration::ZERO);
        let wanted = "the alias `log` has no write index: set `is_write_index` on the newest of `a`";
        assert_eq!(error.unwrap_err(), wanted);
        assert_eq!(target.write(Duration::ZERO).map(|write| &**write), Some("a"));
    }

    #[test]
    fn answer_is_asked_for_again_before_it_is_too_old() {
        let mut target = Target::default();
        assert!(target.wants_asking(Duration::ZERO));
        target.learn("log", br#"{"a":{"aliases":{"log":{}}}}"#, Duration::ZERO).unwrap();
        assert!(!target.wants_asking(Duration::from_secs(9)) && target.wants_asking(Duration::from_secs(10)));
        assert!(target.write(Duration::from_secs(29)).is_some() && target.write(Duration::from_secs(30)).is_none());
        assert!(target.has("a") && !target.has("b"));
        target.forget();
        assert!(target.wants_asking(Duration::ZERO) && target.write(Duration::ZERO).is_none());
    }
}
