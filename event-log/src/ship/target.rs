//! Where documents go: the alias or data stream, its write index and its other indices, as of the last time that the engine
//! said so.

use std::sync::Arc;
use std::time::Duration;

use event_store::{ResolveError, TargetKind, WriteTarget};

/// How old an answer may be before the question is asked again, with requests going on meanwhile.
const REFRESH_AFTER: Duration = Duration::from_secs(10);
/// How old an answer may be for requests to rely on it.
const USABLE_FOR: Duration = Duration::from_secs(30);

/// What is known of the target.
#[derive(Debug, Default)]
pub(super) struct Target {
    /// The last answer, when it came, and the round that its question belonged to.
    known: Option<(WriteTarget, Duration, u64)>,
    /// Raised whenever something happens that an earlier answer says nothing about. So an answer of this round was asked for
    /// after everything that is known to have gone wrong.
    round: u64,
    /// What the name is asked for as.
    kind: TargetKind,
    /// Whether the name was found to be nothing of the other kind just now.
    is_other_missing: bool,
    pub(super) is_asking: bool,
    /// Questions in a row without an answer.
    pub(super) failures: u32,
    /// Not to be asked before.
    pub(super) due: Duration,
}

impl Target {
    /// What is known, while that is fresh enough to rely on.
    pub(super) fn get(&self, now: Duration) -> Option<&WriteTarget> {
        let (target, known, round) = self.known.as_ref()?;
        (*round == self.round && now < *known + USABLE_FOR).then_some(target)
    }

    /// The write index, while it is known.
    pub(super) fn write(&self, now: Duration) -> Option<&Arc<str>> {
        self.get(now).map(WriteTarget::write_index)
    }

    /// Whether the last answer has this index, however old that is.
    pub(super) fn has(&self, index: &str) -> bool {
        self.known.as_ref().is_some_and(|(target, ..)| target.has(index))
    }

    pub(super) fn wants_asking(&self, now: Duration) -> bool {
        let is_recent = |(_, known, round): &(_, Duration, u64)| *round == self.round && now < *known + REFRESH_AFTER;
        !self.is_asking && now >= self.due && !self.known.as_ref().is_some_and(is_recent)
    }

    /// Nothing is sent before the engine was asked again.
    pub(super) fn forget(&mut self) {
        self.round += 1;
    }

    /// The question to ask: its path, and what its answer has to be handed back with.
    pub(super) fn question(&mut self, name: &str) -> (String, Question) {
        self.is_asking = true;
        (self.kind.path(name), Question { kind: self.kind, round: self.round })
    }

    /// Takes in an answer.
    pub(super) fn learn(
        &mut self,
        question: Question,
        name: &str,
        body: &[u8],
        now: Duration,
    ) -> Result<(), ResolveError> {
        let target = WriteTarget::read(question.kind, name, body)?;
        self.known = Some((target, now, question.round));
        self.is_other_missing = false;
        self.failures = 0;
        Ok(())
    }

    /// The name is nothing of the kind that it was asked for as; whether it is to be asked for as the other kind at once.
    pub(super) fn is_missing(&mut self, question: Question) -> bool {
        self.kind = question.kind.other();
        self.is_other_missing = !self.is_other_missing;
        self.is_other_missing
    }
}

/// What was asked.
#[derive(Clone, Copy, Debug)]
pub(super) struct Question {
    pub(super) kind: TargetKind,
    round: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALIAS: &[u8] = br#"{"a":{"aliases":{"log":{}}}}"#;

    fn learn(target: &mut Target, body: &[u8]) -> Result<(), String> {
        let (_, question) = target.question("log");
        target.is_asking = false;
        target.learn(question, "log", body, Duration::ZERO).map_err(|error| error.to_string())
    }

    #[test]
    fn answer_without_a_write_index_leaves_what_was_known() {
        let mut target = Target::default();
        learn(&mut target, ALIAS).unwrap();
        let error = learn(&mut target, br#"{"a":{"aliases":{"log":{"is_write_index":false}}}}"#);
        let wanted = "the alias `log` has no write index: set `is_write_index` on the newest of `a`";
        assert_eq!(error.unwrap_err(), wanted);
        assert_eq!(target.write(Duration::ZERO).map(|write| &**write), Some("a"));
    }

    #[test]
    fn answer_is_asked_for_again_before_it_is_too_old() {
        let mut target = Target::default();
        assert!(target.wants_asking(Duration::ZERO));
        learn(&mut target, ALIAS).unwrap();
        assert!(!target.wants_asking(Duration::from_secs(9)) && target.wants_asking(Duration::from_secs(10)));
        assert!(target.write(Duration::from_secs(29)).is_some() && target.write(Duration::from_secs(30)).is_none());
        assert!(target.has("a") && !target.has("b"));
        target.forget();
        assert!(target.wants_asking(Duration::ZERO) && target.write(Duration::ZERO).is_none());
    }

    #[test]
    fn answer_from_before_a_failure_is_not_relied_on() {
        let mut target = Target::default();
        let (_, question) = target.question("log");
        target.forget();
        target.is_asking = false;
        target.learn(question, "log", ALIAS, Duration::ZERO).unwrap();
        assert!(target.write(Duration::ZERO).is_none() && target.wants_asking(Duration::ZERO));
        assert!(target.has("a"), "what is known is good enough for what the engine says it has stored");
    }

    #[test]
    fn name_is_asked_for_as_alias_and_as_data_stream() {
        let mut target = Target::default();
        let (path, question) = target.question("log");
        assert_eq!((path.as_str(), target.is_missing(question)), ("/_alias/log", true));
        let (path, question) = target.question("log");
        assert_eq!(path, "/_data_stream/log");
        let body = br#"{"data_streams":[{"name":"log","indices":[{"index_name":".ds-log-000001"}]}]}"#;
        target.learn(question, "log", body, Duration::ZERO).unwrap();
        assert_eq!(target.write(Duration::ZERO).map(|write| &**write), Some(".ds-log-000001"));
        // It is deleted: both are asked once, and then there is a pause.
        let (path, question) = target.question("log");
        assert_eq!((path.as_str(), target.is_missing(question)), ("/_data_stream/log", true));
        let (path, question) = target.question("log");
        assert_eq!((path.as_str(), target.is_missing(question)), ("/_alias/log", false));
    }
}
