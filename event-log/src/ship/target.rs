//! Where documents go: the alias or data stream, its write index and its other indices, as the engine last reported them.

use std::sync::Arc;
use std::time::Duration;

use event_store::{ResolveError, TargetKind, WriteTarget};

/// How old a reply may be before the target is resolved again; requests continue meanwhile.
const REFRESH_AFTER: Duration = Duration::from_secs(10);
/// How old a reply may be for requests to rely on it.
const USABLE_FOR: Duration = Duration::from_secs(30);

/// What is known about the target.
#[derive(Debug, Default)]
pub(super) struct Target {
    /// The last reply, when it came, and the generation of its query.
    known: Option<(WriteTarget, Duration, u64)>,
    /// Raised whenever something happens that an earlier reply cannot reflect. A reply of the current generation was requested
    /// after every failure that is known.
    generation: u64,
    /// The kind of target that the name is queried as.
    kind: TargetKind,
    /// Whether the last query of the other kind found no target of that name.
    is_other_missing: bool,
    pub(super) is_resolving: bool,
    /// Consecutive queries that failed.
    pub(super) failures: u32,
    /// Not to be queried before this time.
    pub(super) due: Duration,
}

impl Target {
    /// The resolved target, while it is fresh enough to rely on.
    pub(super) fn get(&self, now: Duration) -> Option<&WriteTarget> {
        let (target, known, generation) = self.known.as_ref()?;
        (*generation == self.generation && now < *known + USABLE_FOR).then_some(target)
    }

    /// The write index, while it is known.
    pub(super) fn write(&self, now: Duration) -> Option<&Arc<str>> {
        self.get(now).map(WriteTarget::write_index)
    }

    /// Whether the last reply has this index, however old it is.
    pub(super) fn has(&self, index: &str) -> bool {
        self.known.as_ref().is_some_and(|(target, ..)| target.has(index))
    }

    pub(super) fn needs_resolving(&self, now: Duration) -> bool {
        let is_recent = |(_, known, generation): &(_, Duration, u64)| {
            *generation == self.generation && now < *known + REFRESH_AFTER
        };
        !self.is_resolving && now >= self.due && !self.known.as_ref().is_some_and(is_recent)
    }

    /// Nothing is sent before the target is resolved again.
    pub(super) fn invalidate(&mut self) {
        self.generation += 1;
    }

    /// The next query: its path, and the value to return with its reply.
    pub(super) fn query(&mut self, name: &str) -> (String, TargetQuery) {
        self.is_resolving = true;
        (self.kind.path(name), TargetQuery { kind: self.kind, generation: self.generation })
    }

    /// Takes over a reply.
    pub(super) fn apply_reply(
        &mut self,
        query: TargetQuery,
        name: &str,
        body: &[u8],
        now: Duration,
    ) -> Result<(), ResolveError> {
        let target = WriteTarget::parse(query.kind, name, body)?;
        self.known = Some((target, now, query.generation));
        self.is_other_missing = false;
        self.failures = 0;
        Ok(())
    }

    /// Notes that there is no target of the queried kind; returns whether to query the other kind at once.
    pub(super) fn is_missing(&mut self, query: TargetQuery) -> bool {
        self.kind = query.kind.other();
        self.is_other_missing = !self.is_other_missing;
        self.is_other_missing
    }
}

/// A query that was sent.
#[derive(Clone, Copy, Debug)]
pub(super) struct TargetQuery {
    pub(super) kind: TargetKind,
    generation: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALIAS: &[u8] = br#"{"a":{"aliases":{"log":{}}}}"#;

    fn apply_reply(target: &mut Target, body: &[u8]) -> Result<(), String> {
        let (_, query) = target.query("log");
        target.is_resolving = false;
        target.apply_reply(query, "log", body, Duration::ZERO).map_err(|error| error.to_string())
    }

    #[test]
    fn reply_without_write_index_keeps_the_last_one() {
        let mut target = Target::default();
        apply_reply(&mut target, ALIAS).unwrap();
        let error = apply_reply(&mut target, br#"{"a":{"aliases":{"log":{"is_write_index":false}}}}"#);
        let wanted = "the alias `log` has no write index: set `is_write_index` on the newest of `a`";
        assert_eq!(error.unwrap_err(), wanted);
        assert_eq!(target.write(Duration::ZERO).map(|write| &**write), Some("a"));
    }

    #[test]
    fn target_is_resolved_again_before_it_expires() {
        let mut target = Target::default();
        assert!(target.needs_resolving(Duration::ZERO));
        apply_reply(&mut target, ALIAS).unwrap();
        assert!(!target.needs_resolving(Duration::from_secs(9)) && target.needs_resolving(Duration::from_secs(10)));
        assert!(target.write(Duration::from_secs(29)).is_some() && target.write(Duration::from_secs(30)).is_none());
        assert!(target.has("a") && !target.has("b"));
        target.invalidate();
        assert!(target.needs_resolving(Duration::ZERO) && target.write(Duration::ZERO).is_none());
    }

    #[test]
    fn reply_from_before_a_failure_is_not_used() {
        let mut target = Target::default();
        let (_, query) = target.query("log");
        target.invalidate();
        target.is_resolving = false;
        target.apply_reply(query, "log", ALIAS, Duration::ZERO).unwrap();
        assert!(target.write(Duration::ZERO).is_none() && target.needs_resolving(Duration::ZERO));
        assert!(target.has("a"), "what is known is good enough to confirm what the engine says it has stored");
    }

    #[test]
    fn name_is_queried_as_alias_and_as_data_stream() {
        let mut target = Target::default();
        let (path, query) = target.query("log");
        assert_eq!((path.as_str(), target.is_missing(query)), ("/_alias/log", true));
        let (path, query) = target.query("log");
        assert_eq!(path, "/_data_stream/log");
        let body = br#"{"data_streams":[{"name":"log","indices":[{"index_name":".ds-log-000001"}]}]}"#;
        target.apply_reply(query, "log", body, Duration::ZERO).unwrap();
        assert_eq!(target.write(Duration::ZERO).map(|write| &**write), Some(".ds-log-000001"));
        // After it is deleted, both kinds are queried once, followed by a pause.
        let (path, query) = target.query("log");
        assert_eq!((path.as_str(), target.is_missing(query)), ("/_data_stream/log", true));
        let (path, query) = target.query("log");
        assert_eq!((path.as_str(), target.is_missing(query)), ("/_alias/log", false));
    }
}
