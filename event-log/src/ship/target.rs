//! Where the alias leads: its write index and its other indices, as of the last time that the engine said so.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;

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

#[derive(Deserialize)]
struct Index {
    #[serde(default)]
    aliases: BTreeMap<String, Alias>,
}

#[derive(Deserialize)]
struct Alias {
    is_write_index: Option<bool>,
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
        let indices: BTreeMap<String, Index> = serde_json::from_slice(body)
            .map_err(|_| format!("the answer about the alias `{alias}` is not an engine's"))?;
        let flags = || {
            let flag = |index: &Index| index.aliases.get(alias).map(|alias| alias.is_write_index);
            indices.iter().filter_map(move |(name, index)| Some((name, flag(index)?)))
        };
        // An alias on one index writes to it unless it says that it does not.
        let only = || flags().next().filter(|(_, flag)| flags().count() == 1 && flag.is_none());
        let write = flags().find(|(_, flag)| *flag == Some(true)).or_else(only);
        let (name, _) = write.ok_or_else(|| format!("the alias `{alias}` has no write index"))?;
        self.write = Some(Arc::from(name.as_str()));
        self.indices = flags().map(|(name, _)| Arc::from(name.as_str())).collect();
        self.known = Some(now);
        self.failures = 0;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(body: &str, wanted: Result<&str, &str>) {
        let mut target = Target::default();
        let learnt = target.learn("log", body.as_bytes(), Duration::ZERO);
        let write = target.write(Duration::ZERO).map(ToString::to_string);
        assert_eq!(learnt.map(|()| write.unwrap()), wanted.map(str::to_owned).map_err(str::to_owned));
    }

    #[test]
    fn write_index_is_the_marked_or_the_only_one() {
        check(r#"{"a":{"aliases":{"log":{}}}}"#, Ok("a"));
        check(
            r#"{"a":{"aliases":{"log":{"is_write_index":false}}},"b":{"aliases":{"log":{"is_write_index":true}}}}"#,
            Ok("b"),
        );
        check(r#"{"a":{"aliases":{"log":{"is_write_index":false}}}}"#, Err("the alias `log` has no write index"));
        check(r#"{"a":{"aliases":{"log":{}}},"b":{"aliases":{"log":{}}}}"#, Err("the alias `log` has no write index"));
        check("{}", Err("the alias `log` has no write index"));
        check("<html>", Err("the answer about the alias `log` is not an engine's"));
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
